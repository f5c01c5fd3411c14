"""Errors of documents."""

from __future__ import annotations

from collections.abc import Sequence

from wsis_shared.errors import Conflict, Invalid, NotFound, Unavailable
from wsis_shared.published_documents.errors import Errors

ERRORS = Errors(
    unknown=lambda document: NotFound("consultation.document_unknown", f"No document {document}.", document=document),
    file_unknown=lambda document: NotFound("consultation.document_file_unknown", document=document),
    not_draft=lambda document: Conflict("consultation.document_not_draft", document=document),
    not_rendered=lambda document, languages: Conflict(
        "consultation.document_not_rendered", document=document, languages=languages
    ),
    number_too_low=lambda number, last: Conflict("consultation.document_version_too_low", number=number, last=last),
    rendering_failed=lambda: Unavailable("consultation.rendering_failed"),
)


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
