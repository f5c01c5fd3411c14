"""Documents and indexes. Issues of the newsletter: sections, previews, checks, archive."""

from __future__ import annotations

from datetime import datetime

from wsis_shared import clock, keyset
from wsis_shared.collection import Collection
from wsis_shared.collection_specs import CollectionSpec, expires, index, present
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import in_transaction
from wsis_shared.outbox import EventfulRepository

from wsis_notifications.issues.rules import lifecycle
from wsis_notifications.issues.rules.contents import Issue

DELETED = "deleted"  # until its audit entry is published
_ALL = list(lifecycle.STATES)

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec(
        "issues",
        indexes=(
            present("number", "number", unique=True),
            index("newest_of_state", "state", "-created_at", "-_id"),
            index("last_sent", "state", "-sent_at", "-_id"),
            index("images", "images.id"),
            expires("deleted_at", clock.DAY),
        ),
        few={"last_sent": "some 12 a year"},
    ),
)
_LISTED = {"sections": 0, "changes": 0}


class Issues(EventfulRepository):
    """Issues of WSIS Flash, and announcements."""

    @property
    def issues(self) -> Collection[Issue]:
        """The collection, joined to the open transaction."""
        return self.collection("issues", Issue)

    def read(self, id: str) -> Issue:
        """An issue; `number` is None for an announcement. Raises NotFound."""
        found = self.issues.find_one({"_id": id, "state": {"$in": _ALL}})
        if found is None:
            raise NotFound("notifications.issue_unknown", issue=id)
        return {"number": None, **found}

    def next_number(self) -> int:
        """The number of the next issue of WSIS Flash. The unique index decides a race."""
        last = self.issues.find_one({"number": {"$gte": 1}}, {"number": 1}, sort=[("number", -1)])
        return 1 + (last["number"] or 0) if last else 1

    def store(self, issue: Issue, *events: PendingEvent) -> Issue:
        """Insert or replace it. Raises Conflict after a concurrent change."""
        stored: Issue = {**issue}
        if stored["number"] is None:
            del stored["number"]
        return {"number": None, **self.save("issues", stored, *events)}

    def add(self, issue: Issue) -> Issue:
        """Store an announcement unless it is there; returns what is stored."""

        def step() -> Issue:
            known = self.issues.find_one({"_id": issue["_id"]})
            return {"number": None, **known} if known else self.store(issue)

        return in_transaction(step)

    def delete(self, issue: Issue, entry: PendingEvent, at: datetime) -> None:
        """Remove a draft. Its audit entry is published first."""
        rest = {name: issue[name] for name in ("_id", "version")}
        self.save("issues", {**rest, "state": DELETED, "deleted_at": at}, entry)

    def shows_image(self, image: str, but: str | None = None) -> bool:
        """Whether an issue, other than `but`, has this image."""
        query = {"images.id": image, "_id": {"$ne": but}} if but else {"images.id": image}
        return self.issues.find_one(query, {"_id": 1}) is not None

    def page(self, state: str | None, after: str | None, limit: int) -> keyset.Page[Issue]:
        """Issues in any state, or in one, the newest first; without their sections."""
        query = {"state": state or {"$in": _ALL}}
        return keyset.find_page(self.issues, query, ("-created_at", "-_id"), after, limit, projection=_LISTED)

    def sent(self, month: str | None, after: str | None, limit: int) -> keyset.Page[Issue]:
        """Issues that are sent, the newest first; without their sections."""
        query = {"state": lifecycle.SENT, **({"month": month} if month else {})}
        return keyset.find_page(self.issues, query, ("-sent_at", "-_id"), after, limit, projection=_LISTED)
