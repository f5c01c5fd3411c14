"""Repositories of what owners and officers see of entries, and of the call for updates.

A run of the call first collects the old entries by owner, then invites the owners one by one. A document per owner,
whatever the run, holds the last invitation: two runs at the same time meet there. What a cancelled run has collected
expires."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from pymongo import UpdateOne
from wsis_shared import clock, keyset
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import JsonObject
from wsis_shared.keyset import Page
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_stocktaking.entries.rules import MAX_LISTED, Contact, Group, Invitation, NewContact, Submission
from wsis_stocktaking.register.rules import entries as rules
from wsis_stocktaking.register.rules.entries import Entry, Revision, draft_of

_OF_INVITATIONS = (
    CollectionSpec(
        "invitation_groups",
        indexes=(
            index("run", "run", "owner", unique=True),
            index("owner", "owner"),
            expires("at", 30 * clock.DAY),
        ),
    ),
    CollectionSpec("invitation_runs"),
    CollectionSpec("invited_owners"),
)


class Invitations(EventfulRepository):
    """Old entries by owner, and the last invitation of each owner."""

    source = "stocktaking"

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

    @transactional
    def invite(self, invited: Sequence[tuple[Group, PendingEvent]], at: datetime) -> None:
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


COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("entry_contacts"),
    CollectionSpec("submissions", indexes=(index("account", "account"), expires("at", 7 * clock.DAY))),
    *_OF_INVITATIONS,
)

_HEAD = {
    "owner": 1,
    "source": 1,
    "visibility": 1,
    "revision": 1,
    "version": 1,
    "changed_at": 1,
    "submitted_at": 1,
    "last_updated_at": 1,
    "merged_into": 1,
    "draft.state": 1,
    "draft.reason": 1,
    "draft.import_source": 1,
    "draft.content.title": 1,
    "draft.content.original_language": 1,
    "draft.content.organization": 1,
    "draft.content.action_lines": 1,
    "draft.content.countries": 1,
    "content.title": 1,
    "content.original_language": 1,
}
# Field of a filter -> field of an entry that waits for review.
_FILTERS = {
    "action_line": "draft.content.action_lines.line",
    "country": "draft.content.countries",
    "stakeholder_type": "draft.content.organization.type",
    "kind": "draft.content.kind",
    "source": "source",
}


class Entries(EventfulRepository):
    """Entries by owner and in the queue, their revisions and contacts."""

    source = "stocktaking"

    def page_of_owner(self, account: str, state: str | None, after: str | None, limit: int) -> Page[Entry]:
        """A page of what an account owns, the last changed first; `state` is that of a draft."""
        query = {"owner": account, **({"draft.state": state} if state else {})}
        return keyset.find_page(
            self.collection("entries", Entry), query, ("-changed_at", "_id"), after, limit, projection=_HEAD
        )

    def queue(self, filters: JsonObject, is_update: bool | None, after: str | None, limit: int) -> Page[Entry]:
        """A page of the entries that wait for review, the oldest first."""
        query: dict[str, object] = {"draft.state": rules.SUBMITTED}
        query.update({_FILTERS[name]: value for name, value in filters.items() if value is not None})
        if is_update is not None:
            query["revision"] = {"$gt": 0} if is_update else 0
        return keyset.find_page(
            self.collection("entries", Entry),
            query,
            ("submitted_at", "_id"),
            after,
            limit,
            projection=_HEAD,
            counted=True,
        )

    def drafts_of(self, account: str, at_most: int) -> int:
        """How many drafts an account has, counted up to `at_most`; those that imports propose take no place."""
        query = {"owner": account, "draft": {"$ne": None}, "draft.import": None}
        return int(self.collection("entries", Entry).count_documents(query, limit=at_most))

    def remove(self, entry: Entry) -> None:
        """Delete an entry that was never public. Raises Conflict where it changed since it was read."""
        query = {"_id": entry["_id"], "version": entry["version"], "visibility": rules.UNPUBLISHED}
        if self.collection("entries", Entry).delete_one(query).deleted_count == 0:
            raise Conflict("stocktaking.entry_changed")
        self.set_contact(entry["_id"], None)

    # -- revisions ----------------------------------------------------------------------------------------------------

    def revisions(self, entry: str, after: str | None, limit: int) -> Page[Revision]:
        """A page of revisions without their contents, the last one first."""
        page = keyset.find_page(
            self.collection("revisions", Revision),
            {"entry": entry},
            ("-number",),
            after,
            limit,
            projection={"content": 0},
        )
        return Page([{"published_to": None, "by": None, **row} for row in page.rows], page.next)

    def revision(self, entry: str, number: int | str) -> Revision:
        """A revision with its content. Raises NotFound."""
        found = self.collection("revisions", Revision).find_one({"_id": f"{entry}/{number}"})
        if found is None:
            raise NotFound("stocktaking.revision_unknown", revision=number)
        return {"published_to": None, "by": None, **found}

    # -- receipts -----------------------------------------------------------------------------------------------------

    def keep_submission(self, entry: Entry) -> None:
        """Keep what was submitted for the receipt: an officer may decide before it is written."""
        kept: Submission = {
            "account": entry["owner"],
            "content": draft_of(entry)["content"],
            "at": entry["submitted_at"],
            "is_update": entry["revision"] > 0,
        }
        self.collection("submissions", Submission).replace_one({"_id": entry["_id"]}, kept, upsert=True)

    def submission(self, entry: str, account: str) -> Submission:
        """The last submission of an entry by its owner. Raises NotFound."""
        found = self.collection("submissions", Submission).find_one({"_id": entry, "account": account})
        if found is None:
            raise NotFound("stocktaking.entry_unknown", entry=entry)
        return found

    # -- contacts -----------------------------------------------------------------------------------------------------

    def contact(self, entry: str) -> Contact | None:
        """That of an entry, or None."""
        return self.collection("entry_contacts", Contact).find_one({"_id": entry})

    def contacts(self, entries: Collection[str]) -> dict[str, Contact]:
        """Contacts by entry."""
        found = self.collection("entry_contacts", Contact).find({"_id": {"$in": list(entries)}})
        return {row["_id"]: row for row in found}

    def set_contact(self, entry: str, contact: NewContact | Contact | None) -> None:
        """Whom to ask about an entry; None: nobody."""
        if contact is None:
            self.collection("entry_contacts").delete_one({"_id": entry})
        else:
            row = {"name": contact["name"], "email": contact["email"], "at": clock.now()}
            self.collection("entry_contacts").update_one({"_id": entry}, {"$set": row}, upsert=True)

    def without_owner(self, updated_before: datetime, after: str | None, limit: int) -> Page[Entry]:
        """A page of public entries that nobody owns and nobody has updated since, or nobody knows when."""
        is_old = [{"last_updated_at": {"$lt": updated_before}}, {"last_updated_at": None}]
        query = {"owner": None, "visibility": rules.PUBLIC, "$or": is_old}
        projection = {
            "sequence": 1,
            "last_updated_at": 1,
            "content.title": 1,
            "content.original_language": 1,
            "content.organization": 1,
        }
        return keyset.find_page(
            self.collection("entries", Entry), query, ("sequence",), after, limit, projection=projection, counted=True
        )

    # -- the end of an account ----------------------------------------------------------------------------------------

    def forget(self, erasure: Erasure) -> None:
        """Remove a person: their drafts, contacts, their name on revisions. What is public stays."""
        entries, contacts = self.collection("entries", Entry), self.collection("entry_contacts")
        own = erasure.query("owned_at", account="owner")
        owned = [row["_id"] for row in entries.find(own, {"_id": 1})]
        contacts.delete_many({"_id": {"$in": owned}})
        contacts.delete_many(erasure.query("at", address="email"))
        self.collection("refused_rows").delete_many(erasure.query("at", address="email"))
        entries.delete_many({**own, "visibility": rules.UNPUBLISHED})
        self.collection("submissions").delete_many(erasure.query("at", account="account"))
        gone = {"owner": None, "draft": None, "submitted_at": None}
        entries.update_many(own, {"$set": gone, "$inc": {"version": 1}})
        by = erasure.query("published_from", account="by")
        self.collection("revisions").update_many(by, {"$unset": {"by": ""}})
