"""Ways to fail. Readers of the newsletter: subscription, confirmation, preferences, import, export."""

from __future__ import annotations

from wsis_shared.errors import NotFound


def import_unknown(id: str) -> NotFound:
    """There is no such import."""
    return NotFound("notifications.import_unknown", id=id)


def import_without_columns(id: str) -> NotFound:
    """The file has no columns."""
    return NotFound("notifications.import_without_columns", id=id)


def mapping_unknown(source: str) -> NotFound:
    """Nobody has confirmed a mapping of this list."""
    return NotFound("notifications.import_mapping_unknown", source=source)
