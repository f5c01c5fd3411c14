"""Repository of what owners and officers see of entries."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from wsis_shared import clock, keyset
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.json_types import JsonObject
from wsis_shared.keyset import Page
from wsis_shared.outbox import EventfulRepository

from wsis_stocktaking.entries.rules import Contact, NewContact, Submission
from wsis_stocktaking.register.rules import entries as rules
from wsis_stocktaking.register.rules.entries import Entry, Revision, draft_of

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("entry_contacts"),
    CollectionSpec("submissions", indexes=(index("account", "account"), expires("at", 7 * clock.DAY))),
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

    def is_editor(self, entry: Entry, account: str) -> bool:
        """Does the owner share the entry with the account?"""
        query = {"entry": entry["_id"], "by": entry["owner"], "account": account}
        return entry["owner"] is not None and self.collection("entry_shares").find_one(query, {"_id": 1}) is not None

    def remove(self, entry: Entry) -> None:
        """Delete an entry that was never public. Raises Conflict where it changed since it was read."""
        query = {"_id": entry["_id"], "version": entry["version"], "visibility": rules.UNPUBLISHED}
        if self.collection("entries", Entry).delete_one(query).deleted_count == 0:
            raise Conflict("stocktaking.entry_changed")
        self.set_contact(entry["_id"], None)
        self.collection("entry_shares").delete_many({"entry": entry["_id"]})

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

    def keep_submission(self, entry: Entry, account: str) -> None:
        """Keep what was submitted for the receipt: an officer may decide before it is written."""
        kept: Submission = {
            "account": account,
            "content": draft_of(entry)["content"],
            "at": entry["submitted_at"],
            "is_update": entry["revision"] > 0,
        }
        self.collection("submissions", Submission).replace_one({"_id": entry["_id"]}, kept, upsert=True)

    def submission(self, entry: str, account: str) -> Submission:
        """The last submission of an entry by this account. Raises NotFound."""
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
