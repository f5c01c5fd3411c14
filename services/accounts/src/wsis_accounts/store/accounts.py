"""Accounts: people whose mailbox is proved, and the tombstones of those who left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict

from wsis_shared import keyset
from wsis_shared.errors import NotFound
from wsis_shared.keyset import Page
from wsis_shared.outbox import EventfulRepository

from wsis_accounts.rules.people import OFFICER, Account, State, Tombstone


class Contact(TypedDict):
    """Whom to write to."""

    email: str
    names: str
    locale: str


class ErasureContact(TypedDict):
    """Of an account that was erased, for an hour."""

    _id: str
    contact: Contact
    at: datetime


class Accounts(EventfulRepository):
    """Collections `accounts`, `farewells` and `guards`."""

    def account(self, id: str) -> Account:
        """An account that is not erased. Raises `accounts.account_unknown`."""
        doc = self.collection("accounts", Account).find_one({"_id": id, "state": {"$ne": State.ERASED}})
        if doc is None:
            raise NotFound("accounts.account_unknown")
        return doc

    def tombstone(self, id: str) -> Tombstone | None:
        """What is left of an erased account."""
        return self.collection("accounts", Tombstone).find_one({"_id": id, "state": State.ERASED})

    def accounts(self, ids: Iterable[str]) -> list[Account]:
        """Those of the accounts that are not erased, in the order of the ids."""
        wanted = list(dict.fromkeys(ids))
        rows = self.collection("accounts", Account).named(wanted, query={"state": {"$ne": State.ERASED}})
        found = {row["_id"]: row for row in rows}
        return [found[id] for id in wanted if id in found]

    def active_after(self, after: str | None, limit: int, role: str | None) -> list[Account]:
        """Up to `limit` active accounts in the order of their ids."""
        query: dict[str, object] = {"state": State.ACTIVE}
        if role:
            query["roles"] = role
        if after:
            query["_id"] = {"$gt": after}
        return list(self.collection("accounts", Account).find(query).sort("_id", 1).limit(limit))

    def search(
        self,
        *,
        limit: int,
        after: str | None,
        mailbox: str | None = None,
        words: Sequence[str] = (),
        **equal: str | None,
    ) -> Page[Account]:
        """Accounts, the last confirmed first, a page. `words` are beginnings of words, all of them wanted."""
        query: dict[str, object] = {name: value for name, value in equal.items() if value is not None}
        query.setdefault("state", {"$ne": State.ERASED})
        if mailbox:
            query["mailbox"] = mailbox
        if words:
            query["$and"] = [{"words": {"$regex": f"^{re.escape(word)}"}} for word in words]
        return keyset.find_page(self.collection("accounts", Account), query, ("-confirmed_at", "-_id"), after, limit)

    def other_officers(self, account: str) -> int:
        """How many others are active officers. Two transactions that ask this at a time get in each other's way, so
        that two officers cannot take the role from each other and leave nobody."""
        self.collection("guards").update_one({"_id": OFFICER}, {"$inc": {"asked": 1}}, upsert=True)
        query = {"roles": OFFICER, "state": State.ACTIVE, "_id": {"$ne": account}}
        return len(list(self.collection("accounts", Account).find(query, {"_id": 1}).limit(2)))

    def forget_proposals(self, until: datetime) -> None:
        """Those that were made by then: nobody can approve or refuse them any more."""
        lapsed = {"at": {"$lte": until}}
        self.collection("accounts").update_many({"proposals.at": {"$lte": until}}, {"$pull": {"proposals": lapsed}})

    def save_erasure_contact(self, id: str, contact: Contact, now: datetime) -> None:
        """The address for one last mail; the store forgets it after an hour."""
        self.collection("farewells").replace_one({"_id": id}, {"contact": contact, "at": now}, upsert=True)

    def erasure_contact(self, id: str) -> Contact | None:
        """Whom to send the last mail."""
        doc = self.collection("farewells", ErasureContact).find_one({"_id": id})
        return doc["contact"] if doc else None
