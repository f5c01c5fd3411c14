"""Versions of a report: what may still change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wsis_shared import document_versions

from wsis_stocktaking.reports import errors

DRAFT, PUBLISHED, REMOVED = "draft", "published", "removed"

Version = dict[str, Any]
"""{_id: "global-2015-03-01-2016-03-31-1.1", series, number, scope, as_of, sequence, status, total, statistics,
versions, languages, model: {blob, size, sha256}, prose: {name: {language: text}}, prose_revision, job, built_at,
published_at, files: {language: {revision: of the prose, missing: [characters], formats: {"pdf": {blob, size, sha256}}}}
}"""


def next_number(taken: Iterable[str], wanted: str | None) -> str:
    """The number of a new version. Raises Conflict unless it is after all others."""
    try:
        return document_versions.next_number(taken, wanted)
    except document_versions.NumberTooLow as error:
        raise errors.version_too_low(error.number, error.last) from error


def edited(version: Mapping[str, Any]) -> dict[str, Any]:
    """What officers edit: the prose."""
    return dict(version["prose"])


def require_draft(version: Mapping[str, Any]) -> None:
    """Raises Conflict for a published version: it never changes."""
    if version["status"] != DRAFT:
        raise errors.report_not_draft(version["_id"])


def require_rendered(version: Mapping[str, Any]) -> None:
    """Raises Conflict unless each language is rendered with the prose as it is now."""
    if behind := document_versions.outdated_languages(version):
        raise errors.report_not_rendered(version["_id"], behind)
