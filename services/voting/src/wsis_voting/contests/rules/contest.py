"""The contest as voters meet it: its window, its nominees, its rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where voting stands at a moment."""

    NOT_OPEN = "not_open"
    OPEN = "open"
    CLOSED = "closed"
    CERTIFIED = "certified"


@dataclass(frozen=True, slots=True)
class Contest:
    """Settings of one edition. `nominees` is project -> category; `sealed` says that the count is being frozen.

    `categories` are those in which somebody can be voted for: a complete ballot is over these, not over all 18.
    """

    edition: str
    opens_at: datetime | None
    closes_at: datetime | None
    every_category: bool
    nominees: Mapping[str, str]
    disqualified: frozenset[str]
    categories: frozenset[str]
    sealed: bool = False
    certified: bool = False
    places: int = 5  # finalists of a category
    tie_rule: str = "all_tied"

    def state(self, now: datetime) -> State:
        """By the clock: the second of opening is in, the second of closing is out."""
        if self.certified:
            return State.CERTIFIED
        if self.opens_at is None or self.closes_at is None or now < self.opens_at:
            return State.NOT_OPEN
        return State.OPEN if now < self.closes_at and not self.sealed else State.CLOSED

    def rules(self) -> tuple[object, ...]:
        """What a count depends on: one that was made by other rules than these is not this contest's."""
        return self.nominees, self.disqualified, self.every_category, self.places, self.tie_rule


def contest_of(
    edition: str,
    window: Mapping[str, Any],
    nominees: Iterable[Mapping[str, Any]],
    disqualified: Iterable[str],
) -> Contest:
    """A contest from its stored parts."""
    categories = {nominee["project"]: nominee["category"] for nominee in nominees}
    out = frozenset(disqualified)
    return Contest(
        edition=edition,
        opens_at=window.get("opens_at"),
        closes_at=window.get("closes_at"),
        every_category=window.get("every_category", True),
        nominees=categories,
        disqualified=out,
        categories=frozenset(category for project, category in categories.items() if project not in out),
        sealed=bool(window.get("sealed")),
        certified=bool(window.get("certified_at")),
        places=window.get("places", 5),
        tie_rule=window.get("tie_rule", "all_tied"),
    )
