"""Pairs of entries that may be one activity."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NotRequired, TypedDict

POSSIBLE, LIKELY = 65, 75
"""Scores from which a pair is shown, and from which it is likely to be one activity."""

SAME, DIFFERENT = VERDICTS = ("same", "different")
OPEN = "open"
STATES = (OPEN, *VERDICTS)


class Pair(TypedDict):
    """Two entries, their ids in their order. `scan` is the last comparison that found them, `by`, `at` and `reason` are
    those of the verdict."""

    _id: str
    entries: list[str]
    score: int
    state: str
    scan: str | None
    found_at: datetime
    by: NotRequired[str | None]
    at: NotRequired[datetime]
    reason: NotRequired[str | None]
    version: NotRequired[int]


def pair_id(one: str, other: str) -> str:
    """The id of a pair of entries, the same in both orders."""
    return hashlib.sha256("/".join(sorted((one, other))).encode()).hexdigest()[:32]
