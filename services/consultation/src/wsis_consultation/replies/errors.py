"""Errors of replies by mail."""

from __future__ import annotations

from wsis_shared.errors import NotFound


def held_reply_unknown() -> NotFound:
    """No such reply waits: the link is wrong, was used or has expired."""
    return NotFound("consultation.held_reply_unknown", "No reply waits under this link any more.")
