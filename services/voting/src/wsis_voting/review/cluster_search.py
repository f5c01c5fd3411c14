"""The search for clusters in a child process: it needs all voters in memory, and a processor for seconds, where votes
are recorded too. `python -m ... DESCRIPTOR` is the child.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from operator import attrgetter
from sys import intern
from typing import NamedTuple

from wsis_shared.child_process import ChildProcess, parent, receive, send
from wsis_shared.json_types import Input

from wsis_voting.review.rules.clusters import Cluster, Limits, find
from wsis_voting.review.rules.signals import Voter
from wsis_voting.turnout.rules.crowds import Figures

SECONDS = 600.0  # for one message: the child has the time that nobody else wants
MEGABYTES = 2000  # of address space; a voter takes some 1.3 kB
_FIELDS = tuple(field.name for field in fields(Voter))
_MOMENTS = ("acted_at", "first_at", "registered_at", "confirmed_at")
_values = attrgetter(*_FIELDS)


class SearchResult(NamedTuple):
    """Clusters, and how many ballots each mail domain has."""

    clusters: list[Cluster]
    domains: Mapping[str, Figures]


def search(
    voters: Iterable[Sequence[Voter]], limits: Limits, on_wait: Callable[[], object] = lambda: None
) -> SearchResult:
    """What is found among all voters, who come some at a time. `on_wait` is called while the child searches, and what
    it raises ends the child. Raises OSError where the child is gone, or takes too long."""
    with ChildProcess("wsis_voting.review.cluster_search", seconds=SECONDS) as child:
        for some in voters:
            child.send(_dumped({"voters": [_values(voter) for voter in some]}))
        child.send(_dumped({"limits": asdict(limits)}))
        clusters = list[Cluster]()
        while "cluster" in (said := json.loads(child.receive(on_wait))):
            clusters.append(_cluster(said["cluster"]))
            on_wait()
    return SearchResult(clusters, said["domains"])


def _cluster(said: Input) -> Cluster:
    figures = said["figures"]
    days = [{**day, "day": _moment(day["day"])} for day in figures["days"]]
    moments = {name: _moment(figures[name]) for name in ("first_at", "last_at")}
    return Cluster(**{**said, "figures": {**figures, **moments, "days": days}})


def _dumped(value: object) -> bytes:
    return json.dumps(value, default=datetime.timestamp).encode()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


# -- in the child ------------------------------------------------------------------------------------------------------


def main(descriptor: int) -> None:
    """Take voters until the limits come, then tell what is found."""
    with parent(descriptor, MEGABYTES) as connection:
        voters, domains = list[Voter](), defaultdict[str, Counter[str]](Counter)
        while "voters" in (said := json.loads(receive(connection))):
            voters += map(_voter, said["voters"])
        for voter in voters:
            domains[voter.domain or "unknown"].update(started=1, complete=int(voter.complete))
        for cluster in find(voters, Limits(**said["limits"])):
            send(connection, _dumped({"cluster": asdict(cluster)}))
        send(connection, _dumped({"domains": domains}))


def _voter(values: Sequence[object]) -> Voter:
    """Texts that many voters have are stored once."""
    known: Input = dict(zip(_FIELDS, values, strict=True))
    texts = {name: intern(value) for name, value in known.items() if isinstance(value, str)}
    moments = {name: _moment(known[name]) for name in _MOMENTS if known[name] is not None}
    return Voter(**{**known, **texts, **moments})


if __name__ == "__main__":
    main(int(sys.argv[1]))
