"""Errors of documents."""

from __future__ import annotations

from collections.abc import Sequence

from wsis_shared.errors import Conflict, Invalid, NotFound, Unavailable


def document_unknown(document: str) -> NotFound:
    """There is no such document, or it is not public."""
    return NotFound("consultation.document_unknown", f"No document {document}.", document=document)


def version_too_low(number: str, last: str) -> Conflict:
    """A new version has a number after all others."""
    return Conflict(
        "consultation.document_version_too_low", f"Version {number} is not after {last}.", number=number, last=last
    )


def document_not_draft(document: str) -> Conflict:
    """A published version never changes."""
    return Conflict("consultation.document_not_draft", f"{document} is published.", document=document)


def document_not_rendered(document: str, languages: Sequence[str]) -> Conflict:
    """The files are not made, or older than the prose."""
    named = ", ".join(languages)
    return Conflict(
        "consultation.document_not_rendered",
        f"Render {document} first in: {named}.",
        document=document,
        languages=named,
    )


def file_unknown(document: str) -> NotFound:
    """The document is not there in this language and format."""
    return NotFound("consultation.document_file_unknown", f"{document} has no such file.", document=document)


def as_of_later(as_of: str) -> Invalid:
    """A document speaks of the past."""
    return Invalid(
        "consultation.document_as_of_later", f"{as_of} is in the future.", fields={"as_of": ["Not after now."]}
    )


def prose_unknown(names: Sequence[str]) -> Invalid:
    """The document has no such text."""
    return Invalid(
        "consultation.document_prose_unknown",
        f"No such text in this document: {', '.join(names)}.",
        fields={name: ["This document has no such text."] for name in names},
    )


def no_programme(edition: str) -> Conflict:
    """The final brief needs a published programme."""
    return Conflict("consultation.document_without_programme", f"Edition {edition} has no programme.", edition=edition)


def rendering_failed() -> Unavailable:
    """The files could not be made; the log says why."""
    return Unavailable("consultation.rendering_failed", "The document could not be rendered.")
