"""Errors of attachments."""

from __future__ import annotations

from wsis_shared.errors import Invalid, Unavailable

REASONS = {
    "type": "Only PDF, DOCX and PNG files are accepted.",
    "damaged": "The file is damaged or incomplete: save it again.",
    "encrypted": "The file is encrypted: save it without a password.",
    "scripts": "The file contains scripts or macros: save it without them.",
    "embedded": "The file contains other files or objects: save it without them.",
    "external": "The file loads content from elsewhere or starts programs: save it without that.",
    "media": "The file contains audio, video or 3D content: save it without it.",
    "entities": "The file contains a document type or entities, which no text needs.",
    "polyglot": "The file is two formats at once: save it again.",
    "expands": "The file unpacks to more than is allowed.",
    "infected": "The virus scanner found harmful content in the file.",
}


def refused(reason: str) -> Invalid:
    """The file is refused by its content."""
    return Invalid(
        "consultation.attachment_refused",
        REASONS.get(reason, REASONS["damaged"]),
        reason=reason,
        fields={"file": [REASONS.get(reason, REASONS["damaged"])]},
    )


def misnamed(extension: str) -> Invalid:
    """The name of the file says another type than its content."""
    return Invalid(
        "consultation.attachment_refused",
        f"The name of this file must end in {extension}.",
        reason="name",
        fields={"file": [f"The name of this file must end in {extension}."]},
    )


def busy() -> Unavailable:
    """As many files are inspected as may be, or of this sender; or the machine has no time for an inspection."""
    return Unavailable("consultation.attachments_busy", retry_after=5)
