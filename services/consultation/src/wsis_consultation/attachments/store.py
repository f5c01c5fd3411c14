"""Repository of attachments, and their references in drafts and submissions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.outbox import EventfulRepository

from wsis_consultation.attachments.rules import MAX_COUNT, UNSCANNED, Attachment, reference
from wsis_consultation.submissions.rules.lifecycle import Draft, Submission

COLLECTIONS = (
    CollectionSpec(
        "attachments",
        indexes=(
            index("parent", "parent", "at"),
            index("scan_order", "scan", "scan_tried_at", "at"),
            index("in_draft", "in_draft", "_id"),
            index("unpublished", "in_draft", "published", "removed", "at"),
        ),
        few={"parent": "a few files of a draft or submission"},
    ),
)
PARENTS = ("submissions", "drafts")


class Parent(NamedTuple):
    """To what files are attached: a draft, or a submission."""

    document: Draft | Submission
    submission: Submission | None

    @property
    def in_draft(self) -> bool:
        """Whether it is not submitted yet."""
        return self.submission is None


class Attachments(EventfulRepository):
    """What is known of each file; its bytes are a blob of the service."""

    def find(self, edition: str, attachment: str) -> Attachment:
        """The attachment, removed ones too. Raises NotFound."""
        found = self.known(attachment)
        if found is None or found["edition"] != edition:
            raise NotFound("consultation.attachment_unknown", attachment=attachment)
        return found

    def known(self, attachment: str) -> Attachment | None:
        """The attachment, or None."""
        return self.collection("attachments", Attachment).find_one({"_id": attachment})

    def of(self, edition: str, parent: str) -> list[Attachment]:
        """Those of a draft or submission that were not removed, in their order."""
        query = {"parent": parent, "edition": edition, "removed": None}
        return list(self.collection("attachments", Attachment).find(query).sort("at", 1).limit(MAX_COUNT))

    def parent(self, edition: str, parent: str) -> Parent | None:
        """The submission of that id, or the draft, or None."""
        whole = {"_id": parent, "edition": edition}
        if submission := self.collection("submissions", Submission).find_one(whole):
            return Parent(submission, submission)
        draft = self.collection("drafts", Draft).find_one(whole)
        return Parent(draft, None) if draft else None

    def of_parents(self, parents: Iterable[str]) -> list[Attachment]:
        """All of drafts and submissions, removed ones too."""
        return list(self.collection("attachments", Attachment).find({"parent": {"$in": list(parents)}}))

    def add(self, attachment: Attachment) -> Attachment:
        """Store it with its reference. Raises Conflict where the submission is full, NotFound where it is gone."""
        for name in PARENTS:
            whole = {"_id": attachment["parent"], "edition": attachment["edition"]}
            free = {**whole, f"attachments.{MAX_COUNT - 1}": {"$exists": False}}
            change = {"$push": {"attachments": reference(attachment)}, "$inc": {"version": 1}}
            if self.collection(name).update_one(free, change).matched_count:
                return self.save("attachments", attachment)
            if self.collection(name).find_one(whole, {"_id": 1}) is not None:
                raise Conflict("consultation.attachments_full", limit=MAX_COUNT)
        raise NotFound("consultation.attachment_unknown", attachment=attachment["_id"])

    def put(self, attachment: Attachment, *events: PendingEvent) -> Attachment:
        """Replace it; a removed one leaves its submission too. Raises Conflict after a concurrent change."""
        if attachment["removed"]:
            self._in_parent(attachment, {"$pull": {"attachments": {"id": attachment["_id"]}}})
        return self.save("attachments", attachment, *events)

    def rename(self, attachment: Attachment) -> Attachment:
        """Replace it, in its submission too."""
        self._in_parent(attachment, {"$set": {"attachments.$.filename": attachment["filename"]}})
        return self.put(attachment)

    def _in_parent(self, attachment: Attachment, change: Mapping[str, object]) -> None:
        for name in PARENTS:
            self.collection(name).update_one(
                {"_id": attachment["parent"], "attachments.id": attachment["_id"]}, {**change, "$inc": {"version": 1}}
            )

    def unscanned(self, limit: int) -> list[Attachment]:
        """Those that wait for the scanner: first the never tried, then those tried longest ago, the older first."""
        query = {"scan": UNSCANNED, "removed": None}
        order = [("scan_tried_at", 1), ("at", 1)]
        return list(self.collection("attachments", Attachment).find(query).sort(order).limit(limit))

    def note_scan(self, ids: Iterable[str], at: datetime) -> None:
        """The scanner could not judge these: others come first the next time."""
        self.collection("attachments").update_many({"_id": {"$in": list(ids)}}, {"$set": {"scan_tried_at": at}})

    def of_drafts(self) -> list[Attachment]:
        """Those that were attached to a draft and are not known to be a submission's yet."""
        return list(self.collection("attachments", Attachment).find({"in_draft": True}))

    def kinds_of_parents(self, parents: Iterable[str]) -> dict[str, str]:
        """Which of these ids exist -> "submissions" or "drafts"."""
        ids = list(parents)
        return {row["_id"]: name for name in reversed(PARENTS) for row in self.collection(name).named(ids, {"_id": 1})}
