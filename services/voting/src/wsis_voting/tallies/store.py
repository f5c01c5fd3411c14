"""Certified tallies: frozen, numbered, never edited. Only former versions superseded one by the next number."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.events import PendingEvent
from wsis_shared.outbox import EventfulRepository

from wsis_voting.ballots.rules.counts import Counts
from wsis_voting.contests.rules.contest import Contest
from wsis_voting.public_log.rules.documents import BallotFigures
from wsis_voting.tallies.rules import valid

COLLECTIONS = (CollectionSpec("tallies", indexes=(index("number", "edition", "number", unique=True),)),)


class GroundTotal(TypedDict):
    """Ballots that are excluded on a ground."""

    reason: str
    ballots: int


class ProjectTotal(TypedDict):
    """Votes of a project: all, and those that count."""

    project: str
    category: str | None
    cast: int
    counted: int


class Tally(TypedDict):
    """A document of `tallies`: what was counted, and by which rules."""

    _id: str  # edition|number
    edition: str
    number: int
    certified_at: datetime
    every_category: bool
    counters_agreed: bool
    closes_at: datetime | None
    disqualified: list[str]
    ballots: BallotFigures
    excluded: NotRequired[list[GroundTotal]]  # former versions had none
    projects: list[ProjectTotal]


class Tallies(EventfulRepository):
    """`tallies`, `_id` = edition and number."""

    def last(self, edition: str) -> Tally | None:
        """The tally that stands, or None."""
        found = self.collection("tallies", Tally).find({"edition": edition}).sort("number", -1).limit(1)
        return next(iter(found), None)

    def freeze(self, contest: Contest, counts: Counts, agreed: bool, certified: PendingEvent) -> Tally:
        """Keep the result with the event that tells of it; call it in the transaction that ends the contest."""
        before = self.last(contest.edition)
        number = before["number"] + 1 if before else 1
        counted = valid(contest, counts)
        tally: Tally = {
            "_id": f"{contest.edition}|{number}",
            "edition": contest.edition,
            "number": number,
            "certified_at": clock.now(),
            "every_category": contest.every_category,
            "counters_agreed": agreed,
            "closes_at": contest.closes_at,
            "disqualified": sorted(contest.disqualified),
            "ballots": {"started": counts.ballots_started, "complete": counts.ballots_complete},
            "excluded": [{"reason": why, "ballots": n} for why, n in counts.grounds.most_common() if n],
            "projects": [
                {
                    "project": project,
                    "category": contest.nominees.get(project),
                    "cast": counts.cast[project],
                    "counted": counted[project],
                }
                for project in sorted(counted)
            ],
        }
        return self.save("tallies", tally, certified)
