"""Submissions and their versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymongo import UpdateOne
from wsis_shared import keyset
from wsis_shared.erasure import Erasure
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.erasing.rules import NOBODY, without_speaker, without_writer
from wsis_consultation.submissions import errors
from wsis_consultation.submissions.store.submission_index import SubmissionIndex

Submission = dict[str, Any]
MAX_OF_MAILBOX = 100
_LISTED = {"answers": 0, "per_line": 0, "requests": 0, "contact": 0}


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

    @transactional
    def add_link(self, submission: Submission, event: PendingEvent) -> None:
        """Note the number of its link, and publish `event`."""
        changes = {"link_number": submission.get("link_number", 0)}
        update = {"$set": changes, "$inc": {"version": 1}}
        if self.collection("submissions").update_one({"_id": submission["_id"]}, update).matched_count:
            self.store_events(submission["version"] + 1, event)

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

    def forget(self, erasure: Erasure) -> list[Submission]:
        """Remove a person from all versions: who wrote them, and who is to speak. The input stays. Returns what the
        person wrote, as it was."""
        query = erasure.query("received_at", account="account", address="contact.email")
        written = list(self.collection("submissions").find(query))
        # The mailed link opens nothing any more.
        changed = {"$inc": {"version": 1, "link_number": 1}}
        self._update("submissions", {row["_id"]: {**NOBODY, **without_writer(row)} for row in written}, changed)
        ids = [row["_id"] for row in written]
        versions = self.collection("submission_versions").find({"submission": {"$in": ids}})
        self._update("submission_versions", {row["_id"]: without_writer(row) for row in versions})
        for name, made in (("submissions", "received_at"), ("submission_versions", "at")):
            named = self.collection(name).find(erasure.query(made, address="requests.speakers.email"))
            rest = {
                row["_id"]: {"requests": without_speaker(row["requests"], erasure.is_of_row)}
                for row in named if erasure.reaches(row.get("amended_at"))
            }  # fmt: skip
            self._update(name, rest, {"$inc": {"version": 1}} if name == "submissions" else {})
        return written

    def _update(self, name: str, fields: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> None:
        if fields:
            writes = [UpdateOne({"_id": id}, {"$set": values, **(more or {})}) for id, values in fields.items()]
            self.collection(name).bulk_write(writes)
