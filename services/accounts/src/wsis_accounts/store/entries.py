"""The audit: entries are added and read, never changed. They hold ids, no names and no addresses."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TypedDict

from wsis_shared import clock, keyset
from wsis_shared.json_types import Input
from wsis_shared.mongo import Repository


class Entry(TypedDict):
    """What somebody of the staff did. `before` and `after` are as the service published them."""

    _id: str
    source: str
    at: datetime
    actor: str
    action: str
    object: str
    before: object
    after: object
    reason: str | None
    request_id: str | None


FIELDS = ("actor", "action", "object", "before", "after", "reason", "request_id")


class Entries(Repository):
    """Collection `audit`."""

    def add_entry(self, id: str, source: str, data: Input) -> None:
        """Keep what a service published, under the event's id: a second delivery changes nothing."""
        entry = {"source": source, "at": clock.parse(data["at"]), **{name: data.get(name) for name in FIELDS}}
        self.collection("audit").update_one({"_id": id}, {"$setOnInsert": entry}, upsert=True)

    def entries(
        self,
        *,
        limit: int,
        after: str | None = None,
        object: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        **equal: str | None,
    ) -> keyset.Page[Entry]:
        """Entries, newest first, a page. `object` takes everything below it along ("edition/2017")."""
        query: keyset.Condition = {name: value for name, value in equal.items() if value is not None}
        if object:
            query["object"] = {"$regex": f"^{re.escape(object.rstrip('/'))}(/|$)"}
        moments = {name: value for name, value in (("$gte", since), ("$lt", until)) if value}
        if moments:
            query["at"] = moments
        return keyset.find_page(self.collection("audit", Entry), query, ("-at", "-_id"), after, limit)

    def entries_about(self, account: str) -> list[dict[str, object]]:
        """What staff did with this account, and what it did as staff: the last thousand."""
        query = {"$or": [{"object": f"account/{account}"}, {"actor": account}]}
        return [entry(doc) for doc in self.collection("audit", Entry).find(query).sort([("at", -1)]).limit(1000)]


def entry(doc: Entry) -> dict[str, object]:
    """An entry as readers see it."""
    return {**doc, "id": doc["_id"], "at": clock.iso(doc["at"])}
