"""Where a commitment stands in the log: kept in memory by each process that is asked, 8 bytes for each leaf.

An index in the store would be one more write for every vote, at the peak, for a question that few ask.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_left
from heapq import merge

from wsis_voting.public_log.rules.leaves import RESULT, Leaf
from wsis_voting.public_log.store.log import HASH, Log

_PLACE = 24  # bits of an entry that say where: logs of up to 16 million leaves
_PREFIX = 5  # bytes of the commitment before them; a candidate is compared with the leaf itself


class Lookup:
    """Sorted runs of (first bytes of the commitment, place); small runs are merged, so that there are few."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._runs: dict[str, list[array[int]]] = {}
        self._read: dict[str, int] = {}
        self._lock = threading.Lock()

    def find(self, edition: str, commitment: bytes) -> list[tuple[int, Leaf]]:
        """(place, leaf) of each leaf about the vote of this commitment, in the order of the log."""
        with self._lock:
            self._read_on(edition)
            wanted = int.from_bytes(commitment[:_PREFIX]) << _PLACE
            places = []
            for run in self._runs.get(edition, ()):
                at = bisect_left(run, wanted)
                while at < len(run) and run[at] >> _PLACE == wanted >> _PLACE:
                    places.append(run[at] & (1 << _PLACE) - 1)
                    at += 1
        found = [(place, self.log.leaf(edition, place)) for place in sorted(places)]
        return [(place, leaf) for place, leaf in found if leaf.commitment == commitment and leaf.kind != RESULT]

    def _read_on(self, edition: str) -> None:
        size, known = self.log.state(edition)["size"], self._read.get(edition, 0)
        if size == known:
            return
        entries: list[int] = []
        for part in self.log.parts(edition, known):
            entries += [
                int.from_bytes(part["k"][HASH * n : HASH * n + _PREFIX]) << _PLACE | part["start"] + n
                for n in range(max(0, known - part["start"]), min(part["count"], size - part["start"]))
            ]
        runs = self._runs.setdefault(edition, [])
        runs.append(array("Q", sorted(entries)))
        while len(runs) > 1 and len(runs[-2]) < 2 * len(runs[-1]):
            last = runs.pop()
            runs[-1] = array("Q", merge(runs[-1], last))
        self._read[edition] = size
