"""The log of public events: a row per event, numbered from 1 without gaps.

`_id` is the id of the event, so that a repeat adds nothing. The counter and the rows of a batch are written in one
transaction: a number that is visible has all smaller ones before it, and a failure leaves no hole; the counter makes it
unique, so its index need not. Pages are read by `seq`, bounded at both ends (see wsis_shared.keyset).

Most of the time of an append is that of the indexes: the rows have one beside `_id`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from wsis_shared import clock, keyset
from wsis_shared.collection import Collection
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import in_transaction, known, transactional
from wsis_shared.outbox import EventfulRepository

from wsis_agencies.event_log.rules import log
from wsis_agencies.event_log.rules.log import LogRow, NewRow

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("event_log", indexes=(index("seq", "seq"),)),
    CollectionSpec("event_log_counter"),
)

COUNTER = "event_log"


class Counter(TypedDict):
    """The newest number, and the oldest one that is kept."""

    _id: str
    last: int
    first: int


START: Counter = {"_id": COUNTER, "last": 0, "first": 1}


class EventLog(EventfulRepository):
    """Rows of `rules.row_of` with `seq` (int) and `at` (when they were appended)."""

    @property
    def rows(self) -> Collection[LogRow]:
        """The collection, joined to the open transaction."""
        return self.collection("event_log", LogRow)

    @property
    def _counter(self) -> Collection[Counter]:
        return self.collection("event_log_counter", Counter)

    def append(self, rows: Sequence[NewRow]) -> int:
        """Number and store the rows of unknown events, in their order; returns how many. All or none are stored."""
        return in_transaction(lambda: self._append({row["_id"]: row for row in rows}))

    def _append(self, rows: Mapping[str, NewRow]) -> int:
        repeated = known(self.rows, rows)
        new = [row for id_, row in rows.items() if id_ not in repeated]
        if new:
            before = self._counter.find_one_and_update(
                {"_id": COUNTER}, {"$inc": {"last": len(new)}, "$setOnInsert": {"first": 1}}, upsert=True
            )
            last, now = (before or START)["last"], clock.now()
            self.rows.insert_many([{**row, "seq": last + number, "at": now} for number, row in enumerate(new, 1)])
        return len(new)

    def bounds(self) -> tuple[int, int]:
        """(first, last): the numbers that are kept; (1, 0) for an empty log."""
        counter = self._counter.find_one({"_id": COUNTER}) or START
        return counter["first"], counter["last"]

    def last(self) -> int:
        """The newest number; 0 for an empty log."""
        return self.bounds()[1]

    def page(self, after: int, limit: int) -> list[LogRow]:
        """The rows with the next `limit` numbers after `after`, in order; fewer at the end."""
        window = {"$gt": after, "$lte": after + limit}
        return list(self.rows.find({"seq": window}).sort("seq", 1))

    def newest(self, types: Sequence[str], limit: int) -> list[LogRow]:
        """The newest events of these types, the newest first."""
        return keyset.find_page(self.rows, {"type": {"$in": list(types)}}, ("-seq",), None, limit).rows

    def read(self, seq: int) -> LogRow | None:
        """The row of a number."""
        return self.rows.find_one({"seq": seq})

    @transactional
    def take_down(self, row: LogRow, *events: PendingEvent) -> None:
        """Store the row without its content, and `events` with it."""
        self.rows.update_one({"seq": row["seq"]}, {"$set": log.TAKEN_DOWN})
        self.store_events(1, *events)

    def last_before(self, moment: datetime) -> int:
        """The newest number that was appended before `moment`; the one before the oldest that is kept where there is
        none. A reader that begins after it gets everything since `moment`.

        Rows are appended in the order of time, so a binary search needs no index.
        """
        first, high = self.bounds()
        low = first
        while low <= high:
            middle = (low + high) // 2
            row = self.read(middle)
            if row is not None and row["at"] >= moment:
                high = middle - 1
            else:
                low = middle + 1
        return low - 1

    def prune(self, now: datetime, limit: int = 1000) -> int:
        """Delete the expired rows among the oldest `limit`; returns how many."""

        def work() -> int:
            first, last = self.bounds()
            window = {"$gte": first, "$lt": first + limit}
            oldest = self.rows.find({"seq": window}, {"seq": 1, "at": 1}).sort("seq", 1)
            expired = [row["seq"] for row in oldest if log.is_expired(row, now)]
            if expired:
                self.rows.delete_many({"seq": {"$gte": first, "$lte": expired[-1]}})
                self._counter.update_one({"_id": COUNTER}, {"$set": {"first": min(expired[-1], last) + 1}})
            return len(expired)

        return in_transaction(work)
