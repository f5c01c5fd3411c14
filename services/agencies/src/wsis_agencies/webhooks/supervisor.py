"""Which lanes this process delivers: one task for each lane whose lease it holds, and one flush for all of them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from wsis_shared import clock
from wsis_shared.errors import Unavailable
from wsis_shared.lease import Lease
from wsis_shared.mongo_connection import Database

from wsis_agencies.deliveries.rules.attempts import Attempt
from wsis_agencies.deliveries.rules.lane import Lane, resumed
from wsis_agencies.deliveries.rules.policy import Policy
from wsis_agencies.deliveries.store.attempts import Attempts
from wsis_agencies.deliveries.store.lanes import Held, Lanes
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.event_subscriptions.changes import SubscriptionChanges
from wsis_agencies.event_subscriptions.rules.subscriptions import Subscription
from wsis_agencies.event_subscriptions.store.subscriptions import EventSubscriptions
from wsis_agencies.settings import WebhookSettings
from wsis_agencies.webhooks.handshake import handshake
from wsis_agencies.webhooks.in_store import in_store
from wsis_agencies.webhooks.sending import Sender
from wsis_agencies.webhooks.subscriptions import Agreements, host_of, send_test
from wsis_agencies.webhooks.tail import Tail
from wsis_agencies.webhooks.worker import LaneWorker

POLL_SECONDS = 5.0  # between two looks for new events, beside those when the log says so
FLUSH_SECONDS = 0.25  # between two writes of what was delivered
SCAN_SECONDS = 1.0  # between two looks for changed subscriptions
LEASE_SECONDS = 10.0  # after which another process takes over from one that was killed
NEW_PER_SCAN = 16  # lanes that one process takes at a time: several processes that start share them
MAX_RECORDS = 5_000  # attempts that are not stored yet; beyond, nothing is sent
FAULT_PAUSE = 60.0  # seconds until a handshake or a test that failed by a fault of ours is tried again
STOP_SECONDS = 5.0  # for what is in flight, beside the time of one request

_log = logging.getLogger(__name__)


class Supervisor:
    """See the module."""

    def __init__(self, db: Database, settings: WebhookSettings, sender: Sender) -> None:
        self._db, self._settings, self._sender = db, settings, sender
        self._policy = Policy().scaled(settings.webhooks_speedup)
        self._subscriptions, self._lanes = EventSubscriptions(db), Lanes(db)
        self._changes = SubscriptionChanges(self._subscriptions, Attempts(db))
        self._agreements = Agreements(self._changes, self._policy)
        self._tail = Tail(EventLog(db), POLL_SECONDS, self._wake_all)
        self._origin = urlsplit(settings.public_url).hostname or "localhost"
        self._workers: dict[str, LaneWorker] = {}
        self._requests: dict[str, asyncio.Task[None]] = {}  # handshakes and tests, by subscription
        self._leases: dict[str, Lease] = {}
        self._records: list[Attempt] = []

    def look(self) -> None:
        """The log has grown: deliver now."""
        self._tail.wake()

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop`; then finish what is in flight and store it."""
        await self._retry_while_unavailable(self._tail.start, stop)
        loops = [
            asyncio.create_task(self._tail.run(stop)),
            asyncio.create_task(self._repeat(self._scan, SCAN_SECONDS, stop)),
            asyncio.create_task(self._repeat(self._flush, FLUSH_SECONDS, stop)),
        ]
        await asyncio.wait([*loops, asyncio.create_task(stop.wait())], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        self._tail.wake()
        results = await asyncio.gather(*loops, return_exceptions=True)
        await self._close()
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _close(self) -> None:
        for worker in self._workers.values():
            worker.retire()
        until = time.monotonic() + self._settings.webhooks_timeout + STOP_SECONDS
        while not all(worker.is_retired for worker in self._workers.values()) and time.monotonic() < until:
            await asyncio.sleep(0.02)
        for task in self._requests.values():
            task.cancel()
        try:
            await self._flush()
            await in_store(self._release_all)
        except Unavailable:  # whoever takes the lanes over sends again what is not stored
            _log.warning("store unavailable, deliveries not stored")

    def _release_all(self) -> None:
        for lease in self._leases.values():
            lease.release()

    async def _repeat(self, work: Callable[[], Awaitable[None]], seconds: float, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._retry_while_unavailable(work, stop)
            try:
                await asyncio.wait_for(stop.wait(), seconds)
            except TimeoutError:
                continue

    async def _retry_while_unavailable(self, work: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
        """Do it; while the store is away, again."""
        while not stop.is_set():
            try:
                return await work()
            except Unavailable as error:
                _log.warning("store unavailable, retrying", extra={"error": type(error).__name__})
                await asyncio.sleep(0.5)

    def _wake_all(self) -> None:
        for worker in self._workers.values():
            worker.wake()

    # -- which lanes --------------------------------------------------------------------------------------------------

    async def _scan(self) -> None:
        found = await in_store(self._subscriptions.of_channel, "webhook", ("pending", "active"))
        subscriptions = {one["_id"]: one for one in found}
        active = [one["_id"] for one in found if one["state"] == "active"]
        rows = await in_store(self._lanes.all_of, active)
        lanes = {row["_id"]: subscriptions[row["subscription"]] for row in rows}
        for name, worker in self._workers.items():
            current = lanes.get(name)
            if current is None or current["version"] != worker.subscription["version"]:
                worker.retire()
        due = {one["_id"]: one for one in found if _is_due(one)}
        held = await in_store(self._hold, {*lanes, *due})
        for name in set(self._workers) - held:
            self._abandon(name)
        for name in held & set(lanes):
            if name not in self._workers:
                await self._begin(name, lanes[name])
        for name in held & set(due):
            if name not in self._requests:
                self._requests[name] = asyncio.create_task(self._request(due[name]))

    def _hold(self, wanted: set[str]) -> set[str]:
        """Take and renew leases; returns the names of those that this process holds."""
        held, kept = set(), wanted | set(self._workers)
        free = self._lanes.free_leases([name for name in sorted(kept) if name not in self._leases])
        for name in [*self._leases, *free[:NEW_PER_SCAN]]:
            if name not in kept:
                continue
            lease = self._leases.get(name) or self._lanes.lease(name, LEASE_SECONDS)
            if lease.hold():
                self._leases[name] = lease
                held.add(name)
            else:
                self._leases.pop(name, None)
        for name in set(self._leases) - wanted - set(self._workers) - set(self._requests):
            if (unused := self._leases.pop(name, None)) is not None:
                unused.release()
        return held

    async def _begin(self, name: str, subscription: Subscription) -> None:
        lease = self._leases.get(name)
        # Since the scan read it, a flush may have ended this very lane and disabled the subscription.
        if lease is None or not await in_store(self._subscriptions.is_current, subscription):
            return
        loaded = await in_store(self._lanes.load, name, lease.token)
        if loaded is None:  # lost meanwhile
            return
        cursor, pending, known = loaded
        if (at := subscription.get("resumed_at")) is not None:
            cursor, pending = resumed(cursor, pending, at.timestamp())
        lane = Lane(cursor, pending, self._policy, known=known, interval=subscription.get("interval", 0.0))
        self._workers[name] = LaneWorker(
            subscription,
            name,
            lane,
            lease,
            tail=self._tail,
            sender=self._sender,
            speedup=self._settings.webhooks_speedup,
            record=self._records.append,
            may_send=lambda: len(self._records) < MAX_RECORDS,
        )

    def _abandon(self, name: str) -> None:
        self._leases.pop(name, None)
        if (worker := self._workers.pop(name, None)) is not None:
            worker.abandon()
        _log.warning("another process has the lane", extra={"lane": name})

    async def _request(self, subscription: Subscription) -> None:
        """A handshake or a test."""
        try:
            if subscription["state"] == "pending":
                agreement = await handshake(self._sender, subscription, self._origin)
                await in_store(self._agreements.agree, subscription, subscription["handshake"], agreement)
            elif (test := subscription.get("test")) is not None:
                attempt = await send_test(self._sender, subscription, test)
                await in_store(self._changes.tested, subscription, attempt)
        except Unavailable as error:  # the next scan finds it again
            _log.warning("handshake or test postponed", extra={"error": type(error).__name__})
        except Exception as error:  # noqa: BLE001 -- a fault of ours: the receiver is not asked in each scan
            _log.error("handshake or test failed", extra={"error": type(error).__name__})
            await asyncio.sleep(FAULT_PAUSE)
        finally:
            del self._requests[subscription["_id"]]

    # -- what is stored -----------------------------------------------------------------------------------------------

    async def _flush(self) -> None:
        """Store what all lanes did since the last flush, in one transaction; then end the lanes that are to end."""
        retired = [worker for worker in self._workers.values() if worker.is_retired]
        held = [
            Held(worker.name, worker.subscription["_id"], worker.lease.token, changes)
            for worker in self._workers.values()
            if (changes := worker.lane.changes()) is not None
        ]
        records = self._records[:]
        if held or records:
            lost = await in_store(self._lanes.flush, held, records)
            del self._records[: len(records)]
            for one in held:
                worker = self._workers.get(one.lane)
                if worker is None:
                    continue
                if one.lane in lost:
                    self._abandon(one.lane)
                else:
                    worker.lane.confirm(one.changes)
        for worker in retired:
            if self._workers.get(worker.name) is worker:
                await self._end(worker)
                self._workers.pop(worker.name, None)
        self._wake_all()

    async def _end(self, worker: LaneWorker) -> None:
        """All of it is stored."""
        if (error := worker.error) is not None:  # the next scan begins it again
            _log.error("lane failed", extra={"lane": worker.name, "error": type(error).__name__})
        if worker.verdict is not None:
            subscription = worker.subscription
            await in_store(self._changes.disable, subscription, host_of(subscription), str(worker.verdict))
        elif worker.lane.is_finished:
            await in_store(self._lanes.remove, worker.name)


def _is_due(subscription: Subscription) -> bool:
    """Is a handshake or a test to be made?"""
    if subscription["state"] == "pending":
        return bool(subscription["handshake"]["due"] <= clock.now())
    return subscription.get("test") is not None
