"""The register: entries, their revisions, and the sequence in which they became public or ceased to be.

A publication or withdrawal takes the next sequence from one counter, inside its transaction: sequences are in the order
of commits, without gaps. So whoever has read up to a sequence has missed nothing, and the register at a sequence never
changes afterwards.
"""

from __future__ import annotations

import bisect
import math
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from pymongo import InsertOne, ReplaceOne, UpdateOne
from wsis_shared import clock
from wsis_shared.collection import Write
from wsis_shared.collection_specs import CollectionSpec, index, present
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.outbox import EventfulRepository

from wsis_stocktaking.register.rules import contents
from wsis_stocktaking.register.rules import entries as rules
from wsis_stocktaking.register.rules.entries import Entry, Prize, PublicEntry, Revision
from wsis_stocktaking.register.rules.translations import by_secretariat

_IN_PARTS = "whoever reads the register along its sequence reads a bounded part of it at a time"
COLLECTIONS = (
    CollectionSpec(
        "entries",
        schema_version=2,
        indexes=(
            index("sequence", "sequence"),
            index("owner", "owner", "-changed_at", "_id"),
            index("review", "draft.state", "submitted_at", "_id"),
            present("project", "project"),
        ),
        few={"sequence": _IN_PARTS, "review": "those that wait", "owner": "those of an account"},
    ),
    CollectionSpec(
        "revisions",
        indexes=(
            index("entry", "entry", "number"),
            index("sequence", "sequence"),
            # Of few revisions: an import of thousands writes neither.
            present("until", "until"),
            present("by", "by"),
        ),
        few={"sequence": _IN_PARTS},
    ),
    CollectionSpec("counters"),
)

UNPUBLISHED, PUBLIC = rules.UNPUBLISHED, rules.PUBLIC
WITHDRAWN, MERGED = rules.WITHDRAWN, rules.MERGED


Announce = Callable[[Entry], Sequence[PendingEvent]]


class AtPublication(Enum):
    """In place of a moment: that of the publication."""

    NOW = "now"


NOW = AtPublication.NOW


def was_public(revision: Revision, sequence: int) -> bool:
    """Whether a revision was public at a sequence: from its own until the one that ended it, if any did."""
    return bool(revision["sequence"] <= sequence < revision.get("until", math.inf))


def updated_at(revision: Revision, entry: PublicEntry | None) -> datetime | None:
    """When the organization said what a revision says. Those of before this was stored with each revision have it from
    their entry, where it is the same still, else from their publication."""
    if "last_updated_at" in revision:
        return revision["last_updated_at"]
    at = revision["published_from"]
    return entry.get("last_updated_at", at) if entry and entry["revision"] == revision["number"] else at


def _nothing(entry: Entry) -> Sequence[PendingEvent]:
    return ()


def _not_later(at: datetime) -> datetime:
    """The moment, or now. A gateway may be ahead, and a moment to come would hide what follows from the register of
    today (`sequence_at`)."""
    return min(at, clock.now())


class Publication(NamedTuple):
    """An entry that becomes public with this content. `events` go out with it, and those that `announce` makes of the
    entry with its new revision and sequence. `source` is that of the revision, by default the entry's;
    `last_updated_at` is when the organization said it, by default now; None: nobody knows. `theirs` are contents of
    contributors of which a revision of the secretariat may have texts."""

    entry: Entry
    content: contents.Content
    prize: Prize | None = None
    by: str | None = None
    events: Sequence[PendingEvent] = ()
    announce: Announce = _nothing
    source: str | None = None
    last_updated_at: datetime | None | AtPublication = NOW
    theirs: Sequence[contents.Content] = ()


def _updated_at(publication: Publication, at: datetime) -> datetime | None:
    said = publication.last_updated_at
    if said is None:
        return None
    return _not_later(at if isinstance(said, AtPublication) else said)


