"""The daily digest of discussions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from wsis_shared import clock

from wsis_consultation.discussions.rules.comments import PUBLISHED, id_of

MAX_DISCUSSIONS = 20  # in one mail
NEWEST = 3  # comments of each
MAX_EXCERPT = 300  # characters
LONGEST_GAP = timedelta(days=31)  # between two digests; older comments are in none


def day_of(moment: datetime, hour: int) -> str:
    """The day of the digest that is due: a day begins at that hour of Geneva."""
    return (clock.to_geneva(moment) - timedelta(hours=hour)).date().isoformat()


def entry(discussion: Mapping[str, Any]) -> dict[str, Any]:
    """What is new in a discussion since the digest before: how many comments, and the ids of the newest ones."""
    last, before = discussion["comments"], discussion["digest_n"]
    numbers = range(last, max(before, last - NEWEST), -1)
    return {
        "discussion": discussion["_id"], "new": last - before,
        "newest": [id_of(discussion["_id"], number) for number in numbers],
    }  # fmt: skip


def to_mail(newest: Iterable[Mapping[str, Any]], account: str) -> list[Mapping[str, Any]]:
    """Those that a reader is mailed: not their own, and none that is hidden or deleted by now."""
    return [comment for comment in newest if comment["status"] == PUBLISHED and comment["author"] != account]


def excerpt(text: str) -> str:
    """The beginning of a comment in one line."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_EXCERPT else f"{line[: MAX_EXCERPT - 1].rstrip()}…"
