"""Ways to fail. Readers of the newsletter: subscription, confirmation, preferences, import, export."""

from __future__ import annotations

from wsis_shared.errors import NotFound


def import_unknown(id: str) -> NotFound:
    """There is no such import."""
    return NotFound("notifications.import_unknown", id=id)
