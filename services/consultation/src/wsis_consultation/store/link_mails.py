"""How many mails with links an address gets that nobody has proved to be theirs: counted over all editions, drafts,
submissions and nominations, so that nobody can fill a mailbox. Who asks is counted apart: what strangers use up keeps
neither a candidate from being nominated, nor the holder of a link from having it voided."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from wsis_shared import keys
from wsis_shared.collection_specs import CollectionSpec, expires
from wsis_shared.mongo import Repository

from wsis_consultation.settings import Settings

COLLECTIONS = (CollectionSpec("link_mails", indexes=(expires("expires_at"),)),)
PERIOD = timedelta(hours=1)


class Asker(StrEnum):
    """Who has a mail sent."""

    STRANGER = "stranger"  # whoever types an address
    NOMINATOR = "nominator"
    HOLDER = "holder"  # of a link to the draft or submission


class LinkMails(Repository):
    """When an address got mails with links, by a digest of the address and of who asked."""

    def take(self, email: str, at: datetime, count: int = 1, *, asker: Asker = Asker.STRANGER) -> int:
        """How many of `count` mails the address may get now; these are counted. Call it in the transaction that
        requests the mails: two requests at once cannot take the same one."""
        address = keys.digest("consultation link mails", f"{asker}|{email.strip().lower()}")
        found = self.collection("link_mails").find_one({"_id": address}) or {"at": []}
        recent = [moment for moment in found["at"] if moment > at - PERIOD]
        taken = max(0, min(count, Settings.current().consultation_links_per_hour - len(recent)))
        if taken:
            self.collection("link_mails").update_one(
                {"_id": address}, {"$set": {"at": [*recent, *[at] * taken], "expires_at": at + PERIOD}}, upsert=True
            )
        return taken
