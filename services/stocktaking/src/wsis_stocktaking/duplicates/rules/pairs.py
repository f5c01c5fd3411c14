"""Pairs of entries that may be one activity."""

from __future__ import annotations

import hashlib

POSSIBLE, LIKELY = 65, 75
"""Scores from which a pair is shown, and from which it is likely to be one activity."""

SAME, DIFFERENT = VERDICTS = ("same", "different")
OPEN = "open"
STATES = (OPEN, *VERDICTS)


def pair_id(one: str, other: str) -> str:
    """The id of a pair of entries, the same in both orders."""
    return hashlib.sha256("/".join(sorted((one, other))).encode()).hexdigest()[:32]