def _revision(entry: Entry, publication: Publication, at: datetime) -> Revision:
    """The revision that an entry has just got."""
    made: Revision = {
        "_id": f"{entry['_id']}/{entry['revision']}",
        "entry": entry["_id"],
        "number": entry["revision"],
        "content": publication.content,
        "prize": entry["prize"],
        "source": publication.source or entry["source"],
        "published_from": at,
        "sequence": entry["sequence"],
        "last_updated_at": entry["last_updated_at"],
    }
    if publication.by:
        made["by"] = publication.by
    if entry.get("by_secretariat"):
        made["by_secretariat"] = entry["by_secretariat"]
    return made


class Register(EventfulRepository):
    """Entries and revisions."""

    def find(self, entry: str) -> Entry:
        """An entry, public or not. Raises NotFound."""
        found = self.collection("entries", Entry).find_one({"_id": entry})
        if found is None:
            raise NotFound("stocktaking.entry_unknown", entry=entry)
        return found

    def find_public(self, entry: str) -> Entry:
        """An entry that is public; the id of one that was merged leads to the survivor. Raises NotFound."""
        found = self.find(entry)
        while found["visibility"] == MERGED:
            found = self.find(str(found["merged_into"]))
        if found["visibility"] == WITHDRAWN:
            raise NotFound("stocktaking.entry_withdrawn", entry=entry)
        if found["visibility"] != PUBLIC:
            raise NotFound("stocktaking.entry_unknown", entry=entry)
        return found

    def new_entry(self, entry: str, source: str, owner: str | None, at: datetime) -> Entry:
        """An entry that is not stored yet."""
        return {
            "_id": entry,
            "owner": owner,
            "owned_at": at,
            "source": source,
            "visibility": UNPUBLISHED,
            "draft": None,
            "content": None,
            "prize": None,
            "revision": 0,
            "lines": [],
            "changed_at": at,
        }

    # -- the sequence -------------------------------------------------------------------------------------------------

    def head(self) -> int:
        """The last sequence; 0 in an empty register."""
        found = self.collection("counters").find_one({"_id": "sequence"})
        return int(found["value"]) if found else 0

    def identity(self) -> str:
        """A name of this register that no other has, made at first use: copies of it know where they came from."""
        made = {"$setOnInsert": {"value": uuid.uuid4().hex}}
        found = self.collection("counters").find_one_and_update({"_id": "identity"}, made, upsert=True, after=True)
        return str(found["value"])

    def stamp(self, sequence: int) -> str:
        """What took a sequence, and when: another text means that the store was restored to an older state and went on
        differently. Empty for a sequence that nothing has taken."""
        found = self._taken(sequence)
        return f"{found[0]} {clock.iso(found[1])}" if found else ""

    def _taken(self, sequence: int) -> tuple[str, datetime] | None:
        """The revision whose publication or end took a sequence, and when; None for a sequence not taken yet."""
        for taken, date in (("sequence", "published_from"), ("until", "published_to")):
            if found := self.collection("revisions").find_one({taken: sequence}, {date: 1}):
                return found["_id"], found[date]
        return None

    def _take(self, count: int) -> int:
        """The first of the next `count` sequences."""
        found = self.collection("counters").find_one_and_update(
            {"_id": "sequence"}, {"$inc": {"value": count}}, upsert=True, after=True
        )
        return int(found["value"]) - count + 1

    def changed(self, after: int, until: int) -> list[Entry]:
        """Entries whose last sequence is in `after` < sequence <= `until`, in order: public ones, and those that ceased
        to be."""
        found = self.collection("entries", Entry).find({"sequence": {"$gt": after, "$lte": until}}, {"draft": 0})
        return sorted(found, key=lambda entry: int(entry["sequence"]))

    def at(self, sequence: int) -> Iterator[Revision]:
        """The revisions that were public at a sequence, in the order of their own."""
        found = self.collection("revisions", Revision).find({"sequence": {"$gt": 0, "$lte": sequence}})
        yield from sorted((row for row in found if was_public(row, sequence)), key=lambda row: int(row["sequence"]))

    def moment_of(self, sequence: int) -> datetime | None:
        """When a sequence was taken; None for 0, or one not taken yet."""
        taken = self._taken(sequence)
        return taken[1] if taken else None

    def sequence_at(self, moment: datetime) -> int:
        """The last sequence that was taken until a moment, by a publication or by an end of one; 0 before the first.
        Moments grow with sequences, so halving finds it in 15 steps among 20,000. Where the clocks of two processes
        differ, two sequences in a row may have their moments the other way round: then it is one of them, the same at
        each call."""

        def is_later(sequence: int) -> bool:
            taken = self._taken(sequence)
            return taken is None or taken[1] > moment

        return bisect.bisect_left(range(1, self.head() + 1), True, key=is_later)

    # -- publication --------------------------------------------------------------------------------------------------

    def publish(self, publications: Sequence[Publication], at: datetime) -> list[Entry]:
        """Make entries public, each as its next revision, in one transaction with the caller's. Their drafts stay as
        they are given. Raises Conflict when an entry changed since it was read."""
        if not publications:
            return []
        at = _not_later(at)
        first = self._take(len(publications))
        entries = [self._published(each, first + place, at) for place, each in enumerate(publications)]
        self._write(entries)
        self.store_each(
            (entry["version"], event)
            for entry, each in zip(entries, publications, strict=True)
            for event in (*each.events, *each.announce(entry))
        )
        self._end([(entry, entry["revision"] - 1) for entry in entries if entry["revision"] > 1], at)
        self.collection("revisions", Revision).insert_many(
            [_revision(entry, each, at) for entry, each in zip(entries, publications, strict=True)]
        )
        return entries

    def withdraw(
        self,
        entry: Entry,
        at: datetime,
        *events: PendingEvent,
        merged_into: str | None = None,
        announce: Announce = _nothing,
    ) -> Entry:
        """End the publication of an entry: its card is gone, its revisions stay for past dates. `announce` makes
        further events of the entry with its new sequence."""
        at = _not_later(at)
        gone: Entry = {
            **entry,
            "visibility": MERGED if merged_into else WITHDRAWN,
            "merged_into": merged_into,
            "sequence": self._take(1),
            "changed_at": at,
        }
        self._end([(gone, gone["revision"])], at)
        self.collection("duplicates").delete_many({"entries": entry["_id"], "state": "open"})  # it waits for nobody now
        return self.save("entries", gone, *events, *announce(gone))

    def _published(self, publication: Publication, sequence: int, at: datetime) -> Entry:
        entry, version = publication.entry, publication.entry.get("version", 0) + 1
        source = publication.source or entry["source"]
        return {
            **entry,
            "by_secretariat": by_secretariat(entry, publication.content, source, publication.theirs),
            "content": publication.content,
            "prize": publication.prize,
            "visibility": PUBLIC,
            "revision": entry["revision"] + 1,
            "sequence": sequence,
            "lines": sorted({*entry["lines"], *contents.lines_of(publication.content)}),
            "published_at": entry.get("published_at") or at,
            "revised_at": at,
            "changed_at": at,
            "last_updated_at": _updated_at(publication, at),
            "version": version,
            "updated_at": clock.now(),
        }

    def _write(self, entries: Sequence[Entry]) -> None:
        writes: list[Write[Entry]] = [
            InsertOne(entry)
            if entry["version"] == 1
            else ReplaceOne({"_id": entry["_id"], "version": entry["version"] - 1}, entry)
            for entry in entries
        ]
        result = self.collection("entries", Entry).bulk_write(writes, ordered=True)
        if result.inserted_count + result.matched_count < len(entries):
            raise Conflict("stocktaking.entry_changed")

    def _end(self, ended: Sequence[tuple[Entry, int]], at: datetime) -> None:
        """These revisions cease to be public at the sequence of their entry. One that ended already stays as it is."""
        if writes := [
            UpdateOne(
                {"_id": f"{entry['_id']}/{number}", "until": {"$exists": False}},
                {"$set": {"until": entry["sequence"], "published_to": at}},
            )
            for entry, number in ended
        ]:
            self.collection("revisions", Revision).bulk_write(writes, ordered=False)
