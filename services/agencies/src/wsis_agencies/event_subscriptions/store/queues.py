"""Queues of agencies: how far each subscription of the channel `queue` has been delivered.

`position` is the number in the event log up to which everything that passes its filters is in the queue, and `previous`
that of the last event in it; `full_since` says since when the queue takes no more, and `due` when to try next.
`closing` is what is to be done at the broker once it can be reached: LOCK its reader out, or DELETE the queue.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.mongo import Repository

from wsis_agencies.queues.rules import Progress

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("event_queues", small="one for each agency that reads by a queue"),
)

Row = dict[str, Any]
LOCK, DELETE = "lock", "delete"


class EventQueues(Repository):
    """Rows {_id: subscription, name, position, previous, full_since, due, closing}."""

    @property
    def _queues(self) -> Any:
        return self.collection("event_queues")

    def put(self, subscription: str, name: str, position: int, now: datetime) -> None:
        """A new queue, delivered up to `position`."""
        row = {"name": name, "position": position, "previous": None, "full_since": None, "due": now}
        self._queues.replace_one({"_id": subscription}, row, upsert=True)

    def of(self, subscriptions: Iterable[str]) -> dict[str, Row]:
        """The queues of these subscriptions."""
        return {row["_id"]: row for row in self._queues.named(subscriptions)}

    def count_full(self) -> int:
        """How many queues of active subscriptions take no more."""
        return sum(row["full_since"] is not None for row in self.active())

    def empty(self, subscription: str) -> None:
        """Its subscription is disabled: once resumed, it is full only when it takes no more again."""
        self._queues.update_one({"_id": subscription}, {"$set": {"full_since": None}})

    def close(self, subscription: str, change: str | None) -> None:
        """Have the queue of a subscription changed at the broker: LOCK or DELETE; None: no more."""
        self._queues.update_one({"_id": subscription}, {"$set": {"closing": change}})

    def closing(self) -> list[Row]:
        """The queues that are to be changed."""
        return list(self._queues.find({"closing": {"$in": [LOCK, DELETE]}}))

    def closed(self, queue: Row) -> None:
        """The broker has done what `closing` says."""
        if queue["closing"] == DELETE:
            self._queues.delete_one({"_id": queue["_id"]})
        else:
            self._queues.update_one({"_id": queue["_id"], "closing": LOCK}, {"$set": {"closing": None}})

    def active(self) -> list[Row]:
        """The queues of active subscriptions, with their `filters`."""
        query = {"channel": "queue", "state": "active"}
        filters = {row["_id"]: row["filters"] for row in self.collection("event_subscriptions").find(query)}
        found = self._queues.find({"_id": {"$in": list(filters)}}) if filters else ()
        return [{**row, "filters": filters[row["_id"]]} for row in found]

    def advance(self, moves: Iterable[tuple[Row, Progress]]) -> None:
        """Store how far queues were filled, each unless it began anew meanwhile."""
        self._queues.bulk_write(
            [
                UpdateOne({"_id": queue["_id"], "position": queue["position"]}, {"$set": progress._asdict()})
                for queue, progress in moves
            ],
            ordered=False,
        )
