"""Repository of saved searches and their runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wsis_shared import keyset
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.keyset import Page
from wsis_shared.outbox import EventfulRepository

from wsis_stocktaking.register.rules.cards import Card, card
from wsis_stocktaking.register.rules.entries import Revision
from wsis_stocktaking.register.store.register import was_public
from wsis_stocktaking.saved_searches.rules import SavedSearch, SearchRun

KEPT_DAYS = 60  # of runs: a mail is written long before

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec(
        "saved_searches",
        indexes=(
            index("owner", "owner", "created_at", "_id"),
            index("due", "due_at", "position"),
        ),
    ),
    CollectionSpec(
        "saved_search_runs",
        indexes=(
            index("owner", "owner"),
            expires("at", after_seconds=KEPT_DAYS * 86_400),
        ),
    ),
)


class SavedSearches(EventfulRepository):
    """Saved searches."""

    def find(self, search: str) -> SavedSearch:
        """A saved search. Raises NotFound."""
        found = self.collection("saved_searches", SavedSearch).find_one({"_id": search})
        if found is None:
            raise NotFound("stocktaking.saved_search_unknown")
        return found

    def of_owner(self, owner: str, after: str | None, limit: int) -> Page[SavedSearch]:
        """The saved searches of an account, the first one first."""
        return keyset.find_page(
            self.collection("saved_searches", SavedSearch),
            {"owner": owner},
            ("created_at", "_id"),
            after,
            limit,
        )

    def firing(self, owner: str) -> list[SavedSearch]:
        """Those of an account that fire events."""
        return list(self.collection("saved_searches", SavedSearch).find({"owner": owner, "event": True}))

    def count(self, owner: str) -> int:
        """How many an account has."""
        return int(self.collection("saved_searches").count_documents({"owner": owner}))

    def put(self, saved: SavedSearch, *events: PendingEvent) -> SavedSearch:
        """Store it. Raises Conflict where it changed since it was read."""
        return self.save("saved_searches", saved, *events)

    def remove(self, search: str) -> None:
        """Forget it."""
        self.collection("saved_searches").delete_one({"_id": search})

    def forget(self, erasure: Erasure) -> None:
        """The account is erased."""
        self.collection("saved_searches").delete_many(erasure.query("created_at", account="owner"))
        self.collection("saved_search_runs").delete_many(erasure.query("at", account="owner"))

    # -- runs ---------------------------------------------------------------------------------------------------------

    def due(self, now: datetime, since: datetime, head: int, limit: int) -> list[str]:
        """Ids of searches that are to run: due, and behind `head`."""
        query = {"due_at": {"$gt": since, "$lte": now}, "position": {"$gte": 0, "$lt": head}}
        return [row["_id"] for row in self.collection("saved_searches").find(query, {"_id": 1}).limit(limit)]

    def add_run(self, run: SearchRun, *events: PendingEvent) -> None:
        """Store what a search has found, with its mail and its event."""
        self.save("saved_search_runs", run, *events)

    def run(self, run: str) -> SearchRun:
        """What a search has found. Raises NotFound."""
        found = self.collection("saved_search_runs", SearchRun).find_one({"_id": run})
        if found is None:
            raise NotFound("stocktaking.nothing_to_mail")
        return found

    # -- the register -------------------------------------------------------------------------------------------------

    def cards_at(self, entries: Iterable[str], sequence: int) -> list[Card]:
        """The cards of these entries as they were public at a sequence; without those that were not."""
        query = {"entry": {"$in": list(entries)}, "sequence": {"$gt": 0, "$lte": sequence}}
        return [_former(row) for row in self.collection("revisions", Revision).find(query) if was_public(row, sequence)]


def _former(revision: Revision) -> Card:
    at = revision["published_from"]
    return card(
        {
            "_id": revision["entry"],
            "content": revision["content"],
            "prize": revision["prize"],
            "revision": revision["number"],
            "sequence": revision["sequence"],
            "published_at": at,
            "revised_at": at,
            "last_updated_at": revision.get("last_updated_at", at),
            "by_secretariat": revision.get("by_secretariat", []),
        }
    )
