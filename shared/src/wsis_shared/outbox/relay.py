"""The relay: publishes the events of a service's outbox, and deletes those that the broker has confirmed.

One process of a service does it at a time (lease). Events of a subject go out in the order of their commits. An event
that is sent and not confirmed yet is not sent again while its connection lasts: however slow the broker is, it gets no
duplicates. One that is refused or never confirmed holds up its subject alone. Nothing but a stop ends the relay.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypedDict

from wsis_shared import clock, process_registry
from wsis_shared.amqp.messages import Message, event_message
from wsis_shared.collection import Collection
from wsis_shared.errors import SuiteError
from wsis_shared.lease import Lease, LeaseRow
from wsis_shared.metrics import OUTBOX, OUTBOX_AGE, OUTBOX_SET_ASIDE, RELAY
from wsis_shared.mongo import is_transient
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox.aside import ASIDE
from wsis_shared.outbox.embedded import EmbeddedEvents
from wsis_shared.outbox.repository import COLLECTION, WAKEUP, StoredEvent
from wsis_shared.outbox.rules import (
    CONFIRM_SECONDS,
    HELD_SECONDS,
    LARGEST,
    Prepared,
    is_aside,
    next_size,
    round_of,
)

_log = logging.getLogger(__name__)

LEASE = "relay"
# Looks without a wake, each while nothing is found: a message that wakes may be lost.
SWEEP_SECONDS = (0.5, 1.0, 2.0, 5.0)
# Seconds between the starts of two turns: at a high rate one round publishes the events of several commits.
MIN_INTERVAL = 0.1
TURN_SECONDS = 5.0  # after which a turn ends, whatever still waits: it is measured then
AFTER_ERROR_SECONDS = 1.0
COUNTED = 10_000  # of more events that wait we only say so many
_NOT_ASIDE = {"set_aside": {"$exists": False}}


class Waiting(TypedDict):
    """How many events wait, without those set aside, and the age of the oldest in seconds."""

    waiting: int
    oldest_seconds: float


EMPTY: Waiting = {"waiting": 0, "oldest_seconds": 0.0}


class Confirm(Protocol):
    """What becomes of a message that was sent; `wsis_shared.amqp.future.Future` is one."""

    error: SuiteError | None
    refused: bool

    def is_resolved(self, seconds: float) -> bool:
        """Is it confirmed, refused or lost, `seconds` from now at the latest?"""


Send = Callable[[Sequence[Message]], Sequence[Confirm]]


class Relay:
    """`send` publishes messages in their order over one connection, and returns the confirm of each. `wake_others`
    calls `wake` in the other processes of the service."""

    def __init__(
        self,
        source: str,
        db: Database,
        send: Send,
        wake_others: Callable[[], None] = lambda: None,
        confirm_seconds: float = CONFIRM_SECONDS,
        held_seconds: float = HELD_SECONDS,
    ) -> None:
        self.source, self.db, self.send, self.wake_others = source, db, send, wake_others
        self.confirm_seconds, self.held_seconds, self.turn_seconds = confirm_seconds, held_seconds, TURN_SECONDS
        # Else an election could take back the change of an event that is sent.
        self._rows = Collection(db[COLLECTION], StoredEvent).of_majority()
        self.lease = Lease(Collection(db["leases"], LeaseRow), LEASE, seconds=15)
        self._embedded = EmbeddedEvents(db)
        self._size = LARGEST
        self._open: dict[str, tuple[str, Confirm]] = {}  # sent: id -> subject, confirm
        self._held: set[str] = set()  # subjects with an event that was not taken: they wait until `_release_at`
        self._release_at = 0.0
        self._refused: set[str] = set()  # ids that the broker rejected and has not confirmed since
        self._goes_on = False  # did the last turn end with work left?
        self._aside: list[str] | None = None  # subjects of what is set aside; None: not read yet
        self._empty = False  # has the last round left nothing?
        self._forget_measures()  # it has not the lease yet

    def run(self, stopping: Callable[[], bool]) -> None:
        """Publish until `stopping`: after each commit of the service, or when a sweep finds events."""
        next_at, pause, idle = 0.0, 0.0, 0
        while not stopping():
            idle = 0 if WAKEUP.event.wait(pause) else idle + 1
            time.sleep(max(0.0, next_at - time.monotonic()))
            WAKEUP.event.clear()
            committed, WAKEUP.committed = WAKEUP.committed, False
            next_at = time.monotonic() + MIN_INTERVAL
            try:
                if self.turn(stopping):
                    idle = idle if self._empty else 0
                    pause = 0.0 if self._goes_on else SWEEP_SECONDS[min(idle, len(SWEEP_SECONDS) - 1)]
                else:
                    pause = self.lease.free_in
                    if committed:
                        self.wake_others()
            except Exception as error:  # noqa: BLE001 -- logged; events wait for the next turn
                expected = is_transient(error)
                _log.log(
                    logging.WARNING if expected else logging.ERROR,
                    "outbox relay retries",
                    extra={"error": type(error).__name__},
                    exc_info=None if expected else error,
                )
                self._forget_measures()
                WAKEUP.committed = WAKEUP.committed or committed
                next_at = time.monotonic() + AFTER_ERROR_SECONDS
        self._resign()
        try:
            self.lease.release()
            self.wake_others()
        except Exception as error:  # noqa: BLE001 -- logged; others take the lease when it ends
            _log.warning("lease of the relay not released", extra={"error": type(error).__name__})

    def wake(self) -> None:
        """Publish now, or look whether to stop."""
        WAKEUP.wake()

    def turn(self, stopping: Callable[[], bool] = lambda: False) -> bool:
        """Publish what waits, for `turn_seconds`, where this process has the lease; returns whether it has."""
        if not self.lease.hold():
            return self._resign()
        self._embedded.move_when_due()
        self._release()
        until = time.monotonic() + self.turn_seconds
        while (goes_on := self.publish_round()) and time.monotonic() < until and not stopping():
            if not self.lease.hold():
                return self._resign()
        self._goes_on = goes_on
        self._measure()
        return True

    def _release(self) -> None:
        """Try the held subjects again. Many are tried only after all that waits behind them: a relay that begins with
        them again and again would never come to the others."""
        if time.monotonic() >= self._release_at and not (self._goes_on and len(self._held) >= self._size):
            self._held.clear()

    def _hold(self, subject: str) -> None:
        if not self._held:
            self._release_at = time.monotonic() + self.held_seconds
        self._held.add(subject)

    def publish_round(self) -> bool:
        """Publish one round; returns True when there may be more."""
        if self._aside is None or self._aside:
            self._aside = [row["event"]["subject"] for row in self._rows.find(ASIDE, {"event.subject": 1})]
        limit, former = self._size, set(self._open)
        passed = {*self._aside, *self._held, *(subject for subject, _ in self._open.values())}
        query = {"event.subject": {"$nin": list(passed)}} if passed else {}
        rows = list(self._rows.find(query).sort("at", 1).limit(limit))
        # While something is refused, a later event of a subject could pass an earlier one: then one by one.
        sendable, unsendable = round_of([self._prepared(row) for row in rows], one_each=bool(self._refused))
        if unsendable:
            self._note_tries(unsendable, {row["_id"]: row.get("tries", 0) + 1 for row in rows})
        began = time.monotonic()
        messages = [event.message for event in sendable if event.message is not None]
        confirms = self.send(messages) if messages else ()
        self._open.update(
            (event.id, (event.subject, confirm)) for event, confirm in zip(sendable, confirms, strict=True)
        )
        confirmed, refused = self._settle([event.id for event in sendable], began)
        more = len(rows) >= limit or len(sendable) < len(rows) or not former <= self._open.keys()
        self._empty = confirmed.issuperset(row["_id"] for row in rows) and not (more or self._aside or passed)
        return more and bool(confirmed or refused or unsendable)

    def _prepared(self, row: StoredEvent) -> Prepared:
        event, message, error = row["event"], None, ""
        try:
            message = event_message(self.source, event)
        except Exception as raised:  # noqa: BLE001 -- whatever it is: this one cannot be sent, others can
            error = type(raised).__name__
        return Prepared(row["_id"], event["subject"], message, error)

    def _note_tries(self, unsendable: Iterable[Prepared], tries: dict[str, int]) -> None:
        for event in unsendable:
            self._hold(event.subject)
            aside = {"set_aside": event.error} if is_aside(tries[event.id]) else {}
            self._rows.update_one({"_id": event.id}, {"$set": {"tries": tries[event.id], **aside}})
            if aside:
                self._aside = None
                _log.error("event set aside: it cannot be sent", extra={"document": event.id, "error": event.error})

    def _settle(self, sent: Sequence[str], began: float) -> tuple[set[str], set[str]]:
        """Wait for the answers to what was sent in this round, and delete what is confirmed, also of former rounds;
        returns (ids confirmed, ids refused). After any other error the broker may have the event: it is sent again."""
        for id in sent:
            self._open[id][1].is_resolved(began + self.confirm_seconds - time.monotonic())
        resolved = {id: confirm for id, (_, confirm) in self._open.items() if confirm.is_resolved(0)}
        confirmed = {id for id, confirm in resolved.items() if confirm.error is None}
        refused = {id for id, confirm in resolved.items() if confirm.refused}
        if confirmed:
            self._delete(list(confirmed))
        for id, confirm in resolved.items():
            subject, _ = self._open.pop(id)
            if confirm.error is not None and (confirmed or refused):  # else the connection is lost: all of them wait
                self._hold(subject)
        self._refused = (self._refused - confirmed) | refused
        if sent:
            outcomes = [id in resolved for id in sent]
            self._size = next_size(self._size, outcomes, time.monotonic() - began)
        return confirmed, refused

    def _delete(self, confirmed: list[str]) -> None:
        self._rows.delete_many({"_id": {"$in": confirmed}})

    def _resign(self) -> bool:
        self._open.clear()
        self._held.clear()
        self._refused.clear()
        self._aside, self._goes_on = None, False
        self._forget_measures()
        return False

    def _forget_measures(self) -> None:
        RELAY.labels(self.source).set(0)
        for gauge in (OUTBOX, OUTBOX_AGE, OUTBOX_SET_ASIDE):
            gauge.remove(self.source)

    def _measure(self) -> None:
        found = EMPTY if self._empty else self.stats()
        RELAY.labels(self.source).set(1)
        OUTBOX.labels(self.source).set(found["waiting"])
        OUTBOX_AGE.labels(self.source).set(found["oldest_seconds"])
        OUTBOX_SET_ASIDE.labels(self.source).set(len(self._aside or ()))

    def stats(self) -> Waiting:
        """What waits in the store."""
        first = self._rows.find_one(_NOT_ASIDE, {"at": 1, "event.time": 1}, sort=[("at", 1)])
        if first is None:
            return EMPTY
        since = first["at"].as_datetime() if first["at"].time else clock.parse(first["event"]["time"])
        age = (process_registry.store_time(self.db) - since).total_seconds()
        waiting = self._rows.count_documents(_NOT_ASIDE, limit=COUNTED)
        return {"waiting": waiting, "oldest_seconds": round(max(age, 0.0), 1)}
