"""Notices: an event with one of its notices, kept so that its mails can be written whenever their turn comes.

expanding -> expanded     the deliveries of its recipients are stored page by page; `cursor` is where to go on
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from wsis_shared import clock
from wsis_shared.collection import Collection
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import Repository, known


class StoredNotification(TypedDict):
    """An event with one of its notifications; `undated` ones tell nobody when they came."""

    _id: str
    event: str
    template: str
    priority: str
    role: str | None
    repeatable: bool
    time: str | None
    data: Input
    undated: bool
    state: str
    cursor: NotRequired[object]
    recipients: NotRequired[int]
    reason: NotRequired[str | None]
    claim: NotRequired[str | None]
    at: NotRequired[datetime]
    due: NotRequired[datetime]


class Notices(Repository):
    """The events whose mails are still to be written, with their templates."""

    @property
    def all(self) -> Collection[StoredNotification]:
        """The collection, joined to the open transaction."""
        return self.collection("notices", StoredNotification)

    def add(self, notices: Sequence[StoredNotification]) -> set[str]:
        """Keep those that are not there; returns their ids. Call it inside a transaction."""
        there = known(self.all, (notice["_id"] for notice in notices))
        now = clock.now()
        new: list[StoredNotification] = [
            {**notice, "cursor": None, "recipients": 0, "reason": None, "claim": None, "at": now, "due": now}
            for notice in notices
            if notice["_id"] not in there
        ]
        if new:
            self.all.insert_many(new)
        return {notice["_id"] for notice in new}

    def read(self, ids: set[str]) -> dict[str, StoredNotification]:
        """Those of `ids` that are kept, by id."""
        return {notice["_id"]: notice for notice in self.all.find({"_id": {"$in": list(ids)}})} if ids else {}

    def take(self, lease: float) -> StoredNotification | None:
        """The one whose next page has waited longest, so that a long one does not hold up the others."""
        now = clock.now()
        return self.all.find_one_and_update(
            {"state": "expanding", "due": {"$lte": now}},
            {"$set": {"claim": uuid.uuid4().hex, "due": now + timedelta(seconds=lease)}},
            sort=[("due", 1)],
            after=True,
        )

    def advance(self, notice: StoredNotification, cursor: object, recipients: int) -> None:
        """The deliveries of a page are stored; go on at `cursor`, or be done where it is None."""
        done = {"state": "expanded"} if cursor is None else {"cursor": cursor}
        self.all.update_one(
            {"_id": notice["_id"], "claim": notice["claim"]},
            {"$set": {**done, "reason": None, "due": clock.now()}, "$inc": {"recipients": recipients}},
        )

    def hold(self, notice: StoredNotification, reason: str, seconds: float) -> None:
        """It cannot go on now: say why, and try later."""
        self.all.update_one(
            {"_id": notice["_id"], "claim": notice["claim"]},
            {"$set": {"reason": reason, "due": clock.now() + timedelta(seconds=seconds)}},
        )

    def unfinished(self) -> list[JsonObject]:
        """Those that still have recipients to come, at most 100."""
        return list(
            self.all.find(
                {"state": "expanding"}, {"_id": 0, "event": 1, "template": 1, "recipients": 1, "reason": 1}
            ).limit(100)
        )
