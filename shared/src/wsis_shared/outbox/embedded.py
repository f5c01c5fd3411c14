"""Events inside documents, as the former version wrote them: `{..., "outbox": [CloudEvent, ...]}`.

While processes of that version run, their relay publishes them. Once none does, the relay of this version moves what
they left into the outbox, at its start and then seldom. `wsis migrate --contract` moves the rest and drops the indexes.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from functools import partial

from wsis_shared.collection import Collection
from wsis_shared.collection_specs import EMBEDDED_EVENTS, OWN, CollectionSpec, ensure_indexes
from wsis_shared.lease import Lease, LeaseRow
from wsis_shared.mongo import in_transaction
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox.repository import COLLECTION, EventfulRepository, StoredEvent

_FORMER_LEASE = "outbox"
_PENDING = {"outbox.id": {"$exists": True}}
_BATCH = 200
_EVERY_SECONDS = 10.0


class EmbeddedEvents:
    """The documents of one database that hold events."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._names: Sequence[str] | None = None
        self._due = 0.0

    def move_when_due(self) -> None:
        """Move the events where it is time, and no relay of the former version runs."""
        if self._names is None:
            self._names = self.collections()
        if not self._names or time.monotonic() < self._due:
            return
        self._due = time.monotonic() + _EVERY_SECONDS
        self._names = self._indexed(self._names)  # without the index a look would read the whole collection
        if not self._names:
            return
        former = Lease(Collection(self._db["leases"], LeaseRow), _FORMER_LEASE, seconds=30)
        if former.hold():
            try:
                self.move()
            finally:
                former.release()

    def collections(self) -> list[str]:
        """The collections whose documents may hold events: those with the index for them."""
        names = self._db.list_collection_names(filter=OWN)
        return sorted(self._indexed(names))

    def _indexed(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if EMBEDDED_EVENTS in self._db[name].index_information()]

    def move(self) -> int:
        """Move all events into the outbox; returns how many."""
        moved = 0
        for name in self._names or self.collections():
            while count := in_transaction(partial(self._move_batch, name)):
                moved += count
        return moved

    def _move_batch(self, name: str) -> int:
        collection = Collection(self._db[name])
        rows = list(collection.find(_PENDING, {"outbox": 1}).limit(_BATCH))
        if not rows:
            return 0
        events = {event["id"]: event for row in rows for event in row["outbox"]}
        known = {row["_id"] for row in Collection(self._db[COLLECTION], StoredEvent).named(events, {"_id": 1})}
        EventfulRepository(self._db).store_envelopes([event for id, event in events.items() if id not in known])
        collection.update_many({"_id": {"$in": [row["_id"] for row in rows]}}, {"$unset": {"outbox": 1}})
        return len(events)

    def contract(self, specs: Iterable[CollectionSpec]) -> int:
        """Move the rest, and drop the indexes that served the former version alone. Returns how many were moved."""
        self._names = self.collections()
        moved = self.move()
        for name in self._names:
            self._db[name].drop_index(EMBEDDED_EVENTS)
        ensure_indexes(self._db, specs)
        return moved
