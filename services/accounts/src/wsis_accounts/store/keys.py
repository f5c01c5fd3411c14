"""Keys that sign access tokens. Their private halves come in here encrypted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wsis_shared.mongo import Repository


class Keys(Repository):
    """Collection `keys`."""

    def published_keys(self, now: datetime) -> list[dict[str, Any]]:
        """Keys that may have signed a token that still lives, newest first."""
        query = {"published_until": {"$gt": now}, "withdrawn_at": None}
        return list(self.collection("keys").find(query).sort([("period", -1), ("serial", -1)]))

    def last_serial(self, period: int) -> int:
        """The highest serial number of a period's keys, withdrawn ones too; 0 where there is none."""
        last = self.collection("keys").find({"period": period}).sort("serial", -1).limit(1)
        return next((int(doc["serial"]) for doc in last), 0)

    def add_key(self, key: dict[str, Any]) -> bool:
        """False where another process has made the key of this name."""
        done = self.collection("keys").update_one({"_id": key["_id"]}, {"$setOnInsert": key}, upsert=True)
        return done.upserted_id is not None

    def withdraw_keys(self, now: datetime) -> None:
        """What they signed is not believed any more."""
        self.collection("keys").update_many({"withdrawn_at": None}, {"$set": {"withdrawn_at": now}})
