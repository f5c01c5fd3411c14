"""Counting. Votes cast and votes counted are two numbers: a vote counts once its ballot is complete."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wsis_voting.domain.contest import Contest


@dataclass(slots=True)
class Counts:
    """What recorders add up, by project. `complete` counts the votes of complete ballots, whatever the rule says."""

    cast: Counter[str] = field(default_factory=Counter)
    complete: Counter[str] = field(default_factory=Counter)
    ballots_started: int = 0
    ballots_complete: int = 0

    def add(self, other: Counts) -> Counts:
        """Add another recorder's counts to these."""
        self.cast.update(other.cast)
        self.complete.update(other.complete)
        self.ballots_started += other.ballots_started
        self.ballots_complete += other.ballots_complete
        return self


def of_ballots(ballots: Iterable[tuple[Iterable[str], bool]]) -> Counts:
    """Count from the votes themselves: (projects of a ballot, is it complete) for each ballot; memory stays flat."""
    counts = Counts()
    for projects, complete in ballots:
        chosen = list(projects)
        counts.cast.update(chosen)
        counts.ballots_started += 1
        if complete:
            counts.complete.update(chosen)
            counts.ballots_complete += 1
    return counts


def valid(contest: Contest, counts: Counts, excluded: Counts | None = None) -> dict[str, int]:
    """The votes that decide, for each nominee: of complete ballots (or all, without the rule of every category),
    without those of `excluded` accounts, none for who is disqualified."""
    without = excluded or Counts()
    total, out = (
        (counts.complete, without.complete) if contest.every_category else (counts.cast, without.cast)
    )  # fmt: skip
    return {
        project: 0 if project in contest.disqualified else total[project] - out[project]
        for project in contest.nominees.keys() | total.keys()
    }


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two counts of the same votes are not equal."""

    what: str
    counters: int
    votes: int


def differences(counters: Counts, votes: Counts) -> list[Difference]:
    """What the recorders' counters say against what the stored votes say; empty is how it must be."""
    figures: list[tuple[str, Mapping[str, int], Mapping[str, int]]] = [
        ("cast", counters.cast, votes.cast),
        ("complete", counters.complete, votes.complete),
        ("ballots",
         {"started": counters.ballots_started, "complete": counters.ballots_complete},
         {"started": votes.ballots_started, "complete": votes.ballots_complete}),
    ]  # fmt: skip
    return [
        Difference(f"{name} {key}", left.get(key, 0), right.get(key, 0))
        for name, left, right in figures
        for key in sorted(left.keys() | right.keys())
        if left.get(key, 0) != right.get(key, 0)
    ]
