"""Delivers one lane: reads ahead, sends what is due, and records what came back. All state is the lane's."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress

from prometheus_client import Counter, Histogram
from wsis_shared import clock
from wsis_shared.errors import Unavailable
from wsis_shared.lease import Lease

from wsis_agencies.deliveries.rules.attempts import Attempt
from wsis_agencies.deliveries.rules.lane import Delivery, Lane, Verdict
from wsis_agencies.deliveries.rules.policy import Outcome, outcome_of
from wsis_agencies.deliveries.store.attempts import new_attempt
from wsis_agencies.event_log.rules.filters import matches
from wsis_agencies.event_log.rules.log import LogRow, numbered
from wsis_agencies.event_subscriptions.rules.subscriptions import Subscription
from wsis_agencies.webhooks.client import Reply
from wsis_agencies.webhooks.sending import Sender
from wsis_agencies.webhooks.tail import Tail

STORE_PAUSE = 1.0  # seconds, while the store is away

ATTEMPTS = Counter("wsis_webhook_attempts_total", "Attempts to deliver an event, by what came of them", ["outcome"])
DELAY = Histogram("wsis_webhook_delay_seconds", "From an event's place in the log to a receiver's reply")
_log = logging.getLogger(__name__)


class LaneWorker:
    """`record` takes each attempt; `may_send` says whether attempts can be recorded now. `verdict` is set when the
    receiver is to be disabled."""

    def __init__(
        self,
        subscription: Subscription,
        name: str,
        lane: Lane,
        lease: Lease,
        *,
        tail: Tail,
        sender: Sender,
        speedup: float,
        record: Callable[[Attempt], None],
        may_send: Callable[[], bool],
    ) -> None:
        self.subscription, self.name, self.lane, self.lease = subscription, name, lane, lease
        self.verdict: Verdict | None = None
        self._tail, self._sender, self._speedup = tail, sender, speedup
        self._record, self._may_send = record, may_send
        self._wakeup, self._retiring = asyncio.Event(), False
        self._rows: dict[int, LogRow] = {}  # of new events that wait
        self._requests: set[asyncio.Task[None]] = set()
        self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """There may be something to do."""
        self._wakeup.set()

    def retire(self) -> None:
        """Send nothing more; what is in flight may finish."""
        self._retiring = True
        self.wake()

    def abandon(self) -> None:
        """End at once: another process has the lane."""
        for task in (self._task, *self._requests):
            task.cancel()

    @property
    def is_retired(self) -> bool:
        """Has it ended, with nothing in flight?"""
        return self._task.done() and self.lane.is_idle

    @property
    def error(self) -> BaseException | None:
        """What ended it that should not have."""
        return self._task.exception() if self._task.done() and not self._task.cancelled() else None

    async def _run(self) -> None:
        while not self._retiring and not self.lane.is_finished:
            self._wakeup.clear()
            pause: float | None
            try:
                read = await self._read()
                while not self._retiring and self._may_send() and (delivery := self.lane.next(clock.seconds())):
                    task = asyncio.create_task(self._deliver(delivery))
                    self._requests.add(task)
                    task.add_done_callback(self._requests.discard)
                if read:
                    await asyncio.sleep(0)
                    continue
                pause = self._pause()
            except Unavailable as error:
                _log.warning("lane waits for the store", extra={"error": type(error).__name__})
                pause = STORE_PAUSE
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):  # wait_for makes a task
                    await self._wakeup.wait()

    def _pause(self) -> float | None:
        if not self._may_send():
            return STORE_PAUSE
        at = self.lane.next_at()
        return None if at is None else max(0.001, at - clock.seconds())

    async def _read(self) -> bool:
        """Read on in the log; True where there may be more that may be read now."""
        room, lane = self.lane.room(), self.lane
        if room == 0:
            return False
        found = await self._tail.read(lane.read_to, room)
        if (kept := found.rows[0]["seq"] if found.rows else found.read_to + 1) > lane.read_to + 1:
            lane.expired(kept - 1)
        for row in found.rows:
            wanted = matches(row, self.subscription.get("filters") or {})
            if lane.add(row["seq"], row["subject"], wanted=wanted):
                self._rows[row["seq"]] = row
                room -= 1
                if room == 0:
                    return False
        return bool(found.rows) or lane.read_to < self._tail.last

    async def _deliver(self, delivery: Delivery) -> None:
        try:
            await self._attempt(delivery)
        except Exception as error:  # noqa: BLE001 -- the store is away, or a fault of ours: later
            _log.warning("delivery postponed", extra={"error": type(error).__name__})
            self.lane.postponed(delivery.sequence, clock.seconds() + STORE_PAUSE)
        self.wake()

    async def _attempt(self, delivery: Delivery) -> None:
        row = self._rows.pop(delivery.sequence, None) or await self._tail.one(delivery.sequence)
        if row is None:
            return self.lane.dropped(delivery.sequence)
        number = delivery.tries + 1
        envelope = numbered(self._tail.as_it_is(row), delivery.previous)
        reply = await self._sender.send(self.subscription, envelope)
        outcome, now = outcome_of(reply.status, reply.retry_after), clock.seconds()
        if outcome is Outcome.DELIVERED:
            self.lane.succeeded(delivery.sequence, now)
            DELAY.observe((clock.now() - row["at"]).total_seconds())
        else:
            wait = None if reply.retry_after is None else reply.retry_after / self._speedup
            verdict = self.lane.failed(delivery.sequence, now, outcome, wait, random.random())  # noqa: S311 -- jitter
            if verdict in (Verdict.GONE, Verdict.SILENT):
                self.verdict = verdict
                self.retire()
        ATTEMPTS.labels(outcome).inc()
        self._record(
            attempt_of(self.subscription, reply, kind="event", event=row["_id"], sequence=row["seq"], tries=number)
        )


def attempt_of(
    subscription: Subscription,
    reply: Reply,
    *,
    kind: str,
    event: str | None = None,
    sequence: int | None = None,
    tries: int = 1,
) -> Attempt:
    """What is kept of an attempt."""
    return new_attempt(
        subscription["_id"],
        kind=kind,
        seconds=reply.seconds,
        status=reply.status,
        error=reply.error,
        event=event,
        sequence=sequence,
        tries=tries,
    )
