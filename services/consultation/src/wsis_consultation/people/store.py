"""Contacts of people, the keys of mailed links, and how many links a mailbox gets."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NotRequired, TypedDict

from wsis_shared import keys
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.erasure import Erasure
from wsis_shared.events import PendingEvent
from wsis_shared.mail_counts import MailCounts
from wsis_shared.mail_quotas import MailQuota, behind_tag
from wsis_shared.mongo import transactional
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox import EventfulRepository

COLLECTIONS = (
    CollectionSpec("contacts", indexes=(index("edition", "edition", "_id"), index("account", "account"))),
    CollectionSpec("link_mails", indexes=(expires("expires_at"),)),
)
_PURPOSE = "consultation contacts"


class Contact(TypedDict):
    """An address that an edition concerns, why, and since when."""

    _id: str
    edition: str
    email: str
    names: str
    locale: str
    account: NotRequired[str]
    reasons: list[str]
    since: datetime
    added_at: datetime


class Contacts(EventfulRepository):
    """Addresses by edition."""

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
                    "edition": edition,
                    "email": email,
                    "names": names,
                    "locale": locale,
                    **({} if account is None else {"account": account}),
                },
                "$addToSet": {"reasons": reason},
                "$max": {"added_at": at},
                "$setOnInsert": {"since": at},
            },
            upsert=True,
        )
        return contact

    def find(self, contact: str) -> Contact | None:
        """The contact, or None."""
        return self.collection("contacts", Contact).find_one({"_id": contact})

    def each(self, edition: str) -> Iterator[Contact]:
        """All contacts of an edition."""
        yield from self.collection("contacts", Contact).find({"edition": edition})

    def count(self, edition: str) -> int:
        """How many people an edition concerns."""
        return self.collection("contacts").count_documents({"edition": edition})

    def ids_after(self, edition: str, contact: str | None, limit: int) -> list[str]:
        """The ids of at most `limit` contacts, in their order, after that of a contact or from the first."""
        first, last = contact or f"{edition}-", f"{edition}."  # "." follows "-"
        query = {"edition": edition, "_id": {"$gt": first, "$lt": last}}
        rows = self.collection("contacts", Contact).find(query, {"_id": 1}).sort("_id", 1).limit(limit)
        return [row["_id"] for row in rows]

    @transactional
    def announce(self, events: Sequence[tuple[str, PendingEvent]], sequence: int) -> None:
        """Store an event with each contact that is still there."""
        there = {
            row["_id"]
            for row in self.collection("contacts", Contact).named([contact for contact, _ in events], {"_id": 1})
        }
        self.store_events(sequence, *(event for contact, event in events if contact in there))

    def forget(self, erasure: Erasure) -> None:
        """Remove a person from all editions."""
        query = erasure.query("added_at", account="account", address="email")
        self.collection("contacts").delete_many(query)


# Keys of mailed links. A key follows from its document's id and the secret of the suite: it is stored nowhere, and an
# id that leaks opens nothing.


KEY_LENGTH = 40  # hex digits: 160 bits


class Linked(TypedDict):
    """What has a mailed link: its account, if it has one, and how often the link was replaced."""

    _id: str
    account: str | None
    link_number: NotRequired[int]


def link_key(id: str, number: int = 0) -> str:
    """The key that the mailed link to a draft or submission carries; `number` counts how often it was replaced."""
    return keys.digest("consultation link", f"{id}|{number}")[:KEY_LENGTH]


def opens(document: Linked, key: str | None) -> bool:
    """Whether the key is that of the document, compared in constant time."""
    return key is not None and fits(key, link_key(document["_id"], document.get("link_number", 0)))


def fits(key: str, wanted: str) -> bool:
    """Whether a key that somebody sent is the wanted one, compared in constant time. Any text may have been sent."""
    return key.isascii() and hmac.compare_digest(key, wanted)


def mailbox_key(email: str) -> str:
    """The mailbox as something that can be looked up and not read."""
    return keys.digest("consultation mailbox", email.strip().lower())


# Mails with links to an address that nobody has proved to be theirs: counted over all editions, drafts, submissions and
# nominations. Who asks is counted apart: what strangers use up keeps neither a candidate from being nominated, nor the
# holder of a link from having it voided, nor an owner from getting their links again. A stranger who asks for these has
# them mailed to the owner.
PERIOD, PER_HOUR = timedelta(hours=1), 5
LINK_MAILS = MailQuota({PERIOD: PER_HOUR})


class Asker(StrEnum):
    """Who has a mail sent."""

    STRANGER = "stranger"  # whoever saves a draft with an address
    OWNER = "owner"  # of an address, who lost the links to what it has
    NOMINATOR = "nominator"
    HOLDER = "holder"  # of a link to the draft or submission


class LinkMails(MailCounts):
    """When an address got mails with links, by a digest of the address and of who asked."""

    def __init__(self, db: Database) -> None:
        super().__init__(db, "link_mails", LINK_MAILS)

    def take_for(self, asker: Asker, email: str, at: datetime) -> bool:
        """Whether the address may get another mail now, which is counted."""
        spelling = email.strip().lower()
        mailbox = behind_tag(spelling)
        counted = [f"{asker}|{spelling}", *([f"{asker} of tags|{mailbox}"] if mailbox is not None else [])]
        return self.take((keys.digest("consultation link mails", each) for each in counted), at)
