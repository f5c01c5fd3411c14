"""Deliveries: one document per event, template and person.

    queued -> sending -> sent | failed | bounced | unknown | skipped

`batch` is what it is worked on with, `due` when it may be tried (again), `claim` the one that began it. A queued
delivery has not been attempted since it was queued; one that is `sending` may have been. `failure_state`
repeats the state of those that did not arrive, so that they are found among many. An `undated` one is stored under its
day, so that neither its time nor its place among others tells more, and is not found by its account.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from wsis_shared import clock, keys, keyset
from wsis_shared.collection import Collection
from wsis_shared.collection_specs import CollectionSpec, expires, index, present
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import JsonObject
from wsis_shared.mongo import after_commit, chunks, in_transaction, known
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox import EventfulRepository

from wsis_notifications.mails.rules import deliveries as rules
from wsis_notifications.mails.rules.deliveries import Delivery
from wsis_notifications.mails.store.delivery_batches import SIZE, DeliveryBatches
from wsis_notifications.mails.store.notices import Notices, StoredNotification
from wsis_notifications.mails.store.progress import Begun, write_progress

# An edition from its first call to its report. A repeat of an older event is no longer noticed.
KEPT = 400 * clock.DAY

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec(
        "deliveries",
        indexes=(
            index("batch", "batch"),
            expires("at", KEPT),
            index("newest", "-at", "-_id"),
            index("newest_of_event", "event", "-at", "-_id"),
            index("newest_of_account", "account", "-at", "-_id"),
            # Only what did not arrive is in it: a mail on its ordinary way changes no index.
            present("newest_of_failures", "failure_state", "-at", "-_id"),
        ),
        few={
            "batch": "up to 100 in a batch, of which some have an outcome already",
            "newest": "mails that wait are the newest; while none does, who asks for them reads all",
        },
    ),
    CollectionSpec("delivery_batches", indexes=(index("due", "priority", "due"), index("oldest", "priority", "at"))),
    CollectionSpec("notices", indexes=(index("due", "state", "due"), expires("at", KEPT))),
)

NamedRecipient = tuple[StoredNotification, str | None]  # a notice, and the account that it is for


class DeliveryRepository(EventfulRepository):
    """Deliveries, their batches and their notices."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.notices, self.batches = Notices(db), DeliveryBatches(db)

    @property
    def deliveries(self) -> Collection[Delivery]:
        """The collection, joined to the open transaction."""
        return self.collection("deliveries", Delivery)

    # -- new deliveries ------------------------------------------------------------------------------------------

    def queue(self, recipients: Sequence[NamedRecipient]) -> list[Delivery]:
        """Store one delivery for each recipient unless it is there; returns the new ones. Call it inside a transaction:
        who loses a race runs again and sees."""
        now = clock.now()
        new: list[Delivery] = []
        for priority in dict.fromkeys(notice["priority"] for notice, _ in recipients):
            for part in chunks((recipient for recipient in recipients if recipient[0]["priority"] == priority), SIZE):
                batch = uuid.uuid4().hex
                rows = [_row(notice, account, batch, now) for notice, account in part]
                there = known(self.deliveries, (row["_id"] for row in rows))
                rows = [row for row in rows if row["_id"] not in there]
                if rows:
                    self.deliveries.insert_many(rows)
                    self.batches.add(batch, priority, len(rows), now)
                new += rows
        return new

    # -- the senders' side ---------------------------------------------------------------------------------------

    def open(self, batches: Sequence[str]) -> tuple[list[Delivery], list[Delivery]]:
        """Of batches just taken: what is to be sent now, and what a former holder, dead or cut off, left `sending`."""
        now = clock.now()
        found = list(self.deliveries.find(_to_do(batches)))
        ready = [row for row in found if row["state"] == "queued" and row["due"] <= now]
        return ready, [row for row in found if row["state"] == "sending"]

    def write_progress(self, sent: Sequence[tuple[Begun, datetime]], begun: Sequence[Begun]) -> set[Begun]:
        """What senders did and begin to do. Returns those of `begun` that are ours to send."""
        finish = {"sent_at": sent[-1][1]} if sent else {}
        return write_progress(self.deliveries, [row for row, _ in sent], finish, begun, {})

    def record_outcome(self, row: Delivery, now: rules.Settlement, *events: PendingEvent) -> None:
        """Write what becomes of a delivery that was not sent, unless it is no longer in the state of `row`."""
        change: dict[str, object] = {"state": now.state, "reason": now.reason, "attempts": row["attempts"]}
        if now.state in rules.RETRIABLE:
            change["failure_state"] = now.state
        if now.state == "queued":
            change["due"] = clock.now() + timedelta(seconds=now.pause)
        self._change({"_id": row["_id"], "claim": row["claim"], "state": row["state"]}, {"$set": change}, row, *events)

    def _change(
        self, same: Mapping[str, object], update: Mapping[str, object], row: Delivery, *events: PendingEvent
    ) -> None:
        """Update a delivery that is still the same, with its events."""

        def work() -> None:
            if self.deliveries.update_one(same, update).matched_count:
                self.store_events(row["attempts"], *events)

        in_transaction(work) if events else work()

    def close(self, claim: str, batches: Sequence[str], pause: float, lease: float) -> None:
        """Give back what has mails left, not before `pause` seconds; delete the rest."""
        now = clock.now()
        again: dict[str, datetime] = {}
        for row in self.deliveries.find(_to_do(batches), {"batch": 1, "due": 1, "state": 1}):
            # One that is still `sending` here could not be recorded: whoever takes it after the lease does that.
            due = row["due"] if row["state"] == "queued" else now + timedelta(seconds=lease)
            due = max(due, now + timedelta(seconds=pause))
            again[row["batch"]] = min(due, again.get(row["batch"], due))
        self.batches.close(claim, batches, again)

    def on_its_way(self, delivery: str) -> Delivery | None:
        """The delivery, if a mail of it may have left. One that is queued again waits: a bounce is of another mail."""
        return self.deliveries.find_one({"_id": delivery, "state": {"$in": ["sending", "sent", "unknown"]}})

    def bounce(self, row: Delivery, kind: str, reason: str, *events: PendingEvent) -> None:
        """Its mail came back, perhaps before the dialogue was noted. Call it inside a transaction with `on_its_way`."""
        change = {"$set": {"state": "bounced", "failure_state": "bounced", "bounce": kind, "reason": reason}}
        self._change({"_id": row["_id"], "state": row["state"]}, change, row, *events)

    def unknown(self, since: datetime) -> list[str]:
        """The ids of those of unknown outcome that the log of the relay is to be searched for."""
        query = {"failure_state": "unknown", "state": "unknown", "at": {"$gte": since}, **rules.TO_SEARCH}
        return [row["_id"] for row in self.deliveries.find(query, {"_id": 1}).limit(rules.MAX_SEARCHED)]

    def count_search(self, ids: Sequence[str]) -> None:
        """The log was searched for them."""
        self.deliveries.update_many({"_id": {"$in": ids}, "state": "unknown"}, {"$inc": {"searches": 1}})

    def accept(self, row: Delivery) -> None:
        """The relay has its mail after all, as its log says. Call it inside a transaction with `on_its_way`."""
        sent = {"$set": {"state": "sent", "reason": None, "sent_at": clock.now()}, "$unset": {"failure_state": 1}}
        self._change({"_id": row["_id"], "state": row["state"]}, sent, row)

    def skip_queued(
        self, account: str, reason: str, templates: Sequence[str] | None = None, until: datetime | None = None
    ) -> None:
        """What is still queued for an account, of these templates or of all, and until then or now, is not sent."""
        queued: dict[str, object] = {
            "account": account,
            "state": "queued",
            **({"at": {"$lte": until}} if until else {}),
        }
        if templates is not None:
            queued["template"] = {"$in": list(templates)}
        change = {"state": "skipped", "failure_state": "skipped", "reason": reason}
        self.deliveries.update_many(queued, {"$set": change})

    # -- the operators' side -------------------------------------------------------------------------------------

    def read(self, delivery: str) -> Delivery:
        """One delivery. Raises NotFound."""
        row = self.deliveries.find_one({"_id": delivery})
        if row is None:
            raise NotFound("notifications.delivery_unknown", delivery=delivery)
        return row

    def requeue(self, row: Delivery, occurrence: PendingEvent, wake: Callable[[], None]) -> None:
        """Put one that did not arrive back into its priority, and wake that. Call it inside a transaction."""
        batch, now = uuid.uuid4().hex, clock.now()
        # The log of the relay may have its former mail, under the same Message-ID: it settles nothing any more.
        change = {
            "state": "queued",
            "attempts": 0,
            "batch": batch,
            "due": now,
            "reason": None,
            "searches": rules.SEARCHES,
        }
        update = {"$set": change, "$unset": {"failure_state": 1, "bounce": 1}}
        self._change({"_id": row["_id"], "state": row["state"]}, update, row, occurrence)
        self.batches.add(batch, row["priority"], 1, now)
        after_commit(wake)

    def page(self, limit: int, after: str | None, **filters: str | None) -> keyset.Page[Delivery]:
        """Newest first; `filters` are equalities, None does not narrow."""
        query: dict[str, object] = {name: value for name, value in filters.items() if value is not None}
        if "account" in query:
            query["undated"] = {"$ne": True}
        if query.get("state") in rules.RETRIABLE:
            # Few, and in an index of their own.
            query = {"failure_state": query["state"], **query}
        return keyset.find_page(self.deliveries, query, ("-at", "-_id"), after, limit)

    def figures(self) -> JsonObject:
        """Counts by template and state, and by priority; the age of the oldest queued mail in seconds."""
        by = {"template": "$template", "priority": "$priority", "state": "$state"}
        priorities: dict[str, dict[str, Any]] = {
            priority: {
                "priority": priority,
                **dict.fromkeys(rules.STATES, 0),
                "oldest_queued_seconds": self.batches.oldest(priority),
            }
            for priority in rules.PRIORITIES
        }
        templates: dict[tuple[str, str], int] = {}
        for item in self.deliveries.aggregate([{"$group": {"_id": by, "count": {"$sum": 1}}}]):
            key, count = item["_id"], item["count"]
            priorities[key["priority"]][key["state"]] += count
            templates[key["template"], key["state"]] = templates.get((key["template"], key["state"]), 0) + count
        return {
            "priorities": list(priorities.values()),
            "templates": [
                {"template": template, "state": state, "count": count}
                for (template, state), count in sorted(templates.items())
            ],
            "expanding": self.notices.unfinished(),
        }


def _to_do(batches: Sequence[str]) -> dict[str, object]:
    return {"batch": {"$in": list(batches)}, "state": {"$in": ["queued", "sending"]}}


def _id(notice: StoredNotification, account: str | None) -> str:
    """That of an undated one has a key: whoever sees it, with its event, would find the account by trying all."""
    id = rules.delivery_id(notice["event"], notice["template"], account)
    return keys.digest("undated delivery", id)[: len(id)] if notice.get("undated") else id


def _row(notice: StoredNotification, account: str | None, batch: str, now: datetime) -> Delivery:
    undated = bool(notice.get("undated"))
    return {
        "_id": _id(notice, account),
        "event": notice["event"],
        "template": notice["template"],
        "notice": notice["_id"],
        "account": account,
        "priority": notice["priority"],
        "repeatable": notice["repeatable"],
        "batch": batch,
        "state": "queued",
        "reason": None,
        "attempts": 0,
        "claim": None,
        "at": clock.to_day(now) if undated else now,
        "due": now,
        "sent_at": None,
        "undated": undated,
    }
