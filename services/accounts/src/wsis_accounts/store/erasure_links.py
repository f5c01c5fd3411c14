"""Links that erase an address, by the keyed hash of the mailbox."""

from __future__ import annotations

from wsis_shared.events import PendingEvent
from wsis_shared.outbox import EventfulRepository

from wsis_accounts.rules.erasures import ErasureLink


class ErasureLinks(EventfulRepository):
    """Collection `erasure_links`. One kind of write for all addresses: the time of an insert would tell them apart."""

    def save_erasure_link(self, link: ErasureLink, *events: PendingEvent) -> None:
        """Write it in place of a former one; call it in a transaction."""
        former = self.collection("erasure_links").find_one({"_id": link["_id"]}, {"version": 1}) or {}
        self.put_in_place("erasure_links", {**link, "version": former.get("version", 0)}, *events)

    def erasure_link(self, id: str) -> ErasureLink | None:
        """The link of that id."""
        return self.collection("erasure_links", ErasureLink).find_one({"link": id})

    def forget_erasure_link(self, key: str) -> None:
        """Forget the link of a mailbox, with its address."""
        self.collection("erasure_links").delete_one({"_id": key})
