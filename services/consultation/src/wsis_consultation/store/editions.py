"""Repository of editions."""

from __future__ import annotations

from typing import Any

from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.errors import editions as errors

COLLECTIONS = (CollectionSpec("editions", outbox=True),)


class Editions(EventfulRepository):
    """Consultations by edition."""

    source = "consultation"

    def find(self, edition: str) -> dict[str, Any]:
        """The edition. Raises NotFound."""
        found: dict[str, Any] | None = self.collection("editions").find_one({"_id": edition})
        if found is None:
            raise errors.edition_unknown(edition)
        return found

    def exists(self, edition: str) -> bool:
        """Is there a consultation for this edition?"""
        return self.collection("editions").find_one({"_id": edition}, {"_id": 1}) is not None

    def all(self) -> list[dict[str, Any]]:
        """All editions, the newest first: a handful."""
        return list(self.collection("editions").find().sort("_id", -1))

    def mark_changed(self, edition: str) -> None:
        """What depends on the edition was changed: a change of it that read the former state must start again."""
        self.collection("editions").update_one({"_id": edition}, {"$inc": {"version": 1}})
