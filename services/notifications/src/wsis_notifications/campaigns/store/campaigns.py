"""Campaigns: what goes to whom and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from wsis_shared import clock, keyset
from wsis_shared.collection import Collection
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_notifications.campaigns.rules.states import Campaign

_OPEN = {"state": {"$in": ["sending", "canceled"]}, "open": True}


class Campaigns(EventfulRepository):
    """`open` campaigns have, or may still get, rows to work on; `next_bucket` is where the list of readers goes on."""

    @property
    def all(self) -> Collection[Campaign]:
        """The collection, joined to the open transaction."""
        return self.collection("campaigns", Campaign)

    def read(self, campaign: str) -> Campaign:
        """One campaign. Raises NotFound."""
        found = self.all.find_one({"_id": campaign})
        if found is None:
            raise NotFound("notifications.campaign_unknown", campaign=campaign)
        return found

    def find_by_event(self, event: str) -> Campaign | None:
        """The campaign that an event caused, or None."""
        return self.all.find_one({"event": event})

    def write(self, campaign: Campaign, *events: PendingEvent) -> Campaign:
        """Insert or replace the version that was read. Raises Conflict after a concurrent change."""
        return self.save("campaigns", campaign, *events)

    def page(self, limit: int, after: str | None, state: str | None, issue: str | None = None) -> keyset.Page[Campaign]:
        """Newest first."""
        query = {name: value for name, value in (("state", state), ("issue", issue)) if value}
        return keyset.find_page(self.all, query, ("-created_at", "-_id"), after, limit)

    # -- the senders' side ---------------------------------------------------------------------------------------

    def due(self, now: datetime) -> list[Campaign]:
        """Those whose time has come."""
        waiting = self.all.find({"state": "scheduled"})
        return [{**row, "scheduled_at": at} for row in waiting if (at := _moment(row["scheduled_at"])) <= now]

    def of_officer(self, account: str) -> list[Campaign]:
        """Those that go out, or will, in the name of an officer."""
        return list(self.all.find({"state": {"$in": ["scheduled", "sending"]}, "by": account}))

    def open(self) -> list[Campaign]:
        """Those with work, or work to give up."""
        return list(self.all.find(_OPEN))

    def is_any_under_way(self) -> bool:
        """Are there any that are scheduled or open?"""
        return self.all.find_one({"$or": [{"state": "scheduled"}, _OPEN]}, {"_id": 1}) is not None

    def is_any_finished(self) -> bool:
        """Has one ended, tests left out?"""
        return self.all.find_one({"state": "finished", "kind": {"$ne": "test"}}, {"_id": 1}) is not None

    def live(self) -> list[str]:
        """The ids of those whose rows may still be sent, in any order."""
        return [row["_id"] for row in self.all.find({"open": True}, {"_id": 1})]

    def created_before(self, moment: datetime) -> list[str]:
        """The ids of those of which nothing is left to send, the oldest first."""
        query = {"created_at": {"$lt": moment}}
        found = self.all.find(query, {"_id": 1, "open": 1}).sort("created_at", 1)
        return [row["_id"] for row in found if not row["open"]]

    def sending_since(self, moment: datetime) -> list[str]:
        """The ids of those that have begun since, or go on, in any order."""
        sending = {"$or": [{"started_at": {"$gte": moment}}, {"open": True}]}
        return [row["_id"] for row in self.all.find(sending, {"_id": 1})]

    def others_of_issue(self, campaign: Campaign) -> list[str]:
        """The ids of the other campaigns of its issue that have begun, tests left out."""
        begun = {"issue": campaign["issue"], "started_at": {"$ne": None}, "kind": {"$ne": "test"}}
        return [row["_id"] for row in self.all.find(begun, {"_id": 1}) if row["_id"] != campaign["_id"]]

    def touch_open_of_issue(self, issue: str) -> int:
        """How many campaigns of an issue are open, tests left out. It writes them, so that of two that end at a time
        one sees that the other has. Inside a transaction."""
        found = {"issue": issue, "open": True, "kind": {"$ne": "test"}}
        return int(self.all.update_many(found, {"$inc": {"touched": 1}}).matched_count)

    def advance(self, campaign: str, bucket: int) -> None:
        """The list of readers goes on at `bucket`. Inside a transaction."""
        self.all.update_one({"_id": campaign}, {"$set": {"next_bucket": bucket}})

    def add_totals(self, campaign: str, change: Mapping[str, int]) -> Campaign:
        """Add to what was sent, bounced hard and complained about; returns the campaign. Inside a transaction."""
        update = {"$inc": {f"totals.{name}": number for name, number in change.items()}}
        self.all.update_one({"_id": campaign}, update)
        return self.read(campaign)

    @transactional
    def change(
        self,
        campaign: str,
        state: str,
        change: Mapping[str, object],
        *events: PendingEvent,
        version: int | None = None,
    ) -> bool:
        """Change it by what no officer asked for, unless it has left `state`, or is no more of this `version`; False
        then. Who edits it at that moment gets a Conflict."""
        update = {"$set": {**change, "updated_at": clock.now()}, "$inc": {"version": 1}}
        as_read = {"_id": campaign, "state": state} | ({} if version is None else {"version": version})
        before = self.all.find_one_and_update(as_read, update, {"version": 1})
        if before is not None:
            self.store_events(before["version"] + 1, *events)
        return before is not None


def _moment(stored: object) -> datetime:
    if isinstance(stored, datetime):
        return stored
    return clock.parse(str(stored))  # a former version stored the text of the request
