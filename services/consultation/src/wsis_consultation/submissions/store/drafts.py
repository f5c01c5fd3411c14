"""Drafts."""

from __future__ import annotations

from typing import Any

from wsis_shared import keyset
from wsis_shared.erasure import Erasure
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.erasing.rules import without_speaker

Draft = dict[str, Any]
MAX_OF_MAILBOX = 100
_LISTED = {"answers": 0}


class Drafts(EventfulRepository):
    """What is not submitted yet; the store deletes a draft when it expires."""

    source = "consultation"

    def find(self, edition: str, draft: str) -> Draft | None:
        """The draft, or None."""
        found: Draft | None = self.collection("drafts").find_one({"_id": draft, "edition": edition})
        return found

    def of_mailbox(self, edition: str, email_key: str) -> list[Draft]:
        """Drafts of an address, in the order of their ids."""
        query = {"email_key": email_key, "edition": edition}
        return list(self.collection("drafts").find(query, {"answers": 0}).limit(MAX_OF_MAILBOX))

    def of_account(self, account: str, after: str | None, limit: int) -> keyset.Page:
        """Drafts of an account, a page."""
        return keyset.find_page(
            self.collection("drafts"), {"account": account}, ("_id",), after, limit, projection=_LISTED
        )

    def put(self, draft: Draft, *events: PendingEvent) -> Draft:
        """Insert or replace. Raises Conflict after a concurrent change."""
        return self.save("drafts", draft, *events)

    @transactional
    def add_link(self, draft: Draft, event: PendingEvent) -> None:
        """Note the number of its link, and publish `event`."""
        changes = {"link_number": draft.get("link_number", 0)}
        update = {"$set": changes, "$inc": {"version": 1}}
        if self.collection("drafts").update_one({"_id": draft["_id"]}, update).matched_count:
            self.store_events(draft["version"] + 1, event)

    def remove(self, draft: str) -> None:
        """Delete it."""
        self.collection("drafts").delete_one({"_id": draft})

    def forget(self, erasure: Erasure) -> list[str]:
        """Delete the drafts of a person, and their rows as a speaker in others'; returns the ids of those deleted."""
        drafts = self.collection("drafts")
        ids = [row["_id"] for row in drafts.find(erasure.query("created_at", account="account", address="email"))]
        drafts.delete_many({"_id": {"$in": ids}})
        for row in list(drafts.find(erasure.query("updated_at", address="answers.requests.speakers.email"))):
            requests = without_speaker(row["answers"]["requests"], erasure.is_of_row)
            drafts.update_one({"_id": row["_id"]}, {"$set": {"answers.requests": requests}, "$inc": {"version": 1}})
        return ids
