"""The daily digest of discussions: when it is due, and what it says."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypedDict

from wsis_shared import clock

from wsis_consultation.discussions.rules.comments import PUBLISHED, Comment, id_of
from wsis_consultation.discussions.rules.discussions import Discussion

MAX_DISCUSSIONS = 20  # in one mail
NEWEST = 3  # comments of each
MAX_EXCERPT = 300  # characters
DIGEST_HOUR = 6  # of Geneva, after which the digest of a day goes out
LONGEST_GAP = timedelta(days=31)  # between two digests; older comments are in none


class Entry(TypedDict):
    """What is new in a discussion: how many comments, and the ids of the newest ones."""

    discussion: str
    new: int
    newest: list[str]


class Digest(TypedDict):
    """What is new in the discussions of a day."""

    _id: str
    at: datetime
    entries: list[Entry]


def day_of(moment: datetime) -> str:
    """The day of the digest that is due: a day begins at DIGEST_HOUR."""
    return (clock.to_geneva(moment) - timedelta(hours=DIGEST_HOUR)).date().isoformat()


def entry(discussion: Discussion) -> Entry:
    """What is new in a discussion since the digest before."""
    last, before = discussion["comments"], discussion["digest_n"]
    numbers = range(last, max(before, last - NEWEST), -1)
    return {
        "discussion": discussion["_id"],
        "new": last - before,
        "newest": [id_of(discussion["_id"], number) for number in numbers],
    }


def to_mail(newest: Iterable[Comment], account: str) -> list[Comment]:
    """Those that a reader is mailed: not their own, and none that is hidden or deleted by now."""
    return [comment for comment in newest if comment["status"] == PUBLISHED and comment["author"] != account]


def excerpt(text: str) -> str:
    """The beginning of a comment in one line."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_EXCERPT else f"{line[: MAX_EXCERPT - 1].rstrip()}…"
