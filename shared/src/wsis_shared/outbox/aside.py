"""Events that the relay has set aside, since they cannot be sent."""

from __future__ import annotations

from collections.abc import Iterable

from wsis_shared.collection import Collection
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox.repository import COLLECTION, StoredEvent

ASIDE = {"set_aside": {"$exists": True}}


class SetAside:
    """Those of one service."""

    def __init__(self, db: Database) -> None:
        self._rows = Collection(db[COLLECTION], StoredEvent)

    def rows(self) -> list[StoredEvent]:
        """All of them, the oldest first."""
        return list(self._rows.find(ASIDE).sort("at", 1))

    def send(self, ids: Iterable[str]) -> None:
        """Let the relay try them again."""
        self._rows.update_many({"_id": {"$in": list(ids)}, **ASIDE}, {"$unset": {"tries": "", "set_aside": ""}})

    def drop(self, ids: Iterable[str]) -> None:
        """Delete them."""
        self._rows.delete_many({"_id": {"$in": list(ids)}, **ASIDE})
