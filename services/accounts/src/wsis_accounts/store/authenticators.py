"""Authenticators: the secrets are sealed, recovery codes are kept as keyed hashes only."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from wsis_shared import keys
from wsis_shared.mongo import Repository

from wsis_accounts.rules.authenticators import Authenticator, Key

PURPOSE = "accounts authenticators"


class SealedKey(TypedDict):
    """See `rules.authenticators.Key`."""

    secret: bytes
    recovery: list[str]
    made_at: datetime
    step: int


class AuthenticatorDoc(TypedDict):
    """See `rules.authenticators.Authenticator`."""

    _id: str
    key: SealedKey | None
    offered: SealedKey | None
    failures: int
    wait_until: datetime | None


class Authenticators(Repository):
    """Collection `authenticators`, by account."""

    def authenticator(self, account: str) -> Authenticator:
        """What the account has, which may be nothing."""
        doc = self.collection("authenticators", AuthenticatorDoc).find_one({"_id": account})
        if doc is None:
            return Authenticator(account)
        key, offered = (_opened(account, each) for each in (doc["key"], doc["offered"]))
        return Authenticator(account, key, offered, doc["failures"], doc["wait_until"])

    def save_authenticator(self, authenticator: Authenticator) -> None:
        """Write it; inside a transaction, which refuses what somebody changed meanwhile."""
        account = authenticator.account
        doc: AuthenticatorDoc = {
            "_id": account,
            "key": _sealed(account, authenticator.key),
            "offered": _sealed(account, authenticator.offered),
            "failures": authenticator.failures,
            "wait_until": authenticator.wait_until,
        }
        self.collection("authenticators").replace_one({"_id": account}, doc, upsert=True)

    def forget_authenticator(self, account: str) -> None:
        """It is removed, or its owner has left."""
        self.collection("authenticators").delete_one({"_id": account})


def _sealed(account: str, key: Key | None) -> SealedKey | None:
    if key is None:
        return None
    secret = keys.seal(PURPOSE, account, key.secret.encode())
    return {"secret": secret, "recovery": list(key.recovery), "made_at": key.made_at, "step": key.step}


def _opened(account: str, doc: SealedKey | None) -> Key | None:
    if doc is None:
        return None
    secret = keys.unseal(PURPOSE, account, doc["secret"]).decode()
    return Key(secret, tuple(doc["recovery"]), doc["made_at"], doc["step"])
