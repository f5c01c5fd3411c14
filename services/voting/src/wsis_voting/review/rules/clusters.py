"""Groups of ballots that an officer should look at: what they have in common, how many, when, from where.

Thousands behind one address are no offence: a ministry, a university, a country behind one carrier. They are shown,
with a low score, and decided on by people.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NotRequired, TypedDict

from wsis_shared import clock

from wsis_voting.review.rules.concentration import Concentration
from wsis_voting.review.rules.exclusions import Decided
from wsis_voting.review.rules.signals import GroupContext, Part, Voter, score

HOUR = timedelta(hours=1)
# Kind of cluster -> the ground on which its ballots are excluded, if they are.
KINDS = {
    "throwaway_domain": "throwaway_addresses",
    "domain_burst": "burst",
    "network_burst": "burst",
    "network": "one_network",
    "sequential_names": "sequential_names",
    "aliases": "aliases",
    "scripted_forms": "scripted_forms",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """From how many on something is shown. `allowance`: accounts of one network that nobody wonders about; `burst`:
    ballots in an hour; `lift`: how many times as many of a group's ballots fall into that hour as would if they came
    like all others do, or evenly (offices vote by day, which is up to four times); `few`: accounts with one throwaway
    domain, or aliases of one mailbox; `some`: names in sequence, quick forms."""

    allowance: int = 50
    burst: int = 30
    lift: float = 6.0
    few: int = 3
    some: int = 10


class NamedBallots(TypedDict):
    """A country or a mail domain, and ballots."""

    name: str
    ballots: int


class DayBallots(TypedDict):
    """A day, by its first moment, and ballots."""

    day: datetime
    ballots: int


class ClusterFigures(TypedDict):
    """What officers read: counts, days, countries, domains."""

    size: int
    complete: int
    first_at: datetime
    last_at: datetime
    days: list[DayBallots]
    countries: list[NamedBallots]
    domains: list[NamedBallots]
    networks: int


class ClusterDocument(ClusterFigures):
    """A document of `clusters`: a group that was found, and what was decided on it last."""

    _id: str
    edition: str
    kind: str
    key: str
    score: int
    parts: list[Part]
    accounts: list[str]
    still_in: int
    made_at: datetime
    decision: Decided | None
    bands: NotRequired[Concentration | None]  # how much alike its ballots were; unknown until somebody asks


@dataclass(frozen=True, slots=True)
class Cluster:
    """`key` is what its members have in common: a domain, or a keyed hash, with the first hour of a burst. `excluded`
    are those of its accounts whose ballots do not count."""

    kind: str
    key: str
    score: int
    parts: Sequence[Part]
    figures: ClusterFigures
    accounts: Sequence[str]
    excluded: Sequence[str]


def find(voters: Sequence[Voter], limits: Limits) -> Iterator[Cluster]:
    """Clusters among all ballots of an edition, one at a time."""
    times = sorted(voter.acted_at for voter in voters)
    domains, networks = _by(voters, "domain"), _by(voters, "network")
    bursts = [
        (kind, f"{key}|{run[0].acted_at:%Y-%m-%dT%H}", run)
        for kind, groups in (("domain_burst", domains), ("network_burst", networks))
        for key, group in groups.items()
        for run in _bursts(group, times, limits)
    ]
    sequences = _large(_by(voters, "sequence"), limits.some)
    aliases = _large(_by(voters, "alias"), limits.few)
    crowds = _large(networks, limits.allowance + 1)
    context = GroupContext(
        frozenset(voter.account for _, _, run in bursts for voter in run),
        frozenset(crowds),
        frozenset(sequences),
        frozenset(aliases),
    )

    def made(kind: str, key: str, group: Sequence[Voter]) -> Cluster:
        accounts, excluded = [voter.account for voter in group], [voter.account for voter in group if voter.ground]
        return Cluster(kind, key, *score(group, context), _figures(group), accounts, excluded)

    thrown = _by((voter for voter in voters if voter.throwaway), "domain")
    whole = {key.partition("|")[0]: len(run) for kind, key, run in bursts if kind == "network_burst"}
    for key, group in _large(thrown, limits.few).items():
        yield made("throwaway_domain", key, group)
    for kind, key, run in bursts:
        if kind != "domain_burst" or not run[0].throwaway:  # else it is shown already, whole
            yield made(kind, key, run)
    for key, group in crowds.items():
        if whole.get(key, 0) < 0.9 * len(group):
            yield made("network", key, group)
    for key, group in sequences.items():
        yield made("sequential_names", key, group)
    for key, group in aliases.items():
        yield made("aliases", key, group)
    if len(scripted := [voter for voter in voters if voter.scripted]) >= limits.some:
        yield made("scripted_forms", "", scripted)


def _figures(voters: Sequence[Voter]) -> ClusterFigures:
    days = Counter(clock.to_day(voter.acted_at) for voter in voters)
    return {
        "size": len(voters),
        "complete": sum(voter.complete for voter in voters),
        "first_at": min(days),
        "last_at": max(days),
        "days": [{"day": day, "ballots": ballots} for day, ballots in sorted(days.items())],
        "countries": _most(voter.country for voter in voters),
        "domains": _most(voter.domain for voter in voters),
        "networks": len({voter.network for voter in voters if voter.network}),
    }


def _bursts(group: Sequence[Voter], times: Sequence[datetime], limits: Limits) -> Iterator[list[Voter]]:
    """Runs of ballots of a group that lie in unusually full hours, whenever these begin."""
    if len(group) < limits.burst:
        return
    ordered = sorted(group, key=attrgetter("acted_at"))
    own = [voter.acted_at for voter in ordered]
    others, evenly = len(times) - len(group), HOUR / max(HOUR, times[-1] - times[0])
    run: list[Voter] = []
    marked = end = 0  # up to where voters are in a burst; the end of the hour that begins with the voter at hand
    for start, at in enumerate(own):
        while end < len(own) and own[end] < at + HOUR:
            end += 1
        count = end - start
        if count < limits.burst or end <= marked:
            continue
        elsewhere = bisect_left(times, at + HOUR) - bisect_left(times, at) - count
        # One and 24 more, so that a few ballots elsewhere, or none, prove nothing.
        if count / len(own) < limits.lift * max((elsewhere + 1) / (others + 24), evenly):
            continue
        if run and start > marked:
            yield run
            run = []
        run += ordered[max(start, marked) : end]
        marked = end
    if run:
        yield run


def _by(voters: Iterable[Voter], name: str) -> dict[str, list[Voter]]:
    groups: defaultdict[str, list[Voter]] = defaultdict(list)
    value = attrgetter(name)
    for voter in voters:
        if key := value(voter):
            groups[key].append(voter)
    return dict(groups)


def _large(groups: dict[str, list[Voter]], least: int) -> dict[str, list[Voter]]:
    return {key: group for key, group in groups.items() if len(group) >= least}


def _most(values: Iterable[str | None], most: int = 10) -> list[NamedBallots]:
    return [{"name": name, "ballots": count} for name, count in Counter(filter(None, values)).most_common(most)]
