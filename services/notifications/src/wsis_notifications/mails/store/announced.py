"""AnnouncedAddresses: by which of two ways an announcement goes to an address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from pymongo import UpdateOne
from wsis_shared import clock
from wsis_shared.collection import Collection
from wsis_shared.collection_specs import CollectionSpec, expires
from wsis_shared.mongo import Repository

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("announced_addresses", indexes=(expires("at", 30 * clock.DAY),)),
)

MAIL, CAMPAIGN = "mail", "campaign"


class AnnouncedAddress(TypedDict):
    """Of an event and the key of an address: the way that has it."""

    _id: str
    way: str
    at: datetime


class AnnouncedAddresses(Repository):
    """Whoever has an account and reads the newsletter would get an announcement twice. The first way that takes an
    address has it, by the unique key of event and address."""

    @property
    def all(self) -> Collection[AnnouncedAddress]:
        """The collection, joined to the open transaction."""
        return self.collection("announced_addresses", AnnouncedAddress)

    def take(self, event: str, keys: Iterable[str], way: str) -> set[str]:
        """Take addresses, by their keys, for one way; a repeat changes nothing. Returns those that the other way has.
        Call it inside a transaction."""
        ids, now = {f"{event}|{key}": key for key in keys}, clock.now()
        if not ids:
            return set()
        taken = {"$setOnInsert": {"way": way, "at": now}}
        self.all.bulk_write([UpdateOne({"_id": id}, taken, upsert=True) for id in ids], ordered=False)
        return {ids[row["_id"]] for row in self.all.find({"_id": {"$in": list(ids)}}) if row["way"] != way}
