"""The audit: entries are added and read, never changed. They hold ids, no names and no addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wsis_shared import clock
from wsis_shared.mongo import Repository

FIELDS = ("actor", "action", "object", "before", "after", "reason", "request_id")


class Entries(Repository):
    """Collection `audit`."""

    def add_entry(self, id: str, source: str, data: Mapping[str, Any]) -> None:
        """Keep what a service published, under the event's id: a second delivery changes nothing."""
        entry = {"source": source, "at": clock.parse(data["at"]), **{name: data.get(name) for name in FIELDS}}
        self.collection("audit").update_one({"_id": id}, {"$setOnInsert": entry}, upsert=True)

    def entries(
        self,
        *,
        limit: int,
        after: Sequence[str] | None = None,
        object: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        **equal: str | None,
    ) -> list[dict[str, Any]]:
        """Up to `limit` entries, newest first. `object` takes everything below it along ("edition/2017")."""
        conditions: list[dict[str, Any]] = [{name: value} for name, value in equal.items() if value is not None]
        if object:
            conditions.append({"object": {"$regex": f"^{re.escape(object.rstrip('/'))}(/|$)"}})
        if since:
            conditions.append({"at": {"$gte": since}})
        if until:
            conditions.append({"at": {"$lt": until}})
        if after:
            moment = clock.parse(after[0])
            conditions.append({"$or": [{"at": {"$lt": moment}}, {"at": moment, "_id": {"$lt": after[1]}}]})
        rows = self.collection("audit").find({"$and": conditions} if conditions else {})
        return [_entry(doc) for doc in rows.sort([("at", -1), ("_id", -1)]).limit(limit)]

    def entries_about(self, account: str) -> list[dict[str, Any]]:
        """What staff did with this account, and what it did as staff: the last thousand."""
        query = {"$or": [{"object": f"account/{account}"}, {"actor": account}]}
        return [_entry(doc) for doc in self.collection("audit").find(query).sort([("at", -1)]).limit(1000)]


def _entry(doc: dict[str, Any]) -> dict[str, Any]:
    return {**doc, "id": doc["_id"], "at": clock.iso(doc["at"])}
