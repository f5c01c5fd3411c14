"""Repository of editions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.editions import errors

COLLECTIONS = (CollectionSpec("editions"),)


class Editions(EventfulRepository):
    """Consultations by edition."""

    source = "consultation"

    def find(self, edition: str) -> dict[str, Any]:
        """The edition. Raises NotFound."""
        found = self.find_any(edition)
        if found is None or found.get("removed"):
            raise errors.edition_unknown(edition)
        return found

    def find_any(self, edition: str) -> dict[str, Any] | None:
        """The edition, also one that was removed; None where there was none."""
        found: dict[str, Any] | None = self.collection("editions").find_one({"_id": edition})
        return found

    def all(self) -> list[dict[str, Any]]:
        """All editions, the newest first: a handful."""
        return [row for row in self.collection("editions").find().sort("_id", -1) if not row.get("removed")]

    def used_in(self, edition: str, collections: Iterable[str]) -> str | None:
        """The first of `collections` that has a document of the edition; None where nothing hangs on it."""
        for name in collections:
            if any(self.collection(name).find_one({key: edition}, {"_id": 1}) for key in ("edition", "_id")):
                return name
        return None

    def mark_changed(self, edition: str) -> None:
        """What depends on the edition was changed: a change of it that read the former state must start again."""
        self.collection("editions").update_one({"_id": edition}, {"$inc": {"version": 1}})
