"""Identities at providers, and the requests that are on their way to one."""

from __future__ import annotations

from datetime import datetime

from wsis_shared.mongo import Repository

from wsis_accounts.rules.identities import IdentityRequest, KeptIdentity


class Identities(Repository):
    """Collections `identities` and `identity_requests`."""

    def save_identity_request(self, request: IdentityRequest) -> None:
        """Keep it until the browser comes back."""
        self.collection("identity_requests").insert_one(dict(request))

    def take_identity_request(self, state: str) -> IdentityRequest | None:
        """The request of a state, once."""
        found: IdentityRequest | None = self.collection("identity_requests", IdentityRequest).find_one_and_delete(
            {"_id": state}
        )
        return found

    def identity(self, id: str) -> KeptIdentity | None:
        """An identity by its keyed hash."""
        return self.collection("identities", KeptIdentity).find_one({"_id": id})

    def add_identity(self, identity: KeptIdentity) -> None:
        """Keep a new one; in a transaction that has looked for it. Raises DuplicateKeyError."""
        self.collection("identities").insert_one(dict(identity))

    def identity_was_used(self, id: str, now: datetime) -> None:
        """Somebody has signed in by it."""
        self.collection("identities").update_one({"_id": id}, {"$set": {"used_at": now}})

    def identities_of(self, account: str) -> list[KeptIdentity]:
        """All of an account, one at each provider, in the order of the providers."""
        return list(self.collection("identities", KeptIdentity).find({"account": account}).sort("provider", 1))

    def remove_identity(self, account: str, id: str) -> KeptIdentity | None:
        """Remove one of an account. Returns it, None where there was none."""
        found: KeptIdentity | None = self.collection("identities", KeptIdentity).find_one_and_delete(
            {"_id": id, "account": account}
        )
        return found

    def forget_identities(self, account: str) -> None:
        """Of a person who left."""
        self.collection("identities").delete_many({"account": account})
