"""Repository of editions, what an empty suite starts with, and documents that change one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import chunks, in_transaction, transactional
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.editions.rules import editions, reference
from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.editions.rules.stored import Stored

COLLECTIONS = (CollectionSpec("editions"),)


class Editions(EventfulRepository):
    """Consultations by edition."""

    def find(self, edition: str) -> Edition:
        """The edition. Raises NotFound."""
        found = self.find_any(edition)
        if found is None or found.get("removed"):
            raise NotFound("consultation.edition_unknown", edition=edition)
        return found

    def find_any(self, edition: str) -> Edition | None:
        """The edition, also one that was removed; None where there was none."""
        return self.collection("editions", Edition).find_one({"_id": edition})

    def all(self) -> list[Edition]:
        """All editions, the newest first: a handful."""
        return [row for row in self.collection("editions", Edition).find().sort("_id", -1) if not row.get("removed")]

    def used_in(self, edition: str, collections: Iterable[str]) -> str | None:
        """The first of `collections` that has a document of the edition; None where nothing hangs on it."""
        for name in collections:
            if any(self.collection(name).find_one({key: edition}, {"_id": 1}) for key in ("edition", "_id")):
                return name
        return None

    def mark_changed(self, edition: str) -> None:
        """What depends on the edition was changed: a change of it that read the former state must start again."""
        self.collection("editions").update_one({"_id": edition}, {"$inc": {"version": 1}})


_CHUNK = 500
D = TypeVar("D", bound=Stored)


@transactional
def change_each(
    repository: EventfulRepository,
    collection: str,
    rows: Sequence[D],
    change: Mapping[str, object],
    event: Callable[[D], PendingEvent],
) -> None:
    """Set the fields of `change` in each of `rows` and store `event(row)`."""
    update = {"$inc": {"version": 1}, **({"$set": dict(change)} if change else {})}
    for chunk in chunks(rows, _CHUNK):
        repository.collection(collection).update_many({"_id": {"$in": [row["_id"] for row in chunk]}}, update)
        repository.store_each((row["version"] + 1, event(row)) for row in chunk)


FIRST = 2017


def seed(db: Database) -> str:
    """Load the edition unless it is there; returns what was done, for the operator."""
    store = Editions(db)
    edition = editions.from_seed(reference.edition_seed(FIRST))

    def load() -> bool:
        if store.collection("editions").find_one({"_id": edition["_id"]}) is not None:
            return False
        store.save("editions", edition)
        return True

    return f"consultation {FIRST} loaded" if in_transaction(load) else f"consultation {FIRST} is there"
