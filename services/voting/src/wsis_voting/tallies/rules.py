"""Counting. Votes cast and votes counted are two numbers: a vote counts once its ballot is complete."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wsis_voting.ballots.rules.counts import BallotClass, Counts, Sums
from wsis_voting.contests.rules.contest import Contest

EXCLUDED = "excluded "  # begins the names of figures that follow from decisions of the review
K_ANONYMITY = 10  # ballots: a sum over fewer could tell how somebody voted


def of_votes(ballots: Mapping[BallotClass, int], votes: Mapping[tuple[str, BallotClass], int]) -> Counts:
    """Count from the votes themselves: how many ballots of each kind, how many votes for each project in them."""
    counts = Counts()
    for (project, kind), number in votes.items():
        counts.add_votes(project, number, complete=kind.complete)
        if kind.ground:
            counts.excluded.add_votes(project, number, complete=kind.complete)
    for kind, number in ballots.items():
        counts.add_ballots(number, complete=kind.complete)
        if kind.ground:
            counts.excluded.add_ballots(number, complete=kind.complete)
            counts.grounds[kind.ground] += number
    return counts


def valid(contest: Contest, counts: Counts) -> dict[str, int]:
    """The votes that decide, for each nominee: of complete ballots (or all, without the rule of every category),
    without those of excluded ones, none for who is no nominee any more."""
    without = counts.excluded
    total, out = (counts.complete, without.complete) if contest.every_category else (counts.cast, without.cast)
    return {
        project: total[project] - out[project] if contest.counts(project) else 0
        for project in contest.nominees.keys() | total.keys()
    }


def counted(contest: Contest, counts: Counts, disqualified: Iterable[str]) -> int:
    """How many votes count where these are out, those of a certified tally: who is ruled out later keeps the votes that
    it has there."""
    return sum(valid(replace(contest, disqualified=frozenset(disqualified)), counts).values())


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two counts of the same votes are not equal."""

    what: str
    counters: int
    votes: int

    @property
    def excluded(self) -> bool:
        """Does the figure follow from decisions of the review?"""
        return self.what.startswith(EXCLUDED)


@dataclass(frozen=True, slots=True)
class Recount:
    """`votes`: what the votes and the decisions say, `different`: where `counters` say otherwise. `flags`: ballots that
    are excluded, or not, without a decision that says so; then nothing was counted."""

    counters: Counts = field(default_factory=Counts)
    votes: Counts = field(default_factory=Counts)
    different: Sequence[Difference] = ()
    flags: int = 0

    @property
    def agrees(self) -> bool:
        """Do counters, votes and decisions say the same?"""
        return not self.different and not self.flags

    @property
    def unaccounted(self) -> int:
        """How many flags and figures of the review no decision accounts for."""
        return self.flags + sum(place.excluded for place in self.different)

    def sums(self) -> list[str]:
        """The sums that differ, each over K_ANONYMITY ballots or more. By project, whoever changes one ballot in the
        store would read what it says."""
        pairs = (("", self.counters, self.votes), (EXCLUDED, self.counters.excluded, self.votes.excluded))
        return [
            f"{kind}{name}: counters {left}, votes {right}"
            for kind, counters, votes in pairs
            if min(counters.ballots_started, votes.ballots_started) >= K_ANONYMITY
            for (name, left), right in zip(_sums(counters).items(), _sums(votes).values(), strict=True)
            if left != right
        ]


def differences(counters: Counts, votes: Counts) -> list[Difference]:
    """What the recorders' counters say against what the stored votes say; empty is how it must be."""
    figures: list[tuple[str, Mapping[str, int], Mapping[str, int]]] = [
        *_figures("", counters, votes),
        *_figures(EXCLUDED, counters.excluded, votes.excluded),
        (f"{EXCLUDED}for", counters.grounds, votes.grounds),
    ]
    return [
        Difference(f"{name} {key}", left.get(key, 0), right.get(key, 0))
        for name, left, right in figures
        for key in sorted(left.keys() | right.keys())
        if left.get(key, 0) != right.get(key, 0)
    ]


def _figures(kind: str, left: Sums, right: Sums) -> list[tuple[str, Mapping[str, int], Mapping[str, int]]]:
    return [
        (f"{kind}cast", left.cast, right.cast),
        (f"{kind}complete", left.complete, right.complete),
        (
            f"{kind}ballots",
            {"started": left.ballots_started, "complete": left.ballots_complete},
            {"started": right.ballots_started, "complete": right.ballots_complete},
        ),
    ]


def _sums(sums: Sums) -> dict[str, int]:
    return {
        "votes cast": sums.cast.total(),
        "votes of complete ballots": sums.complete.total(),
        "ballots started": sums.ballots_started,
        "ballots complete": sums.ballots_complete,
    }
