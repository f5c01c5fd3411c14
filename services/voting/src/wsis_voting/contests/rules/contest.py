"""The contest as voters meet it: its window, its nominees, its rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NotRequired, TypedDict


class Nominee(TypedDict):
    """As prizes publishes it."""

    project: str
    number: int | None
    category: str
    title: str | None
    organization: str | None
    country: str | None


class Disqualified(TypedDict):
    """A nominee that is out."""

    project: str
    category: str | None


class NomineeList(TypedDict):
    """A document of `rosters`. Whoever is disqualified stays a nominee, for the voters who chose it."""

    _id: str  # edition
    nominees: list[Nominee]
    disqualified: list[Disqualified]


class Window(TypedDict):
    """When votes count, and by which rule."""

    opens_at: datetime | None
    closes_at: datetime | None
    every_category: bool


class CertificationRequest(TypedDict):
    """Which officer asked for the certification, and what the request overrides: what held it at that time. One of a
    former version has no such list, and overrides all."""

    by: str | None
    reason: str
    at: datetime
    overrides: NotRequired[list[str]]
    dead_letters: NotRequired[int]  # so many


class ExcludedFigures(TypedDict):
    """How much the review of fraud has excluded."""

    ballots_excluded: int
    complete_excluded: int
    votes_excluded: int


class ContestDocument(TypedDict):
    """A document of `contests`."""

    _id: str  # edition
    version: NotRequired[int]
    updated_at: NotRequired[datetime]
    recorders: NotRequired[int]  # that count in it
    # as prizes says
    opens_at: NotRequired[datetime | None]
    closes_at: NotRequired[datetime | None]
    every_category: NotRequired[bool]
    places: NotRequired[int]  # finalists of a category
    tie_rule: NotRequired[str]
    roster: NotRequired[int]  # version of the nominees
    ballots_to_check: NotRequired[bool]  # some may be complete, now that there are other nominees
    announced: NotRequired[str]  # the last state that was published
    # of the review
    looking_at: NotRequired[datetime]  # when the last scan began
    looked_at: NotRequired[datetime]  # when the one began that found what there is
    held: NotRequired[int]  # clusters to decide on before the certification
    deciding: NotRequired[str | None]  # the decision that is being applied
    decided_last: NotRequired[str]
    excluded_then: NotRequired[ExcludedFigures]  # after that one
    # of the certification
    certification: NotRequired[CertificationRequest | None]
    sealed: NotRequired[bool | None]  # nobody adds to the count
    disagreed: NotRequired[bool | None]  # counters and votes differ
    unaccounted: NotRequired[int]  # exclusions without a decision
    parked: NotRequired[bool]  # messages are dead-lettered
    certified_at: NotRequired[datetime]
    shredded_at: NotRequired[datetime]


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

    def counts(self, project: str) -> bool:
        """Do votes for it count? Neither for who is disqualified, nor for who withdrew as voting opened, and whom some
        voters chose before we heard of it."""
        return project in self.nominees and project not in self.disqualified

    @property
    def window(self) -> Window:
        """When votes count, and by which rule."""
        return {"opens_at": self.opens_at, "closes_at": self.closes_at, "every_category": self.every_category}

    def rules(self) -> tuple[object, ...]:
        """What a count depends on: one that was made by other rules than these is not this contest's."""
        return self.nominees, self.disqualified, self.window, self.places, self.tie_rule


def contest_of(
    edition: str, document: ContestDocument, nominees: Iterable[Nominee], disqualified: Iterable[str]
) -> Contest:
    """A contest from its stored parts."""
    categories = {nominee["project"]: nominee["category"] for nominee in nominees}
    out = frozenset(disqualified)
    return Contest(
        edition=edition,
        opens_at=document.get("opens_at"),
        closes_at=document.get("closes_at"),
        every_category=document.get("every_category", True),
        nominees=categories,
        disqualified=out,
        categories=frozenset(category for project, category in categories.items() if project not in out),
        sealed=bool(document.get("sealed")),
        certified=bool(document.get("certified_at")),
        places=document.get("places", 5),
        tie_rule=document.get("tie_rule", "all_tied"),
    )
