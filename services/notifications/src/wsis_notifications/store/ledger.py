"""Deliveries: one document per event, template and person.

    queued -> sending -> sent | failed | bounced | unknown | skipped

`parcel` is what it is worked on with, `due` when it may be tried (again), `claim` the turn that began it. A queued
delivery has not been talked about with the relay since it was queued; one that is `sending` may have been. `trouble`
repeats the state of those that did not arrive, so that they are found among many.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pymongo.database import Database
from wsis_shared import clock, keyset
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import after_commit, chunks
from wsis_shared.outbox import EventfulRepository

from wsis_notifications import errors
from wsis_notifications.domain import rules
from wsis_notifications.store.notices import Notices
from wsis_notifications.store.parcels import SIZE, Parcels

Recipient = tuple[Mapping[str, Any], str | None]  # a notice, and the account that it is for


class Store(EventfulRepository):
    """The ledger."""

    source = "notifications"

    def __init__(self, db: Database[dict[str, Any]]) -> None:
        super().__init__(db)
        self.notices, self.parcels = Notices(db), Parcels(db)

    @property
    def deliveries(self) -> Any:
        """The collection, joined to the open transaction."""
        return self.collection("deliveries")

    # -- onto the ledger -----------------------------------------------------------------------------------------

    def queue(self, recipients: Sequence[Recipient]) -> list[dict[str, Any]]:
        """Put one delivery for each recipient on the ledger unless it is there; returns the new ones. Call it inside a
        transaction: who loses a race runs again and sees."""
        now = clock.now()
        new: list[dict[str, Any]] = []
        for lane in dict.fromkeys(notice["lane"] for notice, _ in recipients):
            for part in chunks((recipient for recipient in recipients if recipient[0]["lane"] == lane), SIZE):
                parcel = uuid.uuid4().hex
                rows = [_row(notice, account, parcel, now) for notice, account in part]
                known = self.deliveries.distinct("_id", {"_id": {"$in": [row["_id"] for row in rows]}})
                rows = [row for row in rows if row["_id"] not in known]
                if rows:
                    self.deliveries.insert_many(rows)
                    self.parcels.add(parcel, lane, len(rows), now)
                new += rows
        return new

    # -- the senders' side ---------------------------------------------------------------------------------------

    def open(self, parcels: Sequence[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Of parcels just taken: what is to be sent now, and what a former holder, dead or cut off, left `sending`."""
        now = clock.now()
        found = [
            row
            for part in chunks(parcels)
            for row in self.deliveries.find({"parcel": {"$in": part}, "state": {"$in": ["queued", "sending"]}})
        ]
        ready = [row for row in found if row["state"] == "queued" and row["due"] <= now]
        return ready, [row for row in found if row["state"] == "sending"]

    def write_progress(self, claim: str, sent: Sequence[tuple[str, datetime]], begun: Sequence[str]) -> set[str]:
        """What senders did and begin to do. Returns those of `begun` that are ours to send.

        A mail that was sent while its outcome was given up as unknown is sent all the same: the late truth wins.
        """
        for part in chunks(sent):
            mine = {"_id": {"$in": [id_ for id_, _ in part]}, "claim": claim}
            change = {"$set": {"state": "sent", "sent_at": part[-1][1], "reason": None}}
            if self.deliveries.update_many({**mine, "state": "sending"}, change).modified_count < len(part):
                self.deliveries.update_many({**mine, "state": "unknown"}, {**change, "$unset": {"trouble": 1}})
        ours: set[str] = set()
        for chunk in chunks(begun):
            done = self.deliveries.update_many(
                {"_id": {"$in": chunk}, "state": "queued"},
                {"$set": {"state": "sending", "claim": claim}, "$inc": {"attempts": 1}},
            )
            if done.modified_count == len(chunk):
                ours.update(chunk)
            else:
                mine = {"_id": {"$in": chunk}, "state": "sending", "claim": claim}
                ours.update(self.deliveries.distinct("_id", mine))
        return ours

    def settle(self, row: Mapping[str, Any], now: rules.Settlement, *happened: PendingEvent) -> None:
        """Write what becomes of a delivery that was not sent, unless it is no longer in the state of `row`."""
        change: dict[str, Any] = {"state": now.state, "reason": now.reason, "attempts": row["attempts"]}
        if now.state in rules.RETRIABLE:
            change["trouble"] = now.state
        if now.state == "queued":
            change["due"] = clock.now() + timedelta(seconds=now.pause)
        same = {"_id": row["_id"], "claim": row["claim"], "state": row["state"]}
        self.deliveries.update_one(same, self.with_events({"$set": change}, row["attempts"], *happened))

    def close(self, claim: str, parcels: Sequence[str], pause: float, lease: float) -> None:
        """The turn is over: give back what has mails left, not before `pause` seconds; delete the rest."""
        now = clock.now()
        again: dict[str, datetime] = {}
        for part in chunks(parcels):
            left = {"parcel": {"$in": part}, "state": {"$in": ["queued", "sending"]}}
            for row in self.deliveries.find(left, {"parcel": 1, "due": 1, "state": 1}):
                # One that is still `sending` here could not be settled: whoever takes it after the lease does that.
                due = row["due"] if row["state"] == "queued" else now + timedelta(seconds=lease)
                due = max(due, now + timedelta(seconds=pause))
                again[row["parcel"]] = min(due, again.get(row["parcel"], due))
        self.parcels.close(claim, parcels, again)

    def on_its_way(self, delivery: str) -> dict[str, Any] | None:
        """The delivery, if a mail of it may have left. One that is queued again waits: a bounce is of another mail."""
        found: dict[str, Any] | None = self.deliveries.find_one(
            {"_id": delivery, "state": {"$in": ["sending", "sent", "unknown"]}}
        )
        return found

    def bounce(self, row: Mapping[str, Any], kind: str, reason: str, *happened: PendingEvent) -> None:
        """Its mail came back, perhaps before the dialogue was noted. Call it inside a transaction with `on_its_way`."""
        change = {"$set": {"state": "bounced", "trouble": "bounced", "bounce": kind, "reason": reason}}
        same = {"_id": row["_id"], "state": row["state"]}
        self.deliveries.update_one(same, self.with_events(change, row["attempts"], *happened))

    def forget(self, account: str) -> None:
        """An account is erased: what is still queued for it is skipped."""
        self.deliveries.update_many(
            {"account": account, "state": "queued"},
            {"$set": {"state": "skipped", "trouble": "skipped", "reason": "no contact"}},
        )

    # -- the operators' side -------------------------------------------------------------------------------------

    def read(self, delivery: str) -> dict[str, Any]:
        """One delivery. Raises NotFound."""
        row: dict[str, Any] | None = self.deliveries.find_one({"_id": delivery})
        if row is None:
            raise errors.delivery_unknown(delivery)
        return row

    def again(self, row: Mapping[str, Any], occurrence: PendingEvent, wake: Callable[[], None]) -> None:
        """Put one that did not arrive back into its lane, and wake that. Call it inside a transaction."""
        parcel, now = uuid.uuid4().hex, clock.now()
        change = {"state": "queued", "attempts": 0, "parcel": parcel, "due": now, "reason": None}
        update = {"$set": change, "$unset": {"trouble": 1, "bounce": 1}}
        self.deliveries.update_one(
            {"_id": row["_id"], "state": row["state"]}, self.with_events(update, row["attempts"], occurrence)
        )
        self.parcels.add(parcel, row["lane"], 1, now)
        after_commit(wake)

    def page(self, limit: int, after: str | None, **filters: str | None) -> dict[str, Any]:
        """Newest first; `filters` are equalities, None does not narrow."""
        query: dict[str, Any] = {name: value for name, value in filters.items() if value is not None}
        start: datetime | None = clock.now()
        if query.get("state") in rules.RETRIABLE:
            # Few, and in an index of their own.
            query, start = {"trouble": query["state"], **query}, None
        page = keyset.find_page(self.deliveries, query, ("-at", "-_id"), after, limit, start=start)
        return page.response(lambda row: {**row, "id": row["_id"], "at": clock.iso(row["at"])})

    def figures(self) -> dict[str, Any]:
        """Counts by template and state, and by lane; the age of the oldest queued mail in seconds."""
        by = {"template": "$template", "lane": "$lane", "state": "$state"}
        lanes: dict[str, dict[str, Any]] = {
            lane: {"lane": lane, **dict.fromkeys(rules.STATES, 0), "oldest_queued_seconds": self.parcels.oldest(lane)}
            for lane in rules.LANES
        }
        templates: dict[tuple[str, str], int] = {}
        for item in self.deliveries.aggregate([{"$group": {"_id": by, "count": {"$sum": 1}}}]):
            key, count = item["_id"], item["count"]
            lanes[key["lane"]][key["state"]] += count
            templates[key["template"], key["state"]] = templates.get((key["template"], key["state"]), 0) + count
        return {
            "lanes": list(lanes.values()),
            "templates": [
                {"template": template, "state": state, "count": count}
                for (template, state), count in sorted(templates.items())
            ],
            "expanding": self.notices.unfinished(),
        }


def _row(notice: Mapping[str, Any], account: str | None, parcel: str, now: datetime) -> dict[str, Any]:
    return {
        "_id": rules.delivery_id(notice["event"], notice["template"], account), "event": notice["event"],
        "template": notice["template"], "notice": notice["_id"], "account": account, "lane": notice["lane"],
        "repeatable": notice["repeatable"], "parcel": parcel, "state": "queued", "reason": None, "attempts": 0,
        "claim": None, "at": now, "due": now, "sent_at": None,
    }  # fmt: skip
