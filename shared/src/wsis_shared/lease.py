"""Leases: work that only one process of a service may do at a time, with a fencing token for its writes."""

from __future__ import annotations

import time

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError
from wsis_shared import process_registry
from wsis_shared.mongo import Collection


class Lease:
    """`hold()` takes or renews the lease and returns whether this process holds it. `token` grows with each new holder:
    a write of a former holder that resumes late can be rejected (fencing).

    The lease expires by the store's clock, so that a machine with a wrong clock neither keeps it for ever nor takes it
    from others. `process_registry` ends the leases of a process that stops or is found dead.
    """

    def __init__(self, leases: Collection, name: str, *, seconds: float, owner: str = "") -> None:
        self.leases, self.name, self.seconds = leases, name, seconds
        self.owner = owner or process_registry.process_id()
        self.token = 0
        self._fresh_until = 0.0

    def hold(self) -> bool:
        """True while this process holds the lease; renews it after a third of its time."""
        asked = time.monotonic()
        if asked < self._fresh_until:
            return True
        now = process_registry.store_time(self.leases.database).timestamp()
        held = self.leases.find_one_and_update(
            {"_id": self.name, "owner": self.owner, "until": {"$gt": now}},
            {"$set": {"until": now + self.seconds}},
            return_document=ReturnDocument.AFTER,
        ) or self._take(now)
        self._fresh_until = asked + self.seconds / 3 if held else 0.0
        self.token = int(held["token"]) if held else 0
        return held is not None

    def release(self) -> None:
        """Let another process take the lease now, if this one holds it."""
        self._fresh_until = 0.0
        self.leases.update_one({"_id": self.name, "owner": self.owner}, {"$set": {"until": 0.0}})

    def _take(self, now: float) -> dict[str, float] | None:
        try:
            taken: dict[str, float] | None = self.leases.find_one_and_update(
                {"_id": self.name, "until": {"$lte": now}},
                {"$set": {"owner": self.owner, "until": now + self.seconds}, "$inc": {"token": 1}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
            return taken
        except DuplicateKeyError:  # held by another process: the upsert ran into its document
            return None
