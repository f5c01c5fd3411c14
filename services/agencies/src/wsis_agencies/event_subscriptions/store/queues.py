"""What is to be done at the broker of agencies' queues once it can be reached: LOCK a reader out, or DELETE a queue."""

from __future__ import annotations

from typing import Any

from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.mongo import Repository

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("event_queues", small="the queues that are to be changed at this moment"),
)

Row = dict[str, Any]
LOCK, DELETE = "lock", "delete"


class EventQueues(Repository):
    """Rows {_id: subscription, name: of the queue, closing: LOCK or DELETE}."""

    @property
    def _queues(self) -> Any:
        return self.collection("event_queues")

    def close(self, subscription: str, name: str, change: str) -> None:
        """Have the queue of a subscription changed at the broker."""
        self._queues.replace_one({"_id": subscription}, {"name": name, "closing": change}, upsert=True)

    def keep(self, subscription: str) -> None:
        """Its reader gets a new password: it is not to be locked out any more."""
        self._queues.delete_one({"_id": subscription})

    def closing(self) -> list[Row]:
        """The queues that are to be changed."""
        return list(self._queues.find({}))

    def closed(self, queue: Row) -> None:
        """The broker has done what `closing` says."""
        self._queues.delete_one({"_id": queue["_id"], "closing": queue["closing"]})
