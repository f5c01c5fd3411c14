"""Fills the queues of agencies from the event log: their lanes, those of replays too, and tests."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from wsis_shared import clock
from wsis_shared.bus import Loop
from wsis_shared.mongo_connection import Database
from wsis_shared.operations import worker
from wsis_shared.parts import Parts

from wsis_agencies.deliveries.rules.attempts import Attempt
from wsis_agencies.deliveries.rules.lane import Changes, Cursor, resumed
from wsis_agencies.deliveries.store.attempts import Attempts, new_attempt
from wsis_agencies.deliveries.store.lanes import Held, Lanes, cursor_of
from wsis_agencies.event_log.rules.filters import matches
from wsis_agencies.event_log.rules.log import LogRow, numbered
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.event_subscriptions.changes import SubscriptionChanges
from wsis_agencies.event_subscriptions.management import own_uris
from wsis_agencies.event_subscriptions.messages import test_event
from wsis_agencies.event_subscriptions.rules.subscriptions import Subscription, queue_name
from wsis_agencies.event_subscriptions.store.subscriptions import EventSubscriptions
from wsis_agencies.queues.publisher import Message, Publisher
from wsis_agencies.queues.rules import from_oldest, is_abandoned, progress
from wsis_agencies.settings import Settings

# Numbers of the log that one round looks through for a lane. Twice as many may be in a queue beyond its length: those
# of its lane and those of its replay.
BATCH = 200
SILENT = "silent"  # why it is disabled, as a webhook is
POLL_SECONDS, SLOW_POLL_SECONDS = 0.1, 2.0  # of the log, and of the subscriptions


class Filling(NamedTuple):
    """A lane with what goes into its queue now: `rows`, of the numbers up to `end`."""

    lane: str
    subscription: Subscription
    cursor: Cursor
    rows: Sequence[LogRow] = ()
    end: int = 0


class Queues:
    """One per process."""

    def __init__(self, db: Database, batch: int = BATCH) -> None:
        self._settings, self._batch = Settings.current(), batch
        self._log, self._lanes, self._subscriptions = EventLog(db), Lanes(db), EventSubscriptions(db)
        self._changes = SubscriptionChanges(self._subscriptions, Attempts(db))

    @worker(singleton=True)
    def fill_queues(self, loop: Loop) -> None:
        """Fill the queues until the loop ends. Raises Unavailable where the broker goes away."""
        while loop.running:
            if not (self._settings.agencies_management_uri and self._active()):
                loop.wait(SLOW_POLL_SECONDS)
                continue
            with Publisher(";".join(own_uris(self._settings))) as publisher:
                while loop.running and (active := self._active()):
                    self._send_tests(active, publisher)
                    if not self._fill(active, publisher, loop.lease.token if loop.lease else 0):
                        loop.wait(POLL_SECONDS)

    def _active(self) -> dict[str, Subscription]:
        return {one["_id"]: one for one in self._subscriptions.of_channel("queue", ("active",))}

    def _fill(self, active: dict[str, Subscription], publisher: Publisher, token: int) -> bool:
        """One round over all queues; returns whether there may be more."""
        now = clock.seconds()
        fillings = self._read(self._behind(active, now))
        if not fillings:
            return False
        messages = [message for filling in fillings for message in _messages(filling)]
        began = time.monotonic()
        errors = iter(publisher.publish(messages))
        seconds = time.monotonic() - began
        held, attempts = [], list[Attempt]()
        for filling in fillings:
            found = [next(errors) for _ in filling.rows]
            sent = [row["seq"] for row in filling.rows]
            after = progress(filling.cursor, filling.end, sent, [error is None for error in found], now)
            held.append(Held(filling.lane, filling.subscription["_id"], token, Changes(after, (), ())))
            attempts += _attempts(filling, found, seconds)
        lost = self._lanes.flush(held, attempts)
        for one in held:
            if one.lane not in lost and is_abandoned(one.changes.cursor, now):
                subscription = active[one.subscription]
                self._changes.disable(subscription, queue_name(subscription), SILENT)
        return True

    def _behind(self, active: dict[str, Subscription], now: float) -> Iterator[Filling]:
        """The lanes that something may go into now, from the oldest event that is kept; replays that are done end."""
        first, last = self._log.bounds()
        for row in self._lanes.all_of(active):
            subscription, cursor = active[row["subscription"]], cursor_of(row)
            if (at := subscription.get("resumed_at")) is not None:
                cursor, _ = resumed(cursor, (), at.timestamp())
            cursor = from_oldest(cursor, first)
            if cursor.until is not None and cursor.position >= cursor.until:
                self._lanes.remove(row["_id"])
            elif cursor.position < last and cursor.rest_until <= now:
                yield Filling(row["_id"], subscription, cursor)

    def _read(self, behind: Iterator[Filling]) -> list[Filling]:
        """With what they get. Most lanes begin at the same place, and share a page of the log."""
        pages: dict[int, list[LogRow]] = {}
        found = []
        for lane in behind:
            start, until = lane.cursor.position, lane.cursor.until
            if start not in pages:
                pages[start] = self._log.page(start, self._batch)
            page = [row for row in pages[start] if until is None or row["seq"] <= until]
            rows = [row for row in page if matches(row, lane.subscription["filters"])]
            found.append(lane._replace(rows=rows, end=page[-1]["seq"] if page else start))
        return found

    def _send_tests(self, active: dict[str, Subscription], publisher: Publisher) -> None:
        for subscription in active.values():
            if (test := subscription.get("test")) is None:
                continue
            event = test_event(subscription, test)
            began = time.monotonic()
            [error] = publisher.publish([Message(queue_name(subscription), event)])
            seconds = time.monotonic() - began
            attempt = new_attempt(subscription["_id"], kind="test", seconds=seconds, error=error, event=test["id"])
            self._changes.tested(subscription, attempt)


def _messages(filling: Filling) -> Iterator[Message]:
    """The events for a queue, each with the number of the one before it."""
    name, previous = queue_name(filling.subscription), filling.cursor.matched
    for row in filling.rows:
        yield Message(name, numbered(row, previous))
        previous = row["seq"]


def _attempts(filling: Filling, errors: Sequence[str | None], seconds: float) -> Iterator[Attempt]:
    """What is kept of a round: one row for the events up to the first one that the queue did not take, and one for that
    where the queue took all before: a full one is tried every few seconds."""
    taken = next((number for number, error in enumerate(errors) if error is not None), len(errors))
    if taken:
        yield {**_attempt(filling, taken - 1, None, seconds), "count": taken}
    if taken < len(errors) and not filling.cursor.failures:
        yield _attempt(filling, taken, errors[taken], seconds)


def _attempt(filling: Filling, number: int, error: str | None, seconds: float) -> Attempt:
    row, subscription = filling.rows[number], filling.subscription["_id"]
    return new_attempt(subscription, kind="event", seconds=seconds, error=error, event=row["_id"], sequence=row["seq"])


def compose(parts: Parts) -> Queues:
    """The use cases with their collaborators; called once per process."""
    return Queues(parts.db)
