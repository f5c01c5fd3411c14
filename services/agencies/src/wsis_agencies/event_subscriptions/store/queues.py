"""What is to be done at the broker of agencies' queues once it can be reached: LOCK a reader out, or DELETE a queue."""

from __future__ import annotations

from typing import TypedDict

from wsis_shared.collection import Collection
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.mongo import Repository

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("event_queues", small="the queues that are to be changed at this moment"),
)

LOCK, DELETE = "lock", "delete"


class ClosingQueue(TypedDict):
    """By the id of its subscription; `closing` is LOCK or DELETE."""

    _id: str
    name: str
    closing: str


class EventQueues(Repository):
    """What the broker has not done yet."""

    @property
    def _queues(self) -> Collection[ClosingQueue]:
        return self.collection("event_queues", ClosingQueue)

    def close(self, subscription: str, name: str, change: str) -> None:
        """Have the queue of a subscription changed at the broker."""
        self._queues.replace_one(
            {"_id": subscription}, {"_id": subscription, "name": name, "closing": change}, upsert=True
        )

    def keep(self, subscription: str) -> None:
        """Its reader gets a new password: it is not to be locked out any more."""
        self._queues.delete_one({"_id": subscription})

    def closing(self) -> list[ClosingQueue]:
        """The queues that are to be changed."""
        return list(self._queues.find({}))

    def take(self, queue: ClosingQueue) -> bool:
        """Whether it is still to be changed; from then on it is done, if the transaction of the change commits. Who
        gives its reader a password meanwhile comes before or after."""
        return bool(self._queues.delete_one({"_id": queue["_id"], "closing": queue["closing"]}).deleted_count)
