"""Repository of calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pymongo import InsertOne
from wsis_shared import keyset
from wsis_shared.collection_specs import CollectionSpec, index, present
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.keyset import Page
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_stocktaking.calls.rules import OPENED, SENT, Call, Invitee
from wsis_stocktaking.entries.rules import Group
from wsis_stocktaking.register.rules.entries import PUBLIC, Entry

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("update_calls", indexes=(index("newest", "-created_at", "_id"), present("remind_at", "remind_at"))),
    CollectionSpec(
        "call_invitees",
        indexes=(index("call", "call", "answered", "owner"), index("owner", "owner")),
    ),
)


class Calls(EventfulRepository):
    """Calls and whom they have reached."""

    def find(self, call: str) -> Call:
        """A call. Raises NotFound."""
        found = self.collection("update_calls", Call).find_one({"_id": call})
        if found is None:
            raise NotFound("stocktaking.call_unknown")
        return found

    def put(self, call: Call, *events: PendingEvent) -> Call:
        """Store it. Raises Conflict where it changed since it was read."""
        return self.save("update_calls", call, *events)

    def page(self, after: str | None, limit: int) -> Page[Call]:
        """All, the newest first."""
        found = self.collection("update_calls", Call)
        return keyset.find_page(found, {}, ("-created_at", "_id"), after, limit, counted=True)

    # -- owners -------------------------------------------------------------------------------------------------------

    def reach(self, call: str, groups: Sequence[Group], at: datetime) -> None:
        """Keep that these owners were asked, in the transaction of their mails."""
        if not groups:
            return
        rows: list[Invitee] = [
            {
                "_id": f"{call}|{group['owner']}",
                "call": call,
                "owner": group["owner"],
                "at": at,
                "entries": group["entries"],
                "count": group["count"],
                "answered": False,
            }
            for group in groups
        ]
        self.collection("call_invitees", Invitee).bulk_write([InsertOne(row) for row in rows], ordered=False)
        self.collection("update_calls").update_one({"_id": call}, {"$inc": {"invited": len(rows)}})

    def invitee(self, call: str, owner: str) -> Invitee:
        """An owner whom a call has reached. Raises NotFound."""
        found = self.collection("call_invitees", Invitee).find_one({"_id": f"{call}|{owner}"})
        if found is None:
            raise NotFound("stocktaking.call_unknown")
        return found

    def invitees(self, call: str, answered: bool, after: str | None, limit: int) -> Page[Invitee]:
        """Owners who have answered, or have not."""
        found = self.collection("call_invitees", Invitee)
        query = {"call": call, "answered": answered}
        return keyset.find_page(found, query, ("owner",), after, limit, counted=True)

    def open_of(self, owner: str) -> list[str]:
        """Calls that are open and have reached an owner."""
        reached = [row["call"] for row in self.collection("call_invitees", Invitee).find({"owner": owner}, {"call": 1})]
        query = {"_id": {"$in": reached}, "state": SENT}
        return [row["_id"] for row in self.collection("update_calls", Call).find(query, {"_id": 1})]

    @transactional
    def mark(self, call: str, owner: str, what: str, at: datetime) -> None:
        """The owner has opened the page, updated or confirmed entries: counted once."""
        invitees = self.collection("call_invitees")
        counts: dict[str, int] = {}
        field = f"{what}_at"
        if invitees.update_one({"_id": f"{call}|{owner}", field: None}, {"$set": {field: at}}).modified_count:
            counts[what] = 1
        if what != OPENED:
            answer = {"_id": f"{call}|{owner}", "answered": False}
            if invitees.update_one(answer, {"$set": {"answered": True}}).modified_count:
                counts["answered"] = 1
        if counts:
            self.collection("update_calls").update_one({"_id": call}, {"$inc": counts})

    # -- reminders ----------------------------------------------------------------------------------------------------

    def to_remind(self, now: datetime) -> list[str]:
        """Calls whose reminder is due."""
        query = {"remind_at": {"$lte": now}}
        return [row["_id"] for row in self.collection("update_calls", Call).find(query, {"_id": 1})]

    def unreminded(self, call: str, after: str, limit: int) -> list[Invitee]:
        """Owners without an answer behind that one, in the order of their ids."""
        query = {"call": call, "answered": False, "owner": {"$gt": after, "$lte": "~"}, "reminded_at": None}
        return list(self.collection("call_invitees", Invitee).find(query).sort("owner", 1).limit(limit))

    @transactional
    def remind(self, call: str, invitees: Sequence[Invitee], at: datetime, events: Sequence[PendingEvent]) -> None:
        """Store that they are reminded, with the mails."""
        ids = [row["_id"] for row in invitees]
        self.collection("call_invitees").update_many({"_id": {"$in": ids}}, {"$set": {"reminded_at": at}})
        self.collection("update_calls").update_one({"_id": call}, {"$inc": {"reminded": len(ids)}})
        self.store_events(int(at.timestamp()), *events)

    def end_reminder(self, call: str) -> None:
        """All are reminded."""
        self.collection("update_calls").update_one({"_id": call}, {"$set": {"remind_at": None}})

    # -- entries ------------------------------------------------------------------------------------------------------

    def owner_of(self, entry: str) -> str | None:
        """Whose an entry is; None where it is nobody's, or gone."""
        found = self.collection("entries", Entry).find_one({"_id": entry}, {"owner": 1})
        return found["owner"] if found else None

    def entries_of(self, owner: str, entries: Sequence[str]) -> list[Entry]:
        """Those of the entries that are public and the owner's."""
        query = {"_id": {"$in": list(entries)}, "visibility": PUBLIC, "owner": owner}
        found = {row["_id"]: row for row in self.collection("entries", Entry).find(query)}
        return [found[entry] for entry in entries if entry in found]

    def organizations(self, entries: Sequence[str]) -> dict[str, str]:
        """Names of organizations by entry."""
        query = {"_id": {"$in": list(entries)}}
        found = self.collection("entries", Entry).find(query, {"content.organization.name": 1})
        return {row["_id"]: row["content"]["organization"]["name"] for row in found if row["content"]}

    def forget(self, erasure: Erasure) -> None:
        """The account is erased: it is in no list; counts stay."""
        self.collection("call_invitees").delete_many(erasure.query("at", account="owner"))
