"""SendRates: when the next mail may leave, of all and by domain, and how many left on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared.collection import Collection
from wsis_shared.mongo import Repository


class SendRate(TypedDict):
    """The next moment of a rate, how many mails left on a day, or (as `next_at`) when a domain began to send."""

    _id: str
    next_at: NotRequired[float]
    count: NotRequired[int]


class SendRates(Repository):
    """Read and written in the transaction that claims mails."""

    @property
    def all(self) -> Collection[SendRate]:
        """The collection, joined to the open transaction."""
        return self.collection("send_rates", SendRate)

    def read(self, keys: Iterable[str]) -> dict[str, float]:
        """The next moment of each rate that was ever used."""
        return {row["_id"]: row["next_at"] for row in self.all.find({"_id": {"$in": list(keys)}})}

    def write(self, before: Mapping[str, float], after: Mapping[str, float]) -> None:
        """Store what has moved."""
        for key, next_at in after.items():
            if before.get(key) != next_at:
                self.all.update_one({"_id": key}, {"$set": {"next_at": next_at}}, upsert=True)

    def began(self, host: str) -> float | None:
        """When the first campaign of this domain began, or None."""
        found = self.all.find_one({"_id": _first(host)})
        return None if found is None else found["next_at"]

    def is_any_begun(self) -> bool:
        """Is it known of any domain?"""
        return self.all.find_one({"_id": {"$gte": _first(""), "$lt": _first("\uffff")}}) is not None

    def begin(self, host: str, at: float) -> None:
        """The first campaign of this domain began."""
        self.all.update_one({"_id": _first(host)}, {"$setOnInsert": {"next_at": at}}, upsert=True)

    def sent_on(self, day: datetime) -> int:
        """How many mails of campaigns were claimed on that day (UTC)."""
        found = self.all.find_one({"_id": _day(day)})
        return found["count"] if found else 0

    def count(self, day: datetime, mails: int) -> None:
        """Add to the mails of that day."""
        self.all.update_one({"_id": _day(day)}, {"$inc": {"count": mails}}, upsert=True)


def _first(host: str) -> str:
    return f"first {host}"


def _day(moment: datetime) -> str:
    return f"day {moment.date().isoformat()}"
