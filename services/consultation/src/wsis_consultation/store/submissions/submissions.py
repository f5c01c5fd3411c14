"""Submissions and their versions."""

from __future__ import annotations

from typing import Any

from wsis_shared import keyset
from wsis_shared.events import PendingEvent
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.errors import submissions as errors
from wsis_consultation.store.overview import SubmissionIndex

Submission = dict[str, Any]
MAX_OF_MAILBOX = 100
_LISTED = {"answers": 0, "per_line": 0, "requests": 0, "contact": 0, "outbox": 0}


class Submissions(EventfulRepository):
    """The current version is in `submissions`, each version in `submission_versions`."""

    source = "consultation"

    def find(self, edition: str, submission: str) -> Submission | None:
        """The submission, or None."""
        found: Submission | None = self.collection("submissions").find_one({"_id": submission, "edition": edition})
        return found

    def of_mailbox(self, edition: str, email_key: str) -> list[Submission]:
        """Submissions of an address that were not withdrawn."""
        query = {"email_key": email_key, "edition": edition, "state": "received"}
        return list(self.collection("submissions").find(query, {"answers": 0, "per_line": 0}).limit(MAX_OF_MAILBOX))

    def of_account(self, account: str, after: str | None, limit: int) -> keyset.Page:
        """Submissions of an account, a page."""
        return keyset.find_page(
            self.collection("submissions"), {"account": account}, ("_id",), after, limit, projection=_LISTED
        )

    def count_of_mailbox(self, edition: str, email_key: str) -> int:
        """Submissions of an address, withdrawn ones too."""
        count: int = self.collection("submissions").count_documents({"email_key": email_key, "edition": edition})
        return count

    def next_number(self, edition: str) -> int:
        """The next number of an edition. Call it in the transaction that stores the submission: numbers are dense."""
        counter = self.collection("submission_numbers").find_one_and_update(
            {"_id": edition}, {"$inc": {"last": 1}}, upsert=True, return_document=True
        )
        return int(counter["last"])

    def put(self, submission: Submission, version: dict[str, Any] | None, *events: PendingEvent) -> Submission:
        """Insert or replace, with the copy of its version where that is new. Raises Conflict after a concurrent
        change."""
        if version is not None:
            self.collection("submission_versions").insert_one(version)
        saved = self.save("submissions", submission, *events)
        SubmissionIndex(self.db).put(saved)
        return saved

    def add_link(self, submission: Submission, event: PendingEvent) -> None:
        """Note the number of its link, and publish `event`."""
        changes = {"link_number": submission.get("link_number", 0)}
        update = self.with_events({"$set": changes, "$inc": {"version": 1}}, submission["version"] + 1, event)
        self.collection("submissions").update_one({"_id": submission["_id"]}, update)

    def versions(self, submission: str) -> list[dict[str, Any]]:
        """{number, at, by, late, form_version} of all versions, oldest first."""
        brief = dict.fromkeys(("number", "at", "by", "late", "form_version"), 1)
        return list(self.collection("submission_versions").find({"submission": submission}, brief).sort("number", 1))

    def version(self, submission: str, number: int) -> dict[str, Any]:
        """One version. Raises NotFound."""
        id = f"{submission}.{number}"
        found: dict[str, Any] | None = self.collection("submission_versions").find_one({"_id": id})
        if found is None:
            raise errors.version_unknown(number)
        return found

    def forget(self, account: str) -> None:
        """Remove who the submitter was from all versions: the input stays."""
        ids = [row["_id"] for row in self.collection("submissions").find({"account": account}, {"_id": 1})]
        self.collection("submission_versions").update_many({"submission": {"$in": ids}}, {"$set": {"contact": None}})
        self.collection("submissions").update_many(
            {"account": account},
            {
                "$set": {"contact": None, "account": None, "email_key": None},
                "$inc": {"version": 1, "link_number": 1},
            },  # the mailed link opens nothing any more
        )
