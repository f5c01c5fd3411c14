"""Errors of documents."""

from __future__ import annotations

from collections.abc import Sequence

from wsis_shared.errors import Invalid, NotFound


def document_unknown(document: str) -> NotFound:
    """There is no such document, or it is not public."""
    return NotFound("consultation.document_unknown", f"No document {document}.", document=document)


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
