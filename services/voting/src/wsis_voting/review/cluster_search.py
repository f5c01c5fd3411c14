"""The search for clusters in a child process: it needs all voters in memory, and a processor for seconds, where votes
are recorded too. `python -m ... DESCRIPTOR` is the child.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

import bson
from bson.codec_options import CodecOptions
from wsis_shared.child_process import ChildProcess, parent, receive, send

from wsis_voting.review.rules.clusters import Cluster, Limits, find
from wsis_voting.review.rules.signals import Voter, VoterRecord, voter_of
from wsis_voting.turnout.rules.crowds import Figures

SECONDS = 600.0  # for one message: the child has the time that nobody else wants
MEGABYTES = 2000  # of address space; a voter takes some 0.7 kB
_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)


class Found(NamedTuple):
    """Clusters, and how many ballots each mail domain has."""

    clusters: list[Cluster]
    domains: Mapping[str, Figures]


def search(
    voters: Iterable[Sequence[VoterRecord]], limits: Limits, on_wait: Callable[[], object] = lambda: None
) -> Found:
    """What is found among all voters, who come some at a time. `on_wait` is called while the child searches, and what
    it raises ends the child. Raises OSError where the child is gone, or takes too long."""
    with ChildProcess("wsis_voting.review.cluster_search", seconds=SECONDS) as child:
        for some in voters:
            child.send(bson.encode({"voters": some}))
        child.send(bson.encode({"limits": asdict(limits)}))
        clusters = list[Cluster]()
        while "cluster" in (found := bson.decode(child.receive(on_wait), _OPTIONS)):
            clusters.append(Cluster(**found["cluster"]))
            on_wait()
    return Found(clusters, found["domains"])


# -- in the child ------------------------------------------------------------------------------------------------------


def main(descriptor: int) -> None:
    """Take voters until the limits come, then tell what is found."""
    with parent(descriptor, MEGABYTES) as connection:
        voters, domains = list[Voter](), defaultdict[str, Counter[str]](Counter)
        while "voters" in (message := bson.decode(receive(connection), _OPTIONS)):
            voters += map(voter_of, message["voters"])
        for voter in voters:
            domains[voter.domain or "unknown"].update(started=1, complete=int(voter.complete))
        for cluster in find(voters, Limits(**message["limits"])):
            send(connection, bson.encode({"cluster": asdict(cluster)}))
        send(connection, bson.encode({"domains": domains}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
