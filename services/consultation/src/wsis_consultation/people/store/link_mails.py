"""How many mails with links an address gets that nobody has proved to be theirs: counted over all editions, drafts,
submissions and nominations, so that nobody can fill a mailbox. Who asks is counted apart: what strangers use up keeps
neither a candidate from being nominated, nor the holder of a link from having it voided, nor an owner from getting
their links again. A stranger who asks for these has them mailed to the owner. Tagged spellings of a mailbox (`jane+7@`)
have a count together beside their own; the address without a tag is not in it, so that who makes up tags does not keep
its owner out."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from wsis_shared import keys
from wsis_shared.collection_specs import CollectionSpec, expires
from wsis_shared.mongo import Repository
from wsis_shared.tags import behind_tag

from wsis_consultation.settings import Settings

COLLECTIONS = (CollectionSpec("link_mails", indexes=(expires("expires_at"),)),)
PERIOD = timedelta(hours=1)


class Asker(StrEnum):
    """Who has a mail sent."""

    STRANGER = "stranger"  # whoever saves a draft with an address
    OWNER = "owner"  # of an address, who lost the links to what it has
    NOMINATOR = "nominator"
    HOLDER = "holder"  # of a link to the draft or submission


class LinkMails(Repository):
    """When an address got mails with links, by a digest of the address and of who asked."""

    def take(self, email: str, at: datetime, asker: Asker) -> bool:
        """Whether the address may get another mail now, which is counted. Call it in the transaction that requests the
        mail: two requests at once cannot take the same one."""
        spelling = email.strip().lower()
        mailbox = behind_tag(spelling)
        counted = [f"{asker}|{spelling}", *([f"{asker} of tags|{mailbox}"] if mailbox is not None else [])]
        recent = {address: self._recent(address, at) for address in counted}
        if max(map(len, recent.values())) >= Settings.current().consultation_links_per_hour:
            return False
        for address, moments in recent.items():
            self._keep(address, [*moments, at], at)
        return True

    def _recent(self, address: str, at: datetime) -> list[datetime]:
        found = self.collection("link_mails").find_one({"_id": _key(address)}) or {"at": []}
        return [moment for moment in found["at"] if moment > at - PERIOD]

    def _keep(self, address: str, moments: list[datetime], at: datetime) -> None:
        changed = {"$set": {"at": moments, "expires_at": at + PERIOD}}
        self.collection("link_mails").update_one({"_id": _key(address)}, changed, upsert=True)


def _key(address: str) -> str:
    return keys.digest("consultation link mails", address)
