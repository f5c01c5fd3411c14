"""When mails went out, by what counts them: the store of `wsis_shared.mail_quotas`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from wsis_shared.mail_quotas import MailQuota
from wsis_shared.mongo import Repository
from wsis_shared.mongo_connection import Database


class MailCount(TypedDict):
    """`_id` is a keyed hash of an address and of what is counted; `at` are the times of the mails that count."""

    _id: str
    at: list[datetime]
    expires_at: datetime


class MailCounts(Repository):
    """The counts of one quota, in a collection of the service."""

    def __init__(self, db: Database, collection: str, quota: MailQuota) -> None:
        super().__init__(db)
        self._counts, self._quota = self.collection(collection, MailCount), quota

    def take(self, keys: Iterable[str], at: datetime) -> bool:
        """Whether another mail may go out, which all the keys then count. Call it in the transaction that requests the
        mail: two requests at once cannot take the same one."""
        sent = {key: self._quota.with_one_more(self._sent(key), at) for key in keys}
        taken = {key: mails for key, mails in sent.items() if mails is not None}
        if len(taken) < len(sent):
            return False
        for key, mails in taken.items():
            count: MailCount = {"_id": key, "at": mails, "expires_at": at + self._quota.counted_for}
            self._counts.replace_one({"_id": key}, count, upsert=True)
        return True

    def _sent(self, key: str) -> list[datetime]:
        found = self._counts.find_one({"_id": key})
        return found.get("at", []) if found else []  # the former version of two services wrote another field
