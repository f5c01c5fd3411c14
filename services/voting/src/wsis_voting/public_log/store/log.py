"""The public log: what waits to be in it, its leaves, tree and signed heads, and what is published beside them.

All that is ever published follows from these collections, so the static files can be made again at any time.
One process appends at a time: it holds the lease, and the token of the lease is written into the log's document in the
same transaction, so that a former holder that wakes up late is refused.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache, partial
from itertools import groupby
from typing import NotRequired, TypedDict

from pymongo import DESCENDING, ReplaceOne
from wsis_shared import clock
from wsis_shared.collection import Collection
from wsis_shared.events import PendingEvent
from wsis_shared.lease import Lease, LeaseRow
from wsis_shared.mongo import chunks, in_transaction
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox import EventfulRepository

from wsis_voting.ballots.store.ballots import CompletedBallots, LogBatch
from wsis_voting.keys.rules import HEAD, Signer, canonical
from wsis_voting.public_log.rules.documents import Head
from wsis_voting.public_log.rules.leaves import RESTORED, VOID, VOTE, Leaf
from wsis_voting.public_log.rules.merkle import Place, Tree, extend, leaf_hash

PART = 4096  # leaves or openings in one document, and in one static file
BATCH_SIZE = 40_000  # commitments taken in one transaction: some seconds of the peak
_TURN = 1024  # leaves hashed at a time: some milliseconds
HASH = 32
TILES_AT_HAND = 64  # of one tree: a proof asks for the hashes of some few tiles, one after the other
Published = Callable[[Head], PendingEvent]  # the event that tells of a head
Completed = Callable[[str, str], PendingEvent]  # the event of the ballot of (edition, account)


class Fenced(RuntimeError):
    """Another process has taken over the log."""


class LogState(TypedDict):
    """A document of `logs`: where the log of an edition stands. `number` is that of the last head, `prev` its hash."""

    _id: str  # edition
    size: int
    number: int
    token: int
    prev: str
    time: str | None
    at: NotRequired[datetime]


class LeafRows(TypedDict):
    """A document of `log_leaves`: leaves of one kind from `start` on; `k` are their commitments."""

    _id: str
    edition: str
    start: int
    count: int
    kind: str
    reason: str
    k: bytes


class Tile(TypedDict):
    """A document of `log_tiles`."""

    _id: str
    data: bytes


class HeadRow(TypedDict):
    """A document of `log_heads`: a head as it was signed."""

    _id: str
    edition: str
    size: int
    text: str


class Log(EventfulRepository):
    """`log_batches` (what waits), `logs` (where each log stands), `log_leaves`, `log_tiles`, `log_heads`;
    `completed_ballots`, whose voters are told with a batch."""

    def __init__(self, db: Database, owner: str = "") -> None:
        super().__init__(db)
        self.lease = Lease(Collection(db["leases"], LeaseRow), "log", seconds=20, owner=owner)

    # -- writing -----------------------------------------------------------------------------------------------------

    def waiting(self) -> list[str]:
        """Editions with votes that are not in the log, or with voters who are not told that their ballot is
        complete."""
        waiting = [self.collection(name).distinct("edition") for name in ("log_batches", "completed_ballots")]
        return sorted({*waiting[0], *waiting[1]})

    def take(self, edition: str, signer: Signer, published: Published, completed: Completed) -> Head | None:
        """Append votes that wait, sorted by commitment, and tell the voters whose ballots are complete; None where no
        vote waits. Raises Fenced.

        `published` makes the event of a head, `completed` that of a ballot. What is left beyond BATCH_SIZE comes
        with the next call.
        """
        return in_transaction(partial(self._take, edition, signer, published, completed))

    def _take(self, edition: str, signer: Signer, published: Published, completed: Completed) -> Head | None:
        head = self._append_waiting(edition, signer, published)
        self._tell(edition, completed)
        return head

    def _append_waiting(self, edition: str, signer: Signer, published: Published) -> Head | None:
        batches, last, commitments = self.collection("log_batches", LogBatch), None, list[bytes]()
        for batch in batches.find({"edition": edition}).sort("_id").batch_size(200):
            last = batch["_id"]
            commitments += _split(batch["k"])
            if len(commitments) >= BATCH_SIZE:
                break
        if last is None:
            return None
        commitments.sort()
        head = self._append(edition, [Leaf(VOTE, c) for c in commitments], signer, published)
        # In this transaction's snapshot that is what was read: a batch stored since, whatever its id, is not in it.
        batches.delete_many({"edition": edition, "_id": {"$lte": last}})
        return head

    def _tell(self, edition: str, completed: Completed) -> None:
        ballots = self.collection("completed_ballots", CompletedBallots)
        rows = list(ballots.find({"edition": edition}))
        if rows:
            self.store_events(1, *(completed(edition, account) for row in rows for account in row["accounts"]))
            ballots.delete_many({"_id": {"$in": [row["_id"] for row in rows]}})

    def append(
        self, edition: str, leaves: Sequence[Leaf], size: int, signer: Signer, published: Published
    ) -> Head | None:
        """Append to a log of that `size`; None where it has grown meanwhile. Raises Fenced."""

        def work() -> Head | None:
            return self._append(edition, leaves, signer, published) if self.state(edition)["size"] == size else None

        return in_transaction(work)

    def _append(self, edition: str, leaves: Sequence[Leaf], signer: Signer, published: Published) -> Head:
        state = self.state(edition)
        if state["token"] > self.lease.token:
            raise Fenced(edition)
        size, tiles = state["size"], dict[Place, bytes]()

        def read(level: int, index: int) -> bytes:
            return tiles.get((level, index)) or self._tile(edition, level, index)

        for number, some in enumerate(chunks(leaves, _TURN)):
            time.sleep(0)  # votes are recorded in this process too: let them pass
            tiles |= extend(read, size + number * _TURN, [leaf_hash(leaf.data()) for leaf in some])
        grown = size + len(leaves)
        root = Tree(grown, read).root()
        # Whole seconds, and never before the former head, whatever the clock of another machine says.
        now = max(filter(None, (clock.iso(clock.now().replace(microsecond=0)), state["time"])))
        unsigned: Head = {
            "v": 1,
            "edition": edition,
            "number": state["number"] + 1,
            "size": grown,
            "root": root.hex(),
            "time": now,
            "prev": state["prev"],
        }
        head = signer.sign(HEAD, unsigned)
        text = canonical(head)
        self._keep_leaves(edition, size, leaves)
        if tiles:
            self.collection("log_tiles", Tile).bulk_write(
                [
                    ReplaceOne({"_id": id}, {"_id": id, "data": data}, upsert=True)
                    for (level, index), data in tiles.items()
                    for id in [f"{edition}|{level}|{index}"]
                ],
                ordered=False,
            )
        self.collection("log_heads", HeadRow).insert_one(
            {"_id": f"{edition}|{head['number']:08d}", "edition": edition, "size": grown, "text": text.decode()}
        )
        state |= {
            "size": grown,
            "number": head["number"],
            "token": self.lease.token,
            "time": now,
            "prev": hashlib.sha256(text).hexdigest(),
            "at": clock.now(),
        }
        self.save("logs", state, published(head))
        return head

    def _keep_leaves(self, edition: str, size: int, leaves: Sequence[Leaf]) -> None:
        rows: list[LeafRows] = []
        start = size
        for (kind, reason), group in groupby(leaves, key=lambda leaf: (leaf.kind, leaf.reason)):
            its = [leaf.commitment for leaf in group]
            for at in range(0, len(its), PART):
                part = its[at : at + PART]
                rows.append(
                    {
                        "_id": f"{edition}|{start:012d}",
                        "edition": edition,
                        "start": start,
                        "count": len(part),
                        "kind": kind,
                        "reason": reason,
                        "k": b"".join(part),
                    }
                )
                start += len(part)
        if rows:
            self.collection("log_leaves", LeafRows).insert_many(rows)

    # -- reading -----------------------------------------------------------------------------------------------------

    def state(self, edition: str) -> LogState:
        """Where the log stands: size, number of the last head, hash of its bytes; all zero before the first."""
        found = self.collection("logs", LogState).find_one({"_id": edition})
        return found or {"_id": edition, "size": 0, "number": 0, "token": 0, "prev": "0" * 64, "time": None}

    def editions(self) -> list[LogState]:
        """Where each log stands."""
        return list(self.collection("logs", LogState).find())

    def head(self, edition: str, number: int = 0) -> Head | None:
        """A signed head; the last one by default."""
        wanted = number or self.state(edition)["number"]
        found = self.collection("log_heads", HeadRow).find_one({"_id": f"{edition}|{wanted:08d}"})
        return json.loads(found["text"]) if found else None

    def heads(self, edition: str, after: int, limit: int) -> list[Head]:
        """Heads in order, from the one after number `after`."""
        span = {"_id": {"$gt": f"{edition}|{after:08d}", "$lte": f"{edition}|{after + limit:08d}"}}
        return [json.loads(row["text"]) for row in self.collection("log_heads", HeadRow).find(span).sort("_id")]

    def tree(self, edition: str, size: int | None = None) -> Tree:
        """The tree as it stands."""
        read = lru_cache(maxsize=TILES_AT_HAND)(partial(self._tile, edition))
        return Tree(self.state(edition)["size"] if size is None else size, read)

    def leaves(self, edition: str, start: int, end: int) -> Iterator[Leaf]:
        """Leaves start..end (end is out)."""
        for row in self.parts(edition, start, end):
            for index in range(max(start, row["start"]), min(end, row["start"] + row["count"])):
                yield _leaf(row, index)

    def leaf(self, edition: str, index: int) -> Leaf:
        """The leaf at this index: one row is read."""
        span = {"_id": {"$gt": f"{edition}|", "$lte": f"{edition}|{index:012d}"}}
        found = self.collection("log_leaves", LeafRows).find(span).sort("_id", DESCENDING).limit(1)
        return _leaf(next(found), index)

    def parts(self, edition: str, start: int = 0, end: int | None = None) -> Iterator[LeafRows]:
        """The stored rows of leaves in order, from the one that holds leaf `start`, up to leaf `end` (which is out)."""
        first = f"{edition}|{max(0, start - PART):012d}"  # none has more than PART leaves
        last = f"{edition}}}" if end is None else f"{edition}|{end:012d}"
        for row in self.collection("log_leaves", LeafRows).find({"_id": {"$gte": first, "$lt": last}}).sort("_id"):
            if row["start"] + row["count"] > start:
                yield row

    def voids(self, edition: str) -> dict[bytes, str]:
        """Commitment -> reason of the votes that are void as the log stands."""
        standing: dict[bytes, str] = {}
        voided = {**_of(edition), "kind": {"$in": [VOID, RESTORED]}}
        for row in self.collection("log_leaves", LeafRows).find(voided).sort("_id"):
            for c in _split(row["k"]):
                standing.pop(c, None)
                if row["kind"] == VOID:
                    standing[c] = row["reason"]
        return standing

    def votes(self, edition: str) -> int:
        """How many votes are in the log."""
        counted = self.collection("log_leaves", LeafRows).aggregate(
            [{"$match": {**_of(edition), "kind": VOTE}}, {"$group": {"_id": None, "votes": {"$sum": "$count"}}}]
        )
        return next((row["votes"] for row in counted), 0)

    def waits(self, edition: str, commitment: bytes) -> bool:
        """Is it on its way into the log?"""
        return any(
            commitment in _split(row["k"])
            for row in self.collection("log_batches", LogBatch).find({"edition": edition})
        )

    def _tile(self, edition: str, level: int, index: int) -> bytes:
        found = self.collection("log_tiles", Tile).find_one({"_id": f"{edition}|{level}|{index}"})
        return found["data"] if found else b""


def _of(edition: str) -> dict[str, object]:
    return {"_id": {"$gt": f"{edition}|", "$lt": f"{edition}}}"}}


def _leaf(row: LeafRows, index: int) -> Leaf:
    at = HASH * (index - row["start"])
    return Leaf(row["kind"], row["k"][at : at + HASH], row["reason"])


def _split(row: bytes) -> list[bytes]:
    return [row[at : at + HASH] for at in range(0, len(row), HASH)]
