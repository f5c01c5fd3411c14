"""Repository of exchange with other systems: changes since a sequence, snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.events import PendingEvent
from wsis_shared.outbox import EventfulRepository

from wsis_stocktaking.exchange.rules import SNAPSHOTS_KEPT, Snapshot, SnapshotFile
from wsis_stocktaking.register.rules.entries import Entry, PublicEntry, Revision
from wsis_stocktaking.register.store.register import updated_at, was_public

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("snapshots", indexes=(index("sequence", "sequence"),), small=str(SNAPSHOTS_KEPT)),
)

_CHANGE = {
    "content": 1,
    "prize": 1,
    "visibility": 1,
    "revision": 1,
    "sequence": 1,
    "published_at": 1,
    "revised_at": 1,
    "last_updated_at": 1,
    "by_secretariat": 1,
    "merged_into": 1,
}


_WITHOUT_TEXTS = {"content.description": 0, "content.partners": 0, "content.keywords": 0, "content.links": 0}
_ENDED = 200  # sequences that one read covers: some 10 ms of work


class Exchange(EventfulRepository):
    """What others read along the sequence."""

    def changes(self, after: int, until: int, lines: Sequence[str], limit: int) -> list[Entry]:
        """At most `limit` entries whose last sequence is in `after` < sequence <= `until`, in order; with `lines`,
        those that were ever public under one of them."""
        query = {"sequence": {"$gt": after, "$lte": until}, **({"lines": {"$in": list(lines)}} if lines else {})}
        return list(self.collection("entries", Entry).find(query, _CHANGE).sort("sequence", 1).limit(limit))

    def public_at(self, sequence: int, after: int, width: int) -> tuple[list[PublicEntry], int]:
        """The entries, as they were public at `sequence`, whose revisions have a sequence in `after` < ... <= `after` +
        `width`, in order; and where the next page begins. Pages are fixed: the register at a sequence never changes."""
        end = min(after + width, sequence)
        within = {"sequence": {"$gt": after, "$lte": end}}
        rows = [row for row in self.collection("revisions", Revision).find(within) if was_public(row, sequence)]
        known = {
            row["_id"]: row
            for row in self.collection("entries", Entry).find(
                {"_id": {"$in": [row["entry"] for row in rows]}},
                {"published_at": 1, "revision": 1, "last_updated_at": 1},
            )
        }
        ordered = sorted(rows, key=lambda row: int(row["sequence"]))
        return [_as_it_was(row, known.get(row["entry"])) for row in ordered], end

    def ended_since(self, sequence: int, head: int) -> Iterator[list[PublicEntry]]:
        """The entries that were public at `sequence` in revisions that ended by `head`, in parts, without texts."""
        for start in range(sequence, head, _ENDED):
            within = {"until": {"$gt": start, "$lte": min(start + _ENDED, head)}}
            rows = self.collection("revisions", Revision).find(within, _WITHOUT_TEXTS)
            yield [_as_it_was(row, None) for row in rows if row["sequence"] <= sequence]

    # -- snapshots ----------------------------------------------------------------------------------------------------

    def snapshots(self) -> list[Snapshot]:
        """All, the newest first: there are few."""
        return sorted(
            self.collection("snapshots", Snapshot).find({}), key=lambda row: int(row["sequence"]), reverse=True
        )

    def find_snapshot(self, snapshot: str) -> Snapshot | None:
        """A snapshot, or None."""
        return self.collection("snapshots", Snapshot).find_one({"_id": snapshot})

    def add_snapshot(self, snapshot: Snapshot, *events: PendingEvent) -> Snapshot:
        """Store a new one."""
        return self.save("snapshots", snapshot, *events)

    def put_files(self, snapshot: str, files: dict[str, SnapshotFile]) -> None:
        """Name the files of a snapshot."""
        self.collection("snapshots", Snapshot).update_one({"_id": snapshot}, {"$set": {"files": files}})

    def remove_snapshot(self, snapshot: str) -> None:
        """Forget one."""
        self.collection("snapshots").delete_one({"_id": snapshot})


def pages_at(store: Exchange, sequence: int, width: int) -> Iterator[list[PublicEntry]]:
    """All entries that were public at a sequence, page by page."""
    after = 0
    while after < sequence:
        entries, after = store.public_at(sequence, after, width)
        yield entries


def _as_it_was(revision: Revision, entry: Entry | None) -> PublicEntry:
    """The entry of a revision. What only the entry of today knows is taken from it where it was the same then."""
    at = revision["published_from"]
    return {
        "_id": revision["entry"],
        "revision": revision["number"],
        "sequence": revision["sequence"],
        "content": revision["content"],
        "prize": revision["prize"],
        "revised_at": at,
        "published_at": (entry and entry.get("published_at")) or at,
        "last_updated_at": updated_at(revision, entry),
        "by_secretariat": revision.get("by_secretariat", []),
    }


def as_row(snapshot: str, sequence: int, entries: int, taken_at: datetime, files: dict[str, SnapshotFile]) -> Snapshot:
    """A snapshot to store."""
    return {"_id": snapshot, "sequence": sequence, "entries": entries, "taken_at": taken_at, "files": files}
