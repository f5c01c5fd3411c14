"""Lanes: cursors over the event log, of webhooks with the deliveries that are pending or dead.

A subscription has a lane of its own id, and another one while it replays. Only the process that holds a lane's lease
writes it; those of queues are written by the one that fills them all. `token` is that of the lease, so that a former
holder that resumes late writes nothing (fencing).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import NamedTuple, TypedDict

from pymongo import DeleteOne, ReplaceOne, UpdateOne
from wsis_shared import clock, keyset
from wsis_shared.collection import Collection, Write
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.keyset import Page
from wsis_shared.lease import Lease, LeaseRow
from wsis_shared.mongo import Repository, in_transaction

from wsis_agencies.deliveries.rules.attempts import Attempt, merged
from wsis_agencies.deliveries.rules.lane import Changes, Cursor, Delivery

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("webhook_lanes", indexes=(index("subscription", "subscription"),)),
    CollectionSpec(
        "pending_deliveries", indexes=(index("lane", "lane"), index("order", "subscription", "sequence", "_id"))
    ),
)

REPLAY = "~replay"
LEASE = "webhooks."
DEAD, WAITING = "dead", "waiting"


class LaneRow(TypedDict):
    """A lane with its cursor, as `Cursor` says; `token` is that of the lease under which it was written last."""

    _id: str
    subscription: str
    token: int
    position: int
    matched: int | None
    until: int | None
    failures: int
    failing_since: float | None
    rest_until: float


class PendingRow(TypedDict):
    """A delivery that waits or is dead, as `Delivery` says."""

    _id: str
    lane: str
    subscription: str
    sequence: int
    subject: str
    previous: int | None
    tries: int
    due: float
    tried_at: float
    state: str


class Held(NamedTuple):
    """What the holder of a lane writes of it."""

    lane: str
    subscription: str
    token: int
    changes: Changes


class Lanes(Repository):
    """See the module."""

    @property
    def _lanes(self) -> Collection[LaneRow]:
        return self.collection("webhook_lanes", LaneRow)

    @property
    def _pending(self) -> Collection[PendingRow]:
        return self.collection("pending_deliveries", PendingRow)

    def start(self, lane: str, subscription: str, cursor: Cursor) -> None:
        """A new lane. Raises DuplicateKeyError where there is one."""
        self._lanes.insert_one(lane_row(lane, subscription, cursor))

    def remove(self, lane: str) -> None:
        """Delete a lane with its pending deliveries; its dead letters stay."""
        self._pending.delete_many({"lane": lane, "state": WAITING})
        self._lanes.delete_one({"_id": lane})

    def all_of(self, subscriptions: Iterable[str]) -> list[LaneRow]:
        """The rows of all lanes of these subscriptions, each of which `flush` sees too; without subscriptions nobody is
        asked."""
        wanted = list(subscriptions)
        return list(self._lanes.of_majority().find({"subscription": {"$in": wanted}})) if wanted else []

    def count_failing(self, subscriptions: Iterable[str]) -> int:
        """How many of these have a lane that has delivered nothing since their receivers first failed."""
        return len({row["subscription"] for row in self.all_of(subscriptions) if row["failing_since"] is not None})

    def load(self, lane: str, token: int) -> tuple[Cursor, list[Delivery], list[int]] | None:
        """What a holder begins with: the cursor, what is pending, and the dead letters beyond the cursor. From now on a
        former holder writes nothing. None where there is no such lane, or another process has taken it since."""
        row = self._lanes.find_one_and_update({"_id": lane, "token": {"$lte": token}}, {"$set": {"token": token}})
        if row is None:
            return None
        cursor = cursor_of(row)
        found = list(self._pending.find({"lane": lane}))
        pending = [_delivery(one) for one in found if one["state"] == WAITING]
        known = [one["sequence"] for one in found if one["state"] == DEAD and one["sequence"] > cursor.position]
        return cursor, pending, known

    def lease(self, lane: str, seconds: float) -> Lease:
        """The right to deliver a lane."""
        return Lease(self.collection("leases"), LEASE + lane, seconds=seconds)

    def free_leases(self, lanes: Iterable[str]) -> list[str]:
        """Which of these lanes nobody seems to deliver now: one query, and a guess as good as this clock."""
        lanes, now = list(lanes), clock.now().timestamp()
        taken = {
            row["_id"].removeprefix(LEASE)
            for row in self.collection("leases", LeaseRow).named(LEASE + lane for lane in lanes)
            if row["until"] > now
        }
        return [lane for lane in lanes if lane not in taken]

    def flush(self, held: Sequence[Held], attempts: Sequence[Attempt]) -> set[str]:
        """Store what several lanes did, and the attempts, in one transaction; returns the lanes that another process
        holds by now, of which nothing but the attempts is stored: they have been made."""
        return in_transaction(lambda: self._flush(held, attempts))

    def _flush(self, held: Sequence[Held], attempts: Sequence[Attempt]) -> set[str]:
        lost = self._advance(held) if held else set()
        writes: list[Write[PendingRow]] = []
        for one in held:
            if one.lane in lost:
                continue
            for delivery in one.changes.put:
                row = _row(one, delivery)
                writes.append(ReplaceOne({"_id": row["_id"]}, row, upsert=True))
                if delivery.dead and one.lane != one.subscription:
                    writes.append(DeleteOne({"_id": _id(one.lane, delivery.sequence)}))
            writes += [DeleteOne({"_id": _id(one.lane, sequence)}) for sequence in one.changes.removed]
        if writes:
            self._pending.bulk_write(writes, ordered=True)
        if attempts:
            self.collection("webhook_attempts", Attempt).insert_many(merged(attempts))
        return lost

    def _advance(self, held: Sequence[Held]) -> set[str]:
        """Store the cursors; returns the lanes that another process holds."""
        updates = [
            UpdateOne(
                {"_id": one.lane, "token": {"$lte": one.token}},
                {"$set": {**asdict(one.changes.cursor), "token": one.token}},
            )
            for one in held
        ]
        if self._lanes.bulk_write(updates, ordered=False).matched_count == len(held):
            return set()
        rows = self._lanes.named([one.lane for one in held], {"token": 1})
        stored = {row["_id"]: row["token"] for row in rows}
        return {one.lane for one in held if stored.get(one.lane) != one.token}

    def page(self, subscription: str, state: str | None, after: str | None, limit: int) -> Page[PendingRow]:
        """What is pending or dead of a subscription, by sequence."""
        query = {"subscription": subscription, **({"state": state} if state else {})}
        return keyset.find_page(self._pending, query, ("sequence", "_id"), after, limit)

    def requeue(self, subscription: str, sequences: Sequence[int] | None) -> int:
        """Let dead letters, those of these sequences or all, be tried again; returns how many."""
        query: dict[str, object] = {"subscription": subscription, "state": DEAD}
        if sequences is not None:
            query["sequence"] = {"$in": list(sequences)}
        again = {"state": WAITING, "tries": 0, "due": 0.0, "tried_at": 0.0}
        return int(self._pending.update_many(query, {"$set": again}).modified_count)


def lane_row(lane: str, subscription: str, cursor: Cursor) -> LaneRow:
    """A new lane."""
    return {
        "_id": lane,
        "subscription": subscription,
        "token": 0,
        "position": cursor.position,
        "matched": cursor.matched,
        "until": cursor.until,
        "failures": cursor.failures,
        "failing_since": cursor.failing_since,
        "rest_until": cursor.rest_until,
    }


def cursor_of(row: LaneRow) -> Cursor:
    """How far a lane is."""
    return Cursor(
        row["position"], row["matched"], row["until"], row["failures"], row["failing_since"], row["rest_until"]
    )


def _id(lane: str, sequence: int) -> str:
    return f"{lane}|{sequence:020d}"


def _row(held: Held, delivery: Delivery) -> PendingRow:
    lane = held.subscription if delivery.dead else held.lane  # a replay leaves its dead letters behind
    return {
        "_id": _id(lane, delivery.sequence),
        "lane": lane,
        "subscription": held.subscription,
        "sequence": delivery.sequence,
        "subject": delivery.subject,
        "previous": delivery.previous,
        "tries": delivery.tries,
        "due": delivery.due,
        "tried_at": delivery.tried_at,
        "state": DEAD if delivery.dead else WAITING,
    }


def _delivery(row: PendingRow) -> Delivery:
    return Delivery(
        row["sequence"], row["subject"], row["previous"], row["tries"], row["due"], row["tried_at"], stored=1
    )
