"""Errors of physical meetings."""

from __future__ import annotations

from wsis_shared.errors import NotFound


def document_unknown() -> NotFound:
    """There is no such document."""
    return NotFound("consultation.meeting_document_unknown", "There is no such document of this meeting.")
