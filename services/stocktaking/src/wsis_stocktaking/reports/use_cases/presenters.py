"""Reports as responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_shared import revisions
from wsis_shared.document_versions import outdated_languages

from wsis_stocktaking.reports.layouts.reader import Reader


def to_public(version: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """A version as everybody sees it."""
    return {
        **version["scope"],
        **{name: version[name] for name in ("as_of", "sequence", "published_at", "total", "languages", "statistics")},
        "id": version["_id"],
        "title": Reader(locale).report_title(version["scope"]),
        "version": version["number"],
        "matrix": version["versions"]["matrix"],
        "sha256": version["model"]["sha256"],
        "files": [
            {"language": language, "format": name, "size": one["size"], "sha256": one["sha256"]}
            for language, made in sorted(version["files"].items())
            for name, one in sorted(made["formats"].items())
        ],
    }


def to_officers(version: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """A version with what concerns officers only."""
    missing = sorted({char for made in version["files"].values() for char in made["missing"]})
    return {
        **to_public(version, locale),
        **{name: version[name] for name in ("status", "built_at", "prose")},
        "revision": revisions.of(version),
        "outdated": outdated_languages(version),
        "missing_characters": missing,
    }
