"""DeliveryBatches: up to 100 deliveries that one process works on at a time.

Hundreds of thousands of deliveries may wait, and to look among them for the next ones is dear; batches are few. `due`
is when a batch may be taken, and when one that was taken counts as abandoned; `claim` names who has it. A
batch whose mails have all ended is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypedDict

from wsis_shared import clock
from wsis_shared.collection import Collection
from wsis_shared.mongo import Repository

SIZE = 100


class DeliveryBatch(TypedDict):
    """`size` deliveries of one priority."""

    _id: str
    priority: str
    size: int
    claim: str | None
    at: datetime
    due: datetime


class DeliveryBatches(Repository):
    """What waits to be sent, by priority."""

    @property
    def all(self) -> Collection[DeliveryBatch]:
        """The collection, joined to the open transaction."""
        return self.collection("delivery_batches", DeliveryBatch)

    def add(self, batch: str, priority: str, size: int, now: datetime) -> None:
        """A new one, due at once."""
        self.all.insert_one({"_id": batch, "priority": priority, "size": size, "claim": None, "at": now, "due": now})

    def take(self, priority: str, claim: str, lease: float, held: Sequence[str] = ()) -> list[str]:
        """Claim due batches with some 100 mails in all, the longest waiting first; nobody else gets them for `lease`
        seconds unless `renew` comes too late. None of those that this process has `held` since."""
        now = clock.now()
        due = {"priority": priority, "due": {"$lte": now}, "_id": {"$nin": list(held)}}
        chosen, mails = [], 0
        for batch in self.all.find(due, {"size": 1}).sort("due", 1).limit(SIZE):
            chosen.append(batch["_id"])
            mails += batch["size"]
            if mails >= SIZE:
                break
        if not chosen:
            return []
        change = {"$set": {"claim": claim, "due": now + timedelta(seconds=lease)}}
        if self.all.update_many({**due, "_id": {"$in": chosen}}, change).modified_count == len(chosen):
            return chosen
        return list(self.all.distinct("_id", {"_id": {"$in": chosen}, "claim": claim}))

    def renew(self, claims: Iterable[str], batches: Sequence[str], lease: float) -> None:
        """Still at work on them."""
        change = {"$set": {"due": clock.now() + timedelta(seconds=lease)}}
        self.all.update_many({"_id": {"$in": list(batches)}, "claim": {"$in": list(claims)}}, change)

    def close(self, claim: str, batches: Sequence[str], again: Mapping[str, datetime]) -> None:
        """Give back those that are due `again` at a time; the others are done."""
        if done := [batch for batch in batches if batch not in again]:
            self.all.delete_many({"_id": {"$in": done}, "claim": claim})
        for batch, due in again.items():
            self.all.update_one({"_id": batch, "claim": claim}, {"$set": {"claim": None, "due": due}})

    def waiting(self, priority: str) -> int:
        """How many could be taken now."""
        return int(self.all.count_documents({"priority": priority, "due": {"$lte": clock.now()}}))

    def oldest(self, priority: str) -> float:
        """Age in seconds of the oldest that is not done."""
        first = self.all.find({"priority": priority}, {"at": 1}).sort("at", 1).limit(1)
        return max((round((clock.now() - batch["at"]).total_seconds(), 1) for batch in first), default=0.0)
