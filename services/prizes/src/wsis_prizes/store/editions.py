"""Editions, the numbers of their receipts, and past winners."""

from __future__ import annotations

from collections.abc import Iterable

from pymongo import UpdateOne
from wsis_shared import clock
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input
from wsis_shared.keyset import Page, find_page
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_prizes.rules.editions import Edition, PastWinner


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

    def next_number(self, edition: str) -> int:
        """The next number of a receipt, counted in the transaction of the submission: none is lost, none doubled."""
        counter = self.collection("counters").find_one_and_update(
            {"_id": edition}, {"$inc": {"projects": 1}}, upsert=True, after=True
        )
        return int(counter["projects"])

    def add_past_winners(self, winners: Iterable[Input]) -> int:
        """Import, each once; returns how many were new."""
        writes = []
        for winner in winners:
            row = {
                name: winner[name] for name in ("edition", "country", "entity", "title_key", "title", "organization")
            }
            id = "|".join(row[name] for name in ("edition", "country", "entity", "title_key"))
            added = {**row, "language": winner.get("language"), "imported_at": clock.now()}
            writes.append(UpdateOne({"_id": id}, {"$setOnInsert": added}, upsert=True))
        return int(self.collection("past_winners", PastWinner).bulk_write(writes).upserted_count) if writes else 0

    def past_winners_of(self, country: str, before: str) -> list[PastWinner]:
        """Winners of earlier editions from a country."""
        return list(self.collection("past_winners", PastWinner).find({"country": country, "edition": {"$lt": before}}))

    def past_winners(self, before: str, limit: int, after: str | None) -> Page[PastWinner]:
        """Winners of earlier editions by edition and country, a page."""
        query = {"edition": {"$lt": before}}
        return find_page(self.collection("past_winners", PastWinner), query, ("_id",), after, limit)
