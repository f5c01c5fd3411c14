"""Queues of agencies: how far each subscription of the channel `queue` has been delivered.

`position` is the number in the event log up to which everything that passes its filters is in the queue; `full_since`
says since when the queue takes no more, and `due` when to try next.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pymongo import UpdateOne
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.mongo import Repository

from wsis_notifications.domain.event_queues import Progress

COLLECTIONS: tuple[CollectionSpec, ...] = (CollectionSpec("event_queues"),)

Row = dict[str, Any]


class EventQueues(Repository):
    """Rows {_id: subscription, name, position, full_since, due}."""

    @property
    def _queues(self) -> Any:
        return self.collection("event_queues")

    def put(self, subscription: str, name: str, position: int, now: datetime) -> None:
        """A new queue, delivered up to `position`."""
        row = {"name": name, "position": position, "full_since": None, "due": now}
        self._queues.replace_one({"_id": subscription}, row, upsert=True)

    def read(self, subscription: str) -> Row | None:
        """The queue of a subscription."""
        found: Row | None = self._queues.find_one({"_id": subscription})
        return found

    def remove(self, subscription: str) -> None:
        """Delete it."""
        self._queues.delete_one({"_id": subscription})

    def active(self) -> list[Row]:
        """The queues of active subscriptions, with their `filters`."""
        query = {"channel": "queue", "state": "active"}
        filters = {row["_id"]: row["filters"] for row in self.collection("event_subscriptions").find(query)}
        found = self._queues.find({"_id": {"$in": list(filters)}}) if filters else ()
        return [{**row, "filters": filters[row["_id"]]} for row in found]

    def advance(self, moves: Iterable[tuple[Row, Progress]]) -> None:
        """Store how far queues were filled, each unless it began anew meanwhile."""
        self._queues.bulk_write([
            UpdateOne({"_id": queue["_id"], "position": queue["position"]}, {"$set": progress._asdict()})
            for queue, progress in moves
        ], ordered=False)  # fmt: skip
