"""The repository of the service, and its indexes."""

from __future__ import annotations

from wsis_shared.clock import DAY
from wsis_shared.collection_specs import CollectionSpec, expires, index, present

from wsis_accounts.store.accounts import Accounts
from wsis_accounts.store.authenticators import Authenticators
from wsis_accounts.store.entries import Entries, entry
from wsis_accounts.store.erasure_links import ErasureLinks
from wsis_accounts.store.identities import Identities
from wsis_accounts.store.keys import Keys, Signer, seed
from wsis_accounts.store.mailboxes import Mailboxes
from wsis_accounts.store.sessions import Sessions

__all__ = ["COLLECTIONS", "Signer", "Store", "entry", "seed"]


class Store(Mailboxes, ErasureLinks, Accounts, Authenticators, Identities, Sessions, Entries, Keys):
    """All collections of the service."""


COLLECTIONS = (
    CollectionSpec(
        "mailboxes",
        indexes=(
            present("challenges", "challenges.id", unique=True),
            expires("expires_at"),
        ),
    ),
    CollectionSpec(
        "accounts",
        indexes=(
            # One account for each mailbox, whatever else goes wrong.
            present("mailbox", "mailbox", unique=True),
            index("newest", "-confirmed_at", "-_id"),
            index("role", "roles", "_id"),
            *(
                index(f"newest_of_{field}", field, "-confirmed_at", "-_id")
                for field in ("roles", "country", "stakeholder_type", "state")
            ),
            index("words", "words"),
            present("proposed", "proposals.at"),
        ),
        few={"words": "a search by the beginning of a name or address, for officers"},
    ),
    CollectionSpec(
        "sessions",
        indexes=(
            index("newest", "account", "-started_at", "-_id"),
            expires("expires_at", 7 * DAY),
        ),
        few={"newest": "an account has at most MAX_SESSIONS that go on"},
    ),
    CollectionSpec("authenticators"),
    # One of an account at each provider: a second one could hide behind the first.
    CollectionSpec("identities", indexes=(index("account", "account", "provider", unique=True),)),
    CollectionSpec("identity_requests", indexes=(expires("expires_at"),)),
    CollectionSpec("tag_mails", indexes=(expires("expires_at", 3600),)),
    CollectionSpec(
        "erasure_links",
        indexes=(
            present("link", "link", unique=True),
            expires("expires_at", 3600),
        ),
    ),
    CollectionSpec("spent_challenges", indexes=(expires("expires_at", 3600),)),
    CollectionSpec("farewells", indexes=(expires("at", 3600),)),
    CollectionSpec(
        "keys", indexes=(expires("published_until", 30 * DAY),), small="one of each period, and few periods"
    ),
    CollectionSpec(
        "audit",
        indexes=(
            index("newest", "-at", "-_id"),
            *(index(f"newest_of_{field}", field, "-at", "-_id") for field in ("actor", "object", "action")),
        ),
        few={"newest": "acts of staff; what is below an object is looked for among them"},
    ),
    CollectionSpec("guards"),
    CollectionSpec("revocations", indexes=(index("newest", "at"), expires("expires_at"))),
)
