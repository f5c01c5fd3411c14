"""What recorders add up: votes and ballots, and the part of them that the review of fraud took out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

# Why ballots are excluded, in the words that are published with the result.
GROUNDS = (
    "throwaway_addresses",
    "burst",
    "one_network",
    "sequential_names",
    "scripted_forms",
    "aliases",
    "other",
)


@dataclass(slots=True)
class Sums:
    """Sums over ballots, by project. `complete` counts the votes of complete ballots, whatever the rule says."""

    cast: Counter[str] = field(default_factory=Counter)
    complete: Counter[str] = field(default_factory=Counter)
    ballots_started: int = 0
    ballots_complete: int = 0

    def add_ballot(self, projects: Iterable[str], complete: bool, times: int = 1) -> None:
        """Add all that one ballot holds, or take it off (`times=-1`)."""
        for project in projects:
            self.add_votes(project, times, complete=complete)
        self.add_ballots(times, complete=complete)

    def add_votes(self, project: str, number: int, *, complete: bool) -> None:
        """Add votes of ballots that are complete or are not."""
        self.cast[project] += number
        if complete:
            self.complete[project] += number

    def add_ballots(self, number: int, *, complete: bool) -> None:
        """Add so many ballots."""
        self.ballots_started += number
        self.ballots_complete += number * complete


@dataclass(slots=True)
class Counts(Sums):
    """What recorders add up. `excluded` is the part of it that the review of fraud took out of the valid tally;
    `grounds` says why, in ballots."""

    excluded: Sums = field(default_factory=Sums)
    grounds: Counter[str] = field(default_factory=Counter)

    def add(self, other: Counts) -> Counts:
        """Add another recorder's counts to these."""
        for mine, others in ((self, other), (self.excluded, other.excluded)):
            mine.cast.update(others.cast)
            mine.complete.update(others.complete)
            mine.ballots_started += others.ballots_started
            mine.ballots_complete += others.ballots_complete
        self.grounds.update(other.grounds)
        return self


class BallotClass(NamedTuple):
    """What a ballot has to do with how its votes count. `ground`: on which the review of fraud excluded it, or ""."""

    complete: bool
    ground: str = ""
