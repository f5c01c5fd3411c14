"""Repository of claims."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pymongo import UpdateOne
from wsis_shared import keyset
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.keyset import Page
from wsis_shared.outbox import EventfulRepository

from wsis_stocktaking.claims.rules import WAITING, Claim
from wsis_stocktaking.register.rules.entries import PUBLIC, Entry

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec(
        "entry_claims",
        indexes=(
            index("account", "account", "-asked_at", "_id"),
            index("state", "state", "asked_at", "_id"),
            expires("expires_at", 0),
        ),
    ),
    CollectionSpec("claim_mails", indexes=(expires("expires_at", 0),)),
)


class Claims(EventfulRepository):
    """Claims, and the entries that they give."""

    def find(self, claim: str) -> Claim:
        """A claim. Raises NotFound."""
        if (found := self.known(claim)) is None:
            raise NotFound("stocktaking.claim_unknown")
        return found

    def known(self, claim: str) -> Claim | None:
        """A claim, or None."""
        return self.collection("entry_claims", Claim).find_one({"_id": claim})

    def put(self, claim: Claim, *events: PendingEvent) -> Claim:
        """Store it. Raises Conflict where it changed since it was read."""
        return self.save("entry_claims", claim, *events)

    def of_account(self, account: str, after: str | None, limit: int) -> Page[Claim]:
        """Those of an account, the last first."""
        found = self.collection("entry_claims", Claim)
        return keyset.find_page(found, {"account": account}, ("-asked_at", "_id"), after, limit)

    def in_state(self, state: str, after: str | None, limit: int) -> Page[Claim]:
        """Those in a state, the oldest first."""
        found = self.collection("entry_claims", Claim)
        return keyset.find_page(found, {"state": state}, ("asked_at", "_id"), after, limit, counted=True)

    def waiting_of(self, account: str, at_most: int) -> int:
        """How many of an account wait, counted up to `at_most`."""
        found = self.collection("entry_claims")
        return int(found.count_documents({"account": account, "state": WAITING}, limit=at_most))

    def ownerless(self, after: int, until: int) -> list[Entry]:
        """Public entries without an owner with `after` < sequence <= `until`."""
        query = {"sequence": {"$gt": after, "$lte": until}, "visibility": PUBLIC, "owner": None}
        projection = {"version": 1, "owner": 1, "content.organization": 1}
        return list(self.collection("entries", Entry).find(query, projection))

    def give(self, entries: Collection[Entry], account: str, at: datetime) -> int:
        """Make the account the owner of those that still have none and are as they were read; returns how many."""
        updates = [
            UpdateOne(
                {"_id": entry["_id"], "version": entry["version"], "owner": None},
                {"$set": {"owner": account, "owned_at": at, "changed_at": at}, "$inc": {"version": 1}},
            )
            for entry in entries
        ]
        return self.collection("entries").bulk_write(updates, ordered=False).matched_count if updates else 0

    def forget(self, erasure: Erasure) -> None:
        """The account, or the address to which a code was to go, is erased."""
        self.collection("entry_claims").delete_many(erasure.query("asked_at", account="account", address="address"))
