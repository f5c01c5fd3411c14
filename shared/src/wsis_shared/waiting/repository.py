"""Counts of what waits, kept for some seconds: many officers have the same page open."""

from __future__ import annotations

import time
from collections.abc import Sequence

from wsis_shared import clock
from wsis_shared.json_types import JsonObject
from wsis_shared.mongo import Repository
from wsis_shared.mongo_connection import Database
from wsis_shared.waiting import Waiting

SECONDS = 15.0


class WaitingDocuments(Repository):
    """What waits of each kind."""

    def __init__(self, db: Database, kinds: Sequence[Waiting]) -> None:
        super().__init__(db)
        self.kinds = kinds
        self._counted: dict[str, tuple[float, JsonObject]] = {}

    def counted(self, kind: Waiting) -> JsonObject:
        """How many, and the oldest time."""
        before, found = self._counted.get(kind.code, (float("-inf"), {}))
        if time.monotonic() - before >= SECONDS:
            found = self._count(kind)
            self._counted[kind.code] = time.monotonic(), found
        return found

    def _count(self, kind: Waiting) -> JsonObject:
        query = dict(kind.query)
        if kind.after is not None:
            query[kind.since] = {"$lt": clock.now() - kind.after}
        oldest = {"$min": {"$min": f"${kind.since}"}}  # also among the times of one document
        group = {"_id": None, "count": {"$sum": f"${kind.sum_of}" if kind.sum_of else 1}, "oldest_at": oldest}
        documents = self.collection(kind.collection)
        rows = documents.aggregate([{"$match": query}, {"$group": group}])
        found = next(iter(rows), {"count": 0, "oldest_at": None})
        page = None
        if kind.page and found["count"]:
            page = kind.page_of(documents.find_one(query, sort=[(kind.since, 1)]) or {})
        return {"code": kind.code, "count": found["count"], "oldest_at": found["oldest_at"], "page": page}
