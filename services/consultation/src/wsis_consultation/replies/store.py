"""Repository of replies by mail: what became of mails, and what waits for a confirmation."""

from __future__ import annotations

from datetime import datetime

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.replies.rules.decisions import HeldReply, Record

COLLECTIONS = (
    # What became of mails, without their text: the limits of a day, and each mail once.
    CollectionSpec(
        "reply_mails",
        indexes=(index("account", "account", "at"), expires("at", 30 * clock.DAY)),
    ),
    CollectionSpec("held_replies", indexes=(index("account", "account"), expires("expires_at"))),
)


class Replies(EventfulRepository):
    """Replies by mail."""

    def is_known(self, key: str) -> bool:
        """Whether this mail was handled."""
        return self.collection("reply_mails", Record).find_one({"_id": key}, {"_id": 1}) is not None

    def records(self, account: str, since: datetime, until: datetime) -> list[Record]:
        """What became of the member's mails in that time, `until` included. Ignored ones are not recorded."""
        found = self.collection("reply_mails", Record).find(
            {"account": account, "at": {"$gte": since, "$lte": until}},
            {"outcome": 1, "reason": 1, "discussion": 1, "text_key": 1},
        )
        return list(found)

    def record(self, record: Record, *events: PendingEvent) -> None:
        """Store it, with its events."""
        self.save("reply_mails", record, *events)

    def mail(self, key: str) -> Record | None:
        """The record of a mail, or None."""
        return self.collection("reply_mails", Record).find_one({"_id": key})

    def hold(self, held: HeldReply) -> None:
        """Keep a reply until it is confirmed or expires."""
        self.collection("held_replies", HeldReply).insert_one(held)

    def held(self, held: str, moment: datetime) -> HeldReply:
        """The reply that waits. Raises NotFound, also when it has expired."""
        found = self.collection("held_replies", HeldReply).find_one({"_id": held})
        if found is None or found["expires_at"] <= moment:
            raise NotFound("consultation.held_reply_unknown")
        return found

    def release(self, held: str) -> None:
        """It is posted. Raises NotFound: somebody else was faster."""
        if self.collection("held_replies").delete_one({"_id": held}).deleted_count == 0:
            raise NotFound("consultation.held_reply_unknown")

    def forget(self, erasure: Erasure) -> None:
        """Remove what is known of a member."""
        for name in ("held_replies", "reply_mails"):
            self.collection(name).delete_many(erasure.query("at", account="account"))
