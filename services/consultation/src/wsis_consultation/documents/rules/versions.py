"""Versions of a document: their numbers, what may still change, and the digest of a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wsis_shared import document_versions
from wsis_shared.document_versions import canonical, digest, order, outdated_languages
from wsis_shared.errors import Conflict

DRAFT, PUBLISHED, REMOVED = "draft", "published", "removed"

__all__ = [
    "DRAFT",
    "PUBLISHED",
    "REMOVED",
    "Version",
    "canonical",
    "digest",
    "document_id",
    "edited",
    "next_number",
    "order",
    "outdated_languages",
    "require_draft",
    "require_rendered",
]

Version = dict[str, Any]
"""{_id: "2017-outcomes-1.1", edition, kind, number, as_of, status, inputs: [{submission, version}], total, statistics,
languages, model: {blob, size, sha256}, prose: {name: {language: text}}, prose_revision, job, built_at, published_at,
files: {language: {revision: of the prose, missing: [characters], formats: {"pdf": {blob, size, sha256}}}}}"""


def next_number(taken: Iterable[str], wanted: str | None) -> str:
    """The number of a new version. Raises Conflict unless it is after all others."""
    try:
        return document_versions.next_number(taken, wanted)
    except document_versions.NumberTooLow as error:
        raise Conflict("consultation.document_version_too_low", number=error.number, last=error.last) from error


def document_id(edition: str, kind: str, number: str) -> str:
    """The id, also in addresses: "2017-outcomes-1.1"."""
    return f"{edition}-{kind}-{number}"


def edited(version: Mapping[str, Any]) -> dict[str, Any]:
    """What officers edit: the prose."""
    return dict(version["prose"])


def require_draft(version: Mapping[str, Any]) -> None:
    """Raises Conflict for a published version: it never changes."""
    if version["status"] != DRAFT:
        raise Conflict("consultation.document_not_draft", document=version["_id"])


def require_rendered(version: Mapping[str, Any]) -> None:
    """Raises Conflict unless each language is rendered with the prose as it is now."""
    if behind := outdated_languages(version):
        raise Conflict("consultation.document_not_rendered", document=version["_id"], languages=", ".join(behind))
