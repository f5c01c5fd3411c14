"""Editions."""

from __future__ import annotations

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_prizes.editions.rules.editions import Edition, winners_are_out

COLLECTIONS = (CollectionSpec("editions"),)


class Editions(EventfulRepository):
    """Few documents, read all the time."""

    def edition(self, edition: str) -> Edition:
        """The edition. Raises NotFound."""
        found = self.collection("editions", Edition).find_one({"_id": edition})
        if found is None:
            raise NotFound("prizes.edition_unknown", edition=edition)
        return found

    def editions(self) -> list[Edition]:
        """All, the newest first."""
        return list(self.collection("editions", Edition).find({}).sort("_id", -1))

    def under_embargo(self) -> list[str]:
        """Those whose winners are not released."""
        return [doc["_id"] for doc in self.editions() if not winners_are_out(doc)]

    def has_edition(self, edition: str) -> bool:
        """Is it there?"""
        return self.collection("editions", Edition).find_one({"_id": edition}, {"_id": 1}) is not None

    def save_edition(self, edition: Edition, *pending: PendingEvent) -> Edition:
        """Insert or replace, with its events."""
        return self.save("editions", edition, *pending)

    def nominees_changed(self, edition: Edition) -> None:
        """Let every process read the lists of nominees anew; called in the transaction of what changed them."""
        self.save_edition({**edition, "marks": {**edition["marks"], "nominees_at": clock.now()}})

    @transactional
    def record_events(self, *pending: PendingEvent) -> None:
        """Events that belong to no single document of their own (many projects, many jurors)."""
        self.store_events(1, *pending)
