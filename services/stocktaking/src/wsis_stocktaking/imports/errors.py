"""Errors of imports of an existing register."""

from __future__ import annotations

from wsis_shared.errors import NotFound


def import_unknown(id: str) -> NotFound:
    """There is no such import."""
    return NotFound("stocktaking.import_unknown", id=id)


def import_without_columns(id: str) -> NotFound:
    """The file has no columns."""
    return NotFound("stocktaking.import_without_columns", id=id)


def mapping_unknown(source: str) -> NotFound:
    """Nobody has confirmed a mapping of this source."""
    return NotFound("stocktaking.import_mapping_unknown", source=source)
