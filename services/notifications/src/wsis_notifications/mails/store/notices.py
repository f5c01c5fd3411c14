"""Notices: an event with one of its notices, kept so that its mails can be written whenever their turn comes.

expanding -> expanded     the deliveries of its recipients are stored page by page; `cursor` is where to go on
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from wsis_shared import clock
from wsis_shared.mongo import Repository, known


class Notices(Repository):
    """The events whose mails are still to be written, with their templates."""

    @property
    def all(self) -> Any:
        """The collection, joined to the open transaction."""
        return self.collection("notices")

    def add(self, notices: Sequence[Mapping[str, Any]]) -> set[str]:
        """Keep those that are not there; returns their ids. Call it inside a transaction."""
        there = known(self.all, (notice["_id"] for notice in notices))
        now = clock.now()
        progress = {"cursor": None, "recipients": 0, "reason": None, "claim": None, "at": now, "due": now}
        new = [{**notice, **progress} for notice in notices if notice["_id"] not in there]
        if new:
            self.all.insert_many(new)
        return {notice["_id"] for notice in new}

    def read(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """Those of `ids` that are kept, by id."""
        return {notice["_id"]: notice for notice in self.all.find({"_id": {"$in": list(ids)}})} if ids else {}

    def take(self, lease: float) -> dict[str, Any] | None:
        """The one whose next page has waited longest, so that a long one does not hold up the others."""
        now = clock.now()
        taken: dict[str, Any] | None = self.all.find_one_and_update(
            {"state": "expanding", "due": {"$lte": now}},
            {"$set": {"claim": uuid.uuid4().hex, "due": now + timedelta(seconds=lease)}},
            sort=[("due", 1)],
            after=True,
        )
        return taken

    def advance(self, notice: dict[str, Any], cursor: Any, recipients: int) -> None:
        """The deliveries of a page are stored; go on at `cursor`, or be done where it is None."""
        done = {"state": "expanded"} if cursor is None else {"cursor": cursor}
        self.all.update_one(
            {"_id": notice["_id"], "claim": notice["claim"]},
            {"$set": {**done, "reason": None, "due": clock.now()}, "$inc": {"recipients": recipients}},
        )

    def hold(self, notice: dict[str, Any], reason: str, seconds: float) -> None:
        """It cannot go on now: say why, and try later."""
        self.all.update_one(
            {"_id": notice["_id"], "claim": notice["claim"]},
            {"$set": {"reason": reason, "due": clock.now() + timedelta(seconds=seconds)}},
        )

    def unfinished(self) -> list[dict[str, Any]]:
        """Those that still have recipients to come, at most 100."""
        return list(
            self.all.find(
                {"state": "expanding"}, {"_id": 0, "event": 1, "template": 1, "recipients": 1, "reason": 1}
            ).limit(100)
        )
