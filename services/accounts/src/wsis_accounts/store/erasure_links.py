"""Links that erase an address, by the keyed hash of the mailbox."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from wsis_shared.events import PendingEvent
from wsis_shared.outbox import EventfulRepository

from wsis_accounts.domain.erasures import ErasureLink

EVENTS_KEPT = timedelta(days=30)


class ErasureLinks(EventfulRepository):
    """Collection `erasure_links`. One kind of write for all addresses: the time of an insert would tell them apart."""

    source = "accounts"

    def keep_erasure_link(self, link: ErasureLink, *events: PendingEvent) -> None:
        """Write it in place of a former one; call it in a transaction."""
        former = self.collection("erasure_links").find_one({"_id": link["_id"]}) or {}
        version = former.get("version", 0) + 1
        pending = [*former.get("outbox", ()), *self.envelopes(version, events)]
        self.collection("erasure_links").replace_one(
            {"_id": link["_id"]}, {**link, "version": version, "outbox": pending}, upsert=True
        )
        self.mark_outbox("erasure_links")

    def erasure_link(self, id: str) -> ErasureLink | None:
        """The link of that id."""
        found: dict[str, Any] | None = self.collection("erasure_links").find_one({"link": id})
        return found

    def forget_erasure_link(self, key: str) -> None:
        """Forget the link of a mailbox, with its address."""
        self.collection("erasure_links").delete_one({"_id": key})

    def tell_erasure(self, now: datetime, *events: PendingEvent) -> None:
        """The events wait in a document of their own until the broker has them."""
        if events:
            self.save("erasure_links", {"_id": uuid.uuid4().hex, "expires_at": now + EVENTS_KEPT}, *events)
