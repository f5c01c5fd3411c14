"""Suppressions: addresses that get transactional mail only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from wsis_shared import clock, keyset
from wsis_shared.collection import Collection, existing
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import JsonObject
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_notifications.addresses.rules import suppression

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("suppressions", indexes=(index("at", "-at", "-_id"),)),
    CollectionSpec("soft_bounces", indexes=(expires("at", suppression.SOFT_DAYS * clock.DAY),)),
)

_SUPPRESSED = {"reason": {"$ne": suppression.LIFTED}}


class Suppression(TypedDict):
    """Why an address, whose key is `_id`, gets transactional mail only, and how we know."""

    _id: str
    reason: str
    at: datetime
    source: str


class SoftBounces(TypedDict):
    """Days (ISO 8601) on which mail to an address came back for the time being."""

    _id: str
    days: list[str]
    at: datetime


class Suppressions(EventfulRepository):
    """Addresses that get no mail but transactional ones, by their key (addresses/store/keys.py): no address is stored,
    so that the list survives an erasure. Reasons: hard_bounce, complaint, officer, unsubscribed (no newsletter), and
    lifted (no longer suppressed)."""

    @property
    def all(self) -> Collection[Suppression]:
        """The collection, joined to the open transaction."""
        return self.collection("suppressions", Suppression)

    @transactional
    def add(self, key: str, reason: str, at: datetime, source: str, *events: PendingEvent) -> None:
        """The first reason stays, unless the new one replaces it. `source` says how we know. Call it inside a
        transaction."""
        entry = {"reason": reason, "at": at, "source": source}
        self.all.update_one({"_id": key}, {"$setOnInsert": entry}, upsert=True)
        replaced = list(suppression.replaced_by(reason))
        self.all.update_one({"_id": key, "reason": {"$in": replaced}}, {"$set": entry})
        self.store_events(1, *events)

    @transactional
    def remove(self, key: str, at: datetime, *events: PendingEvent) -> None:
        """Mail may go there again, and its soft bounces count from zero. Call it inside a transaction."""
        if self.all.update_one({"_id": key}, {"$set": {"reason": suppression.LIFTED, "at": at}}).matched_count:
            self.store_events(1, *events)
        self.collection("soft_bounces").delete_one({"_id": key})

    def find(self, key: str) -> Suppression | None:
        """The entry of a suppressed address, or None."""
        return self.all.find_one({"_id": key, **_SUPPRESSED})

    def among(self, keys: Iterable[str]) -> dict[str, str]:
        """Those of `keys` that are suppressed, each with its reason."""
        return {row["_id"]: row["reason"] for row in self.all.named(keys, {"reason": 1}, _SUPPRESSED)}

    def count_soft_bounce(self, key: str, at: datetime) -> int:
        """Note a soft bounce; returns on how many days there were some lately."""
        soft = self.collection("soft_bounces", SoftBounces)
        soft.update_one({"_id": key}, {"$addToSet": {"days": at.date().isoformat()}, "$set": {"at": at}}, upsert=True)
        return suppression.recent_days(existing(soft.find_one({"_id": key}))["days"], at)

    def page(self, limit: int, after: str | None) -> JsonObject:
        """Those that are suppressed, newest first."""
        page = keyset.find_page(self.all, _SUPPRESSED, ("-at", "-_id"), after, limit)
        return page.response(to_response)


def to_response(row: Suppression) -> JsonObject:
    """An entry, for officers."""
    return {"id": row["_id"], "reason": row["reason"], "source": row["source"], "at": clock.iso(row["at"])}
