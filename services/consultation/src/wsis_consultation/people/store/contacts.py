"""Whom a change of an edition concerns: submitters, owners of drafts, participants, candidates.

An address is here once per edition, so that nobody gets a mail twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from wsis_shared import keys
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.erasure import Erasure
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

COLLECTIONS = (CollectionSpec("contacts", indexes=(index("edition", "edition", "_id"), index("account", "account"))),)
_PURPOSE = "consultation contacts"


class Contacts(EventfulRepository):
    """Addresses by edition."""

    source = "consultation"

    def add(
        self,
        edition: str,
        email: str,
        names: str,
        locale: str,
        reason: str,
        *,
        at: datetime,
        account: str | None = None,
    ) -> str:
        """Remember the address, and why: "submission", "draft", "meeting", "nomination", "discussion".

        `at` is when the person did what concerns them: an erasure after it removes the contact, however late it was
        added. `account` is whose address it is, where the caller knows: it is removed with the account. Returns the id
        of the contact.
        """
        key = keys.digest(_PURPOSE, email.lower())
        contact = f"{edition}-{key[:32]}"
        self.collection("contacts").update_one(
            {"_id": contact},
            {
                "$set": {
                    "edition": edition, "email": email, "names": names, "locale": locale,
                    **({} if account is None else {"account": account}),
                },
                "$addToSet": {"reasons": reason},
                "$max": {"added_at": at},
                "$setOnInsert": {"since": at},
            },
            upsert=True,
        )  # fmt: skip
        return contact

    def find(self, contact: str) -> dict[str, Any] | None:
        """{email, names, locale, reasons, ...}, or None."""
        found: dict[str, Any] | None = self.collection("contacts").find_one({"_id": contact})
        return found

    def each(self, edition: str) -> Iterator[dict[str, Any]]:
        """All contacts of an edition."""
        yield from self.collection("contacts").find({"edition": edition})

    def ids_after(self, edition: str, contact: str | None, limit: int) -> list[str]:
        """The ids of at most `limit` contacts, in their order, after that of a contact or from the first."""
        first, last = contact or f"{edition}-", f"{edition}."  # "." follows "-"
        query = {"edition": edition, "_id": {"$gt": first, "$lt": last}}
        rows = self.collection("contacts").find(query, {"_id": 1}).sort("_id", 1).limit(limit)
        return [row["_id"] for row in rows]

    @transactional
    def announce(self, events: Sequence[tuple[str, PendingEvent]], sequence: int) -> None:
        """Store an event with each contact that is still there."""
        there = {
            row["_id"] for row in self.collection("contacts").named([contact for contact, _ in events], {"_id": 1})
        }
        self.store_events(sequence, *(event for contact, event in events if contact in there))

    def forget(self, erasure: Erasure) -> None:
        """Remove a person from all editions."""
        query = erasure.query("added_at", account="account", address="email")
        self.collection("contacts").delete_many(query)
