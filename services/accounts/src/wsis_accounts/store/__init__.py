"""The repository of the service, and its indexes."""

from __future__ import annotations

from wsis_shared.clock import DAY
from wsis_shared.collection_specs import CollectionSpec, expires, index

from wsis_accounts.store.accounts import Accounts
from wsis_accounts.store.entries import Entries, entry
from wsis_accounts.store.erasure_links import ErasureLinks
from wsis_accounts.store.keys import Keys, Signer, seed
from wsis_accounts.store.mailboxes import Mailboxes
from wsis_accounts.store.sessions import Sessions

__all__ = ["COLLECTIONS", "Signer", "Store", "entry", "seed"]


class Store(Mailboxes, ErasureLinks, Accounts, Sessions, Entries, Keys):
    """All collections of the service."""


COLLECTIONS = (
    CollectionSpec("mailboxes", outbox=True, indexes=(
        index("challenges", "challenges.id", unique=True, sparse=True),
        expires("expires_at"),
    )),
    CollectionSpec("accounts", outbox=True, indexes=(
        # One account for each mailbox, whatever else goes wrong.
        index("mailbox", "mailbox", unique=True, sparse=True),
        index("newest", "-confirmed_at", "-_id"),
        index("role", "roles", "_id"),
        index("country", "country", "-confirmed_at"),
        index("role_newest", "roles", "-confirmed_at"),
        index("words", "words"),
    )),
    CollectionSpec("sessions", indexes=(index("account", "account", "-started_at"), expires("expires_at", 7 * DAY))),
    CollectionSpec("tag_mails", indexes=(expires("expires_at", 3600),)),
    CollectionSpec("erasure_links", outbox=True, indexes=(
        index("link", "link", unique=True, sparse=True), expires("expires_at", 3600),
    )),
    CollectionSpec("spent_challenges", indexes=(expires("expires_at", 3600),)),
    CollectionSpec("farewells", indexes=(expires("at", 3600),)),
    CollectionSpec("keys", indexes=(expires("published_until", 30 * DAY),)),
    CollectionSpec("audit", indexes=(
        index("newest", "-at", "-_id"),
        index("actor", "actor", "-at"),
        index("object", "object", "-at"),
        index("action", "action", "-at"),
    )),
    CollectionSpec("guards"),
    CollectionSpec("revocations", indexes=(index("newest", "at"), expires("expires_at"))),
)  # fmt: skip
