"""Leases: work that only one process of a service may do at a time, with a fencing token for its writes."""

from __future__ import annotations

import time
from typing import NotRequired, TypedDict

from pymongo.errors import DuplicateKeyError
from wsis_shared import process_registry
from wsis_shared.collection import Collection

_NOW = {"$divide": [{"$toLong": "$$NOW"}, 1000]}  # the store's clock; `until` is in seconds too


class LeaseRow(TypedDict):
    """Who holds a lease, as stored; `left`: for how many seconds still, when it was read."""

    _id: str
    owner: str
    token: int
    until: float
    left: NotRequired[float]


class Lease:
    """`hold()` takes or renews the lease and returns whether this process holds it. `token` grows with each new holder:
    a write of a former holder that resumes late can be rejected (fencing). `free_in`: in how many seconds another
    process's lease ends unless it is renewed.

    The lease expires by the store's clock, so that a machine with a wrong clock neither keeps it for ever nor takes it
    from others. `process_registry` ends the leases of a process that stops or is found dead.
    """

    def __init__(self, leases: Collection[LeaseRow], name: str, *, seconds: float, owner: str = "") -> None:
        self.leases, self.name, self.seconds = leases, name, seconds
        self.owner = owner or process_registry.process_id()
        self.token = 0
        self.free_in = 0.0
        self._fresh_until = 0.0

    def hold(self) -> bool:
        """True while this process holds the lease; renews it after a third of its time."""
        asked = time.monotonic()
        if asked < self._fresh_until:
            return True
        found = self._take_or_renew()
        held = found["owner"] == self.owner
        self._fresh_until = asked + self.seconds / 3 if held else 0.0
        self.token = int(found["token"]) if held else 0
        self.free_in = 0.0 if held else max(float(found["left"]), 0.0)
        return held

    def release(self) -> None:
        """Let another process take the lease now, if this one holds it."""
        self._fresh_until = 0.0
        self.leases.update_one({"_id": self.name, "owner": self.owner}, {"$set": {"until": 0.0}})

    def _take_or_renew(self) -> LeaseRow:
        """The lease as it is then, in one request; of another process it is left as it is."""
        owner = {"$literal": self.owner}
        free = {"$lte": ["$until", _NOW]}  # also where there is none
        ours = {"$or": [free, {"$eq": ["$owner", owner]}]}
        update = {
            "token": {"$add": [{"$ifNull": ["$token", 0]}, {"$cond": [free, 1, 0]}]},
            "owner": {"$cond": [free, owner, "$owner"]},
            "until": {"$cond": [ours, {"$add": [_NOW, self.seconds]}, "$until"]},
        }
        answer = {"owner": 1, "token": 1, "left": {"$subtract": ["$until", _NOW]}}
        while True:
            try:
                return self.leases.find_one_and_update(
                    {"_id": self.name}, [{"$set": update}], answer, upsert=True, after=True
                )
            except DuplicateKeyError:  # another process has made the document at this moment
                continue
