"""Leases: work that only one process of a service may do at a time, with a fencing token for what it writes."""

from __future__ import annotations

import time

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError
from wsis_shared import sessions
from wsis_shared.mongo import Collection
from wsis_shared.sessions import OWNER


class Lease:
    """`hold()` takes or renews the lease and says whether it is ours. `token` grows each time it changes hands, so
    that a former holder that wakes up late can be refused by what it writes to (fencing).

    Its end is a moment of the store's clock, so that a machine whose clock is wrong neither keeps it for ever nor
    takes it from others. Who ends in good order gives it back; of who is found dead, `sessions` ends it.
    """

    def __init__(self, leases: Collection, name: str, *, seconds: float, owner: str = "") -> None:
        self.leases, self.name, self.seconds = leases, name, seconds
        self.owner = owner or OWNER
        self.token = 0
        self._fresh_until = 0.0

    def hold(self) -> bool:
        """True while the lease is ours; renewed at a third of its time."""
        asked = time.monotonic()
        if asked < self._fresh_until:
            return True
        now = sessions.store_time(self.leases.database).timestamp()
        held = self.leases.find_one_and_update(
            {"_id": self.name, "owner": self.owner, "until": {"$gt": now}},
            {"$set": {"until": now + self.seconds}},
            return_document=ReturnDocument.AFTER,
        ) or self._take(now)
        self._fresh_until = asked + self.seconds / 3 if held else 0.0
        self.token = int(held["token"]) if held else 0
        return held is not None

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
