"""Parcels: up to 100 deliveries that one process works on at a time.

Hundreds of thousands of deliveries may wait, and to look among them for the next ones is dear; parcels are few. `due`
is when a parcel may be taken, and when one that was taken counts as abandoned; `claim` names the turn that has it. A
parcel whose mails have all ended is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from wsis_shared import clock
from wsis_shared.mongo import Repository, chunks

SIZE = 100


class Parcels(Repository):
    """What waits to be sent, by lane."""

    @property
    def all(self) -> Any:
        """The collection, joined to the open transaction."""
        return self.collection("parcels")

    def add(self, parcel: str, lane: str, size: int, now: datetime) -> None:
        """A new one, due at once."""
        self.all.insert_one({"_id": parcel, "lane": lane, "size": size, "claim": None, "at": now, "due": now})

    def take(self, lane: str, claim: str, lease: float) -> list[str]:
        """Claim due parcels with some 100 mails in all, the longest waiting first; nobody else gets them for `lease`
        seconds unless `renew` comes too late."""
        now = clock.now()
        due = {"lane": lane, "due": {"$lte": now}}
        chosen, mails = [], 0
        for parcel in self.all.find(due, {"size": 1}).sort("due", 1).limit(SIZE):
            chosen.append(parcel["_id"])
            mails += parcel["size"]
            if mails >= SIZE:
                break
        if not chosen:
            return []
        change = {"$set": {"claim": claim, "due": now + timedelta(seconds=lease)}}
        if self.all.update_many({"_id": {"$in": chosen}, **due}, change).modified_count == len(chosen):
            return chosen
        return list(self.all.distinct("_id", {"_id": {"$in": chosen}, "claim": claim}))

    def renew(self, claim: str, parcels: Sequence[str], lease: float) -> None:
        """Still at work on them."""
        change = {"$set": {"due": clock.now() + timedelta(seconds=lease)}}
        for chunk in chunks(parcels):
            self.all.update_many({"_id": {"$in": chunk}, "claim": claim}, change)

    def close(self, claim: str, parcels: Sequence[str], again: Mapping[str, datetime]) -> None:
        """Give back those that are due `again` at a time; the others are done."""
        for done in chunks(parcel for parcel in parcels if parcel not in again):
            self.all.delete_many({"_id": {"$in": done}, "claim": claim})
        for parcel, due in again.items():
            self.all.update_one({"_id": parcel, "claim": claim}, {"$set": {"claim": None, "due": due}})

    def waiting(self, lane: str) -> int:
        """How many could be taken now."""
        return int(self.all.count_documents({"lane": lane, "due": {"$lte": clock.now()}}))

    def oldest(self, lane: str) -> float:
        """Age in seconds of the oldest that is not done."""
        first = self.all.find({"lane": lane}, {"at": 1}).sort("at", 1).limit(1)
        return max((round((clock.now() - parcel["at"]).total_seconds(), 1) for parcel in first), default=0.0)
