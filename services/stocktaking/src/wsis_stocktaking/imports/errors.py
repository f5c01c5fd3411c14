"""Errors of imports of an existing register."""

from __future__ import annotations

from wsis_shared.errors import NotFound


def import_unknown(id: str) -> NotFound:
    """There is no such import."""
    return NotFound("stocktaking.import_unknown", id=id)
