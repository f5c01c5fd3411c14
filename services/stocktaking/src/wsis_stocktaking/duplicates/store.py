"""Repository of possible duplicates: pairs of entries, with their scores and verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from pymongo import UpdateOne
from wsis_shared import keyset
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.events import PendingEvent
from wsis_shared.keyset import Page
from wsis_shared.outbox import EventfulRepository

from wsis_stocktaking.duplicates.rules import pairs
from wsis_stocktaking.duplicates.rules.pairs import Pair
from wsis_stocktaking.register.rules.entries import Entry

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec(
        "duplicates",
        indexes=(
            index("state", "state", "-score", "_id"),
            index("scan", "state", "scan"),
            index("entries", "entries"),
        ),
    ),
    CollectionSpec("duplicate_scans"),
)

_LAST = "last"


class Duplicates(EventfulRepository):
    """Pairs, and how far the register was compared."""

    def add(self, scan: str, scores: Mapping[tuple[str, str], int], at: datetime) -> None:
        """Store pairs with their scores; a verdict stays."""
        writes = [
            UpdateOne(
                {"_id": pairs.pair_id(*entries)},
                {
                    "$set": {"score": score, "scan": scan},
                    "$setOnInsert": {"entries": sorted(entries), "state": pairs.OPEN, "found_at": at, "version": 1},
                },
                upsert=True,
            )
            for entries, score in scores.items()
        ]
        if writes:
            self.collection("duplicates").bulk_write(writes, ordered=False)

    def decide(self, pair: Pair, *events: PendingEvent) -> Pair:
        """Store a verdict. Raises Conflict where somebody else changed the pair meanwhile."""
        return self.save("duplicates", pair, *events)

    def find(self, one: str, other: str) -> Pair | None:
        """The pair of two entries, if there is one."""
        return self.collection("duplicates", Pair).find_one({"_id": pairs.pair_id(one, other)})

    def decided(self, entry: str, others: Iterable[str]) -> set[str]:
        """Those of the other entries on which there is a verdict."""
        by_id = {pairs.pair_id(entry, other): other for other in others}
        query = {"_id": {"$in": list(by_id)}, "state": {"$in": list(pairs.VERDICTS)}}
        return {by_id[row["_id"]] for row in self.collection("duplicates").find(query, {"_id": 1})}

    def page(self, state: str, min_score: int, after: str | None, limit: int) -> Page[Pair]:
        """Pairs in a state, the most alike first."""
        query = {"state": state, "score": {"$gte": min_score, "$lte": 100}}
        found = self.collection("duplicates", Pair)
        return keyset.find_page(found, query, ("-score", "_id"), after, limit, counted=True)

    def entries(self, ids: Iterable[str]) -> dict[str, Entry]:
        """Entries by id, as far as pairs show them."""
        shown = {"content.title": 1, "content.original_language": 1, "content.organization.name": 1, "visibility": 1}
        return {row["_id"]: row for row in self.collection("entries", Entry).find({"_id": {"$in": list(ids)}}, shown)}

    def drop_stale(self, scan: str) -> None:
        """Forget open pairs that a comparison of the whole register did not find again."""
        self.collection("duplicates").delete_many({"state": pairs.OPEN, "scan": {"$ne": scan}})

    def scanned(self) -> int:
        """The sequence up to which the register was compared."""
        found = self.collection("duplicate_scans").find_one({"_id": _LAST})
        return int(found["position"]) if found else 0

    def set_scanned(self, position: int) -> None:
        """The register was compared up to this sequence."""
        self.collection("duplicate_scans").update_one({"_id": _LAST}, {"$max": {"position": position}}, upsert=True)
