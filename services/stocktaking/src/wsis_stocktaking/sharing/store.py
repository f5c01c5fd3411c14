"""Repository of shares."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wsis_shared import keyset
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.keyset import Page
from wsis_shared.outbox import EventfulRepository

from wsis_stocktaking.register.rules.entries import Entry
from wsis_stocktaking.sharing.rules import EDITOR, INVITED, Share

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec(
        "entry_shares",
        indexes=(
            index("entry", "entry", "by", "-at", "_id"),
            index("account", "account", "role", "-at", "_id"),
            index("by", "by"),
            expires("expires_at", 0),
        ),
    ),
)


class Shares(EventfulRepository):
    """Invitations and editors."""

    def find(self, share: str) -> Share:
        """One. Raises NotFound."""
        found = self.collection("entry_shares", Share).find_one({"_id": share})
        if found is None:
            raise NotFound("stocktaking.share_unknown")
        return found

    def put(self, share: Share, *events: PendingEvent) -> Share:
        """Store it. Raises Conflict where it changed since it was read."""
        return self.save("entry_shares", share, *events)

    def of_entry(self, entry: str, owner: str, after: str | None, limit: int) -> Page[Share]:
        """Those that count while this account owns the entry, the last first."""
        found = self.collection("entry_shares", Share)
        return keyset.find_page(found, {"entry": entry, "by": owner}, ("-at", "_id"), after, limit)

    def of_editor(self, account: str, after: str | None, limit: int) -> Page[Share]:
        """Those by which an account edits, the last first."""
        found = self.collection("entry_shares", Share)
        return keyset.find_page(found, {"account": account, "role": EDITOR}, ("-at", "_id"), after, limit)

    def count(self, entry: str, owner: str, at_most: int) -> int:
        """How many an entry has, counted up to `at_most`."""
        return int(self.collection("entry_shares").count_documents({"entry": entry, "by": owner}, limit=at_most))

    def drop_invitations(self, entry: str, owner: str, email: str) -> None:
        """Those of an address: it gets another one."""
        self.collection("entry_shares").delete_many({"entry": entry, "by": owner, "email": email, "state": INVITED})

    def drop_former(self, share: Share, account: str) -> None:
        """Another share by which the account edits the entry."""
        query = {"entry": share["entry"], "by": share["by"], "account": account, "_id": {"$ne": share["_id"]}}
        self.collection("entry_shares").delete_many(query)

    def remove(self, share: Share, *events: PendingEvent) -> None:
        """It ends."""
        self.collection("entry_shares").delete_one({"_id": share["_id"]})
        self.store_events(share.get("version", 0), *events)

    def entries(self, entries: Sequence[str]) -> dict[str, Entry]:
        """By id, as far as they exist."""
        projection = {"owner": 1, "content.title": 1, "content.original_language": 1, "content.organization.name": 1}
        projection |= {name.replace("content", "draft.content"): 1 for name in projection if "." in name}
        found = self.collection("entries", Entry).find({"_id": {"$in": list(entries)}}, projection)
        return {row["_id"]: row for row in found}

    def to_hand_over(self, share: Share, organization: str) -> list[str]:
        """The entry, and with `whole` those of the same owner that name the organization alike: in public, or in the
        draft of one that never was, since who edits a public one changes its draft alone."""
        if not share["whole"]:
            return [share["entry"]]
        name = "organization.name"
        same = [{f"content.{name}": organization}, {"content": None, f"draft.content.{name}": organization}]
        query = {"owner": share["by"], "$or": [{"_id": share["entry"]}, *same]}
        return [row["_id"] for row in self.collection("entries", Entry).find(query, {"_id": 1})]

    def hand_over(self, share: Share, entries: Sequence[str], to: str, at: datetime) -> int:
        """Give entries to another account, with their editors; other invitations end. Returns how many."""
        query = {"_id": {"$in": list(entries)}, "owner": share["by"]}
        change = {"$set": {"owner": to, "owned_at": at, "changed_at": at}, "$inc": {"version": 1}}
        shares = self.collection("entry_shares")
        of_entries = {"entry": {"$in": list(entries)}, "by": share["by"], "_id": {"$ne": share["_id"]}}
        shares.delete_many({**of_entries, "$or": [{"state": INVITED}, {"account": to}]})
        shares.update_many(of_entries, {"$set": {"by": to}})
        return int(self.collection("entries").update_many(query, change).modified_count)

    def forget(self, erasure: Erasure) -> None:
        """A person is erased: what they share, what is shared with them, and invitations to their address."""
        shares = self.collection("entry_shares")
        shares.delete_many(erasure.query("at", account="by", address="email"))
        shares.delete_many(erasure.query("at", account="account"))
