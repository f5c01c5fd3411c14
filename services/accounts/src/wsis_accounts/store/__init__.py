"""The repository of the service, and its indexes."""

from __future__ import annotations

from pymongo import ASCENDING, DESCENDING, IndexModel
from wsis_shared.mongo import outbox_index

from wsis_accounts.store.accounts import Accounts
from wsis_accounts.store.entries import Entries, entry
from wsis_accounts.store.keys import Keys, Signer, seed
from wsis_accounts.store.mailboxes import Mailboxes
from wsis_accounts.store.sessions import Sessions

__all__ = ["INDEXES", "OUTBOXES", "Signer", "Store", "entry", "seed"]

OUTBOXES = ("mailboxes", "accounts")


class Store(Mailboxes, Accounts, Sessions, Entries, Keys):
    """All collections of the service."""


def _ends(field: str, seconds: int = 0) -> IndexModel:
    """The store forgets a document when its time is over."""
    return IndexModel([(field, ASCENDING)], name=field, expireAfterSeconds=seconds)


INDEXES: dict[str, list[IndexModel]] = {
    "mailboxes": [
        outbox_index(),
        IndexModel([("challenge.id", ASCENDING)], name="challenge", unique=True, sparse=True),
        _ends("expires_at"),
    ],
    "accounts": [
        outbox_index(),
        # One account for each mailbox, whatever else goes wrong.
        IndexModel([("mailbox", ASCENDING)], name="mailbox", unique=True, sparse=True),
        IndexModel([("confirmed_at", DESCENDING), ("_id", DESCENDING)], name="newest"),
        IndexModel([("roles", ASCENDING), ("_id", ASCENDING)], name="role"),
        IndexModel([("country", ASCENDING), ("confirmed_at", DESCENDING)], name="country"),
        IndexModel([("roles", ASCENDING), ("confirmed_at", DESCENDING)], name="role_newest"),
        IndexModel([("words", ASCENDING)], name="words"),
    ],
    "sessions": [
        IndexModel([("account", ASCENDING), ("started_at", DESCENDING)], name="account"),
        _ends("expires_at", 7 * 86400),
    ],
    "spent_challenges": [_ends("expires_at", 3600)],
    "farewells": [_ends("at", 3600)],
    "keys": [_ends("published_until", 30 * 86400)],
    "audit": [
        IndexModel([("at", DESCENDING), ("_id", DESCENDING)], name="newest"),
        IndexModel([("actor", ASCENDING), ("at", DESCENDING)], name="actor"),
        IndexModel([("object", ASCENDING), ("at", DESCENDING)], name="object"),
        IndexModel([("action", ASCENDING), ("at", DESCENDING)], name="action"),
    ],
    "guards": [],
}
