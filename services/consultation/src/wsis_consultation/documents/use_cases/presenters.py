"""Documents as responses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_shared import revisions
from wsis_shared.sentences import Sentences

from wsis_consultation.documents.rules import versions

_say = Sentences("wsis_consultation", "documents")


def to_public(version: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """A version as everybody sees it."""
    return {
        **{name: version[name] for name in ("edition", "kind", "as_of", "published_at", "total", "languages")},
        "id": version["_id"],
        "title": _say(f"{version['kind']}_title", locale),
        "version": version["number"],
        "sha256": version["model"]["sha256"],
        "statistics": version["statistics"],
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
        "outdated": versions.outdated_languages(version),
        "missing_characters": missing,
    }
