"""MailPreferences: the kinds of mail that people decline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from wsis_shared.collection import Collection
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.erasure import Erasure
from wsis_shared.mongo import Repository

from wsis_notifications.addresses.store.keys import address_key, link_id

COLLECTIONS: tuple[CollectionSpec, ...] = (CollectionSpec("mail_preferences"),)


class Declined(TypedDict):
    """What an account, or an address without one, declines: `_id` is that of the link."""

    _id: str
    declined: list[str]
    at: datetime


class MailPreferences(Repository):
    """The kinds of mail that each account declines."""

    @property
    def all(self) -> Collection[Declined]:
        """The collection, joined to the open transaction."""
        return self.collection("mail_preferences", Declined)

    def declined(self, account: str) -> list[str]:
        """The kinds that an account declines."""
        row = self.all.find_one({"_id": account})
        return list(row["declined"]) if row else []

    def replace(self, account: str, kinds: Iterable[str], at: datetime) -> None:
        """Exactly these from now on."""
        self.all.update_one({"_id": account}, {"$set": {"declined": sorted(kinds), "at": at}}, upsert=True)

    def decline(self, account: str, kind: str, at: datetime) -> None:
        """This one too."""
        self.all.update_one({"_id": account}, {"$addToSet": {"declined": kind}, "$set": {"at": at}}, upsert=True)

    def among(self, accounts: Iterable[str]) -> dict[str, set[str]]:
        """What those of `accounts` decline that decline anything."""
        return {row["_id"]: set(row["declined"]) for row in self.all.named(accounts)}

    def forget(self, erasure: Erasure) -> None:
        """The account or the address is erased."""
        whose = erasure.account or link_id(address_key(str(erasure.address)))
        self.all.delete_many({"_id": whose, **erasure.until("at")})
