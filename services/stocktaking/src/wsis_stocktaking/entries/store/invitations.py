"""Repository of the call for updates.

A run of the call first collects the old entries by owner, then invites the owners one by one. A document per owner,
whatever the run, holds the last invitation: two runs at the same time meet there. What a cancelled run has collected
expires."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pymongo import UpdateOne
from wsis_shared import clock, keyset
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.erasure import Erasure
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import JsonObject
from wsis_shared.keyset import Page
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_stocktaking.entries.rules import MAX_LISTED, Group, Invitation, InvitationRun
from wsis_stocktaking.register.rules import entries as rules
from wsis_stocktaking.register.rules.entries import Entry

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec(
        "invitation_groups",
        indexes=(
            index("run", "run", "owner", unique=True),
            index("owner", "owner"),
            expires("at", 30 * clock.DAY),
        ),
    ),
    CollectionSpec("invitation_runs", indexes=(index("newest", "-at", "-_id"),)),
    CollectionSpec("invited_owners", indexes=(index("at", "at"),)),
)


class Invitations(EventfulRepository):
    """Old entries by owner, and the last invitation of each owner."""

    def record(self, run: str, at: datetime, arguments: JsonObject, entry: PendingEvent) -> None:
        """Keep what was called for, with the audit entry; once for a run."""
        if self.collection("invitation_runs").find_one({"_id": run}, {"_id": 1}) is None:
            self.save("invitation_runs", {"_id": run, "at": at, **arguments}, entry)

    def public_entries(self, after: int, until: int) -> list[Entry]:
        """Public entries with `after` < sequence <= `until`: what the call selects by."""
        query = {"sequence": {"$gt": after, "$lte": until}, "visibility": rules.PUBLIC}
        projection = {
            "owner": 1,
            "last_updated_at": 1,
            "content.action_lines": 1,
            "content.countries": 1,
            "content.regions": 1,
        }
        return list(self.collection("entries", Entry).find(query, projection))

    def collect(self, run: str, entries_by_owner: Mapping[str, Sequence[str]], at: datetime) -> None:
        """Add old entries to the groups of their owners."""
        updates = [
            UpdateOne(
                {"_id": f"{run}|{owner}"},
                {
                    "$setOnInsert": {"run": run, "owner": owner, "at": at},
                    "$inc": {"count": len(entries)},
                    "$push": {"entries": {"$each": list(entries), "$slice": MAX_LISTED}},
                },
                upsert=True,
            )
            for owner, entries in entries_by_owner.items()
        ]
        if updates:
            self.collection("invitation_groups").bulk_write(updates, ordered=False)

    def groups(self, run: str, after: str, limit: int) -> list[Group]:
        """Groups of a run whose owners follow `after`, in the order of the owners' ids."""
        query = {"run": run, "owner": {"$gt": after, "$lte": "~"}}
        return list(self.collection("invitation_groups", Group).find(query).sort("owner", 1).limit(limit))

    def remove_groups(self, groups: Sequence[Group]) -> None:
        """They are dealt with."""
        self.collection("invitation_groups").delete_many({"_id": {"$in": [group["_id"] for group in groups]}})

    def invited_since(self, owners: Sequence[str], since: datetime) -> set[str]:
        """Those of the owners who were invited since."""
        query = {"_id": {"$in": list(owners)}, "at": {"$gte": since}}
        return {row["_id"] for row in self.collection("invited_owners").find(query, {"_id": 1})}

    def runs(self, after: str | None, limit: int) -> Page[InvitationRun]:
        """What was called for, the newest first."""
        found = self.collection("invitation_runs", InvitationRun)
        return keyset.find_page(found, {}, ("-at", "-_id"), after, limit, counted=True)

    def updated_since(self, at: datetime) -> int:
        """How many owners who were invited then have updated an entry since."""
        owners = [row["_id"] for row in self.collection("invited_owners").find({"at": at}, {"_id": 1})]
        query = {"owner": {"$in": owners}, "last_updated_at": {"$gt": at}}
        return len(self.collection("entries").distinct("owner", query))

    @transactional
    def invite(self, run: str, invited: Sequence[tuple[Group, PendingEvent]], at: datetime) -> None:
        """Store each invitation, {owner, entries, count, at}, with its event."""
        updates = [
            UpdateOne(
                {"_id": group["owner"]},
                {"$set": {"at": at, "entries": group["entries"], "count": group["count"]}, "$inc": {"version": 1}},
                upsert=True,
            )
            for group, _ in invited
        ]
        if updates:
            self.collection("invited_owners").bulk_write(updates, ordered=False)
            self.collection("invitation_runs").update_one({"_id": run}, {"$inc": {"invited": len(updates)}})
        self.store_events(int(at.timestamp()), *(event for _, event in invited))

    def last(self, owner: str) -> Invitation | None:
        """The last invitation of an owner, or None."""
        return self.collection("invited_owners", Invitation).find_one({"_id": owner})

    def titles(self, entries: Sequence[str]) -> list[Entry]:
        """Entries that are still public: title, original language and last update."""
        projection = {"content.title": 1, "content.original_language": 1, "last_updated_at": 1}
        query = {"_id": {"$in": list(entries)}, "visibility": rules.PUBLIC}
        return list(self.collection("entries", Entry).find(query, projection))

    def forget(self, erasure: Erasure) -> None:
        """The account is erased."""
        self.collection("invited_owners").delete_many(erasure.query("at", account="_id"))
        self.collection("invitation_groups").delete_many(erasure.query("at", account="owner"))
