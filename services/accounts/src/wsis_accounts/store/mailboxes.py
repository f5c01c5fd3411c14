"""Mailboxes: everything about an address, with or without an account, in one document.

So each step of registration and sign-in is one read and one write, the same for known and for unknown addresses.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from wsis_shared.events import PendingEvent
from wsis_shared.outbox import EventfulRepository

from wsis_accounts.rules.codes import Challenge, Mailbox, Purpose


@dataclass(frozen=True)
class MailboxSnapshot:
    """A mailbox as it was read, with what the store needs to write it again."""

    mailbox: Mailbox
    version: int


class Mailboxes(EventfulRepository):
    """Collections `mailboxes` and `spent_challenges`."""

    def mailbox(self, key: str, email: str) -> MailboxSnapshot:
        """The mailbox with that keyed hash; a fresh one where nobody has typed the address yet."""
        doc = self.collection("mailboxes").find_one({"_id": key})
        return _read(doc) if doc else MailboxSnapshot(Mailbox(key, email), 0)

    def mailbox_of_challenge(self, challenge: str) -> MailboxSnapshot | None:
        """The mailbox that a code was asked for."""
        doc = self.collection("mailboxes").find_one({"challenges.id": challenge})
        return _read(doc) if doc else None

    def save_mailbox(
        self, read: MailboxSnapshot, mailbox: Mailbox, expires_at: datetime | None, *events: PendingEvent
    ) -> None:
        """Write it; call it inside the transaction of the read, which refuses what somebody changed meanwhile."""
        doc: dict[str, object] = {
            **asdict(mailbox),
            "_id": mailbox.key,
            "version": read.version,
            "expires_at": expires_at,
        }
        kept = {name: value for name, value in doc.items() if value not in (None, [], ()) and name != "key"}
        # Not insert or replace by turns: that would tell a known address from an unknown one by its time.
        self.put_in_place("mailboxes", kept, *events)

    def forget_mailbox(self, read: MailboxSnapshot, left: Mailbox | None, expires_at: datetime | None) -> None:
        """Nobody has an account with it: delete it, or keep what is `left`. In the transaction of the read."""
        if left is None:
            self.remove_document("mailboxes", read.mailbox.key)
        else:
            self.save_mailbox(read, left, expires_at)

    def save_code(self, mailbox: Mailbox, challenge: str) -> bool:
        """Write only the code of this challenge; False where it is not there any more."""
        asked = mailbox.challenge(challenge)
        assert asked is not None  # noqa: S101 -- for the type: rules.codes.issue gives one
        changed = {"challenges.$.code": asked.code, "challenges.$.issued_at": asked.issued_at}
        done = self.collection("mailboxes").update_one(
            {"_id": mailbox.key, "challenges": {"$elemMatch": {"id": challenge, "spent": False}}},
            {"$set": changed, "$inc": {"version": 1}},
        )
        return bool(done.matched_count)

    def spend_challenge(self, id: str, mailbox: str, expires_at: datetime) -> bool:
        """Note that a proof-of-work challenge was solved for this mailbox; False where it was for another. Call it in a
        transaction. It is forgotten when the challenge is too old to be used anyway."""
        spent = self.collection("spent_challenges").find_one({"_id": id})
        if spent is not None:
            return bool(spent["mailbox"] == mailbox)
        self.collection("spent_challenges").insert_one({"_id": id, "mailbox": mailbox, "expires_at": expires_at})
        return True


def _read(doc: dict[str, Any]) -> MailboxSnapshot:
    mailbox = Mailbox(
        key=doc["_id"],
        email=doc.get("email", ""),
        account=doc.get("account"),
        erased_at=doc.get("erased_at"),
        registration=doc.get("registration"),
        failures=doc.get("failures", 0),
        wait_until=doc.get("wait_until"),
        challenges=tuple(
            Challenge(**{**asked, "purpose": Purpose(asked["purpose"])}) for asked in doc.get("challenges", ())
        ),
    )
    return MailboxSnapshot(mailbox, doc["version"])
