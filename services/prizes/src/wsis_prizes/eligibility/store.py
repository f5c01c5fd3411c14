"""Past winners."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pymongo import UpdateOne
from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.json_types import Input
from wsis_shared.keyset import Page, find_page
from wsis_shared.mongo import Repository

from wsis_prizes.eligibility.rules import PastWinner

_KEY = ("edition", "country", "entity", "title_key")
COLLECTIONS = (
    CollectionSpec(
        "past_winners",
        indexes=(index("country", "country", "edition"), index("newest", "-edition", "_id")),
        few=dict.fromkeys(("country", "newest"), "some 20 a year"),
    ),
)


class PastWinners(Repository):
    """Winners of earlier editions, each once."""

    def add_past_winners(self, winners: Iterable[Input]) -> int:
        """Import, each once; returns how many were new."""
        writes = []
        for winner in winners:
            row = {name: winner[name] for name in (*_KEY, "title", "organization")}
            # Of an edition that was held here.
            row |= {"project": winner["_id"], "category": winner["category"]} if "_id" in winner else {}
            added = {**row, "language": winner.get("language"), "imported_at": clock.now()}
            writes.append(UpdateOne({"_id": _id(winner)}, {"$setOnInsert": added}, upsert=True))
        return int(self.collection("past_winners", PastWinner).bulk_write(writes).upserted_count) if writes else 0

    def remove_past_winner(self, winner: Input) -> None:
        """One that was disqualified after the release: later editions take its project again."""
        self.collection("past_winners").delete_one({"_id": _id(winner)})

    def past_winners_of(self, country: str, before: str) -> list[PastWinner]:
        """Winners of earlier editions from a country."""
        return list(self.collection("past_winners", PastWinner).find({"country": country, "edition": {"$lt": before}}))

    def past_winners(self, before: str, held: Sequence[str], limit: int, after: str | None) -> Page[PastWinner]:
        """Winners of earlier editions but those `held` back, by edition and country, a page."""
        query = {"edition": {"$lt": before, "$nin": list(held)}}
        return find_page(self.collection("past_winners", PastWinner), query, ("_id",), after, limit)

    def find(
        self,
        words: Sequence[str],
        edition: str | None,
        category: str | None,
        countries: Sequence[str] | None,
        held: Sequence[str],
        limit: int,
        after: str | None,
    ) -> Page[PastWinner]:
        """Winners of all editions but those `held` back, the newest first, a page. Each of `words` begins one of the
        organization or of the title; `countries` are all where they are None."""
        query: dict[str, object] = {"edition": {"$nin": list(held)}}
        if edition is not None:
            query["edition"] = {"$eq": edition, "$nin": list(held)}
        if category is not None:
            query["category"] = category
        if countries is not None:
            query["country"] = {"$in": list(countries)}
        if words:
            begins = [{"$regex": rf"(^|\s){re.escape(word)}"} for word in words]
            query["$and"] = [{"$or": [{"title_key": each}, {"entity": each}]} for each in begins]
        return find_page(self.collection("past_winners", PastWinner), query, ("-edition", "_id"), after, limit)


def _id(winner: Input) -> str:
    return "|".join(winner[name] for name in _KEY)
