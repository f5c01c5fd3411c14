"""The call for updates: whose entries are old."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from wsis_stocktaking.register.rules import contents

MAX_LISTED = 50
"""Entries that a mail lists; it says how many there are."""


def is_due(
    entry: Mapping[str, Any], updated_before: datetime, lines: Collection[str], regions: Collection[str]
) -> bool:
    """Was the entry last updated before that moment, or nobody knows when, and has it any of these lines and any of
    these ITU regions? An empty list selects all."""
    updated = entry["last_updated_at"]
    if updated is not None and updated >= updated_before:
        return False
    content = entry["content"]
    if lines and not set(lines).intersection(contents.lines_of(content)):
        return False
    return not regions or bool(set(regions).intersection(contents.regions_of(content)))
