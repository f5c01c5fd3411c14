"""Reads give way: beyond so many in hand further ones wait for half a second and are refused, so that votes pass.

Whoever reads can come again in a moment, and what everybody reads comes from memory and is not counted here. A request
in hand holds a place in the connection to the broker, in a service and in the store, all of which votes need too.
"""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from prometheus_client import Counter, Gauge
from wsis_shared.errors import Unavailable
from wsis_shared.plugin import Mode

from wsis_gateway.routing import Operation

SHED = Counter("wsis_http_shed_total", "Reads refused because too many were in hand", ["route"])
ALLOWED = Gauge("wsis_http_reads_allowed", "Reads that may be in hand beside the votes", multiprocess_mode="livesum")
IN_HAND = Gauge("wsis_http_reads_in_hand", "Reads that wait for a service", multiprocess_mode="livesum")

# Seconds that a read waits for its place until it is refused, half of it to one and a half: those refused together must
# not come again together. Not everybody heeds Retry-After: who asks again at once, and is refused at once, takes the
# processor from the votes. Waiting costs a greenlet.
PATIENCE = 0.5


class Allowance:
    """How many reads may be in hand: `most`, and fewer while votes take long. Slow is what takes several times as long
    as the fastest of late. Down by a part for each slow one and up with time, as TCP finds its window (RFC 5681, 3.1):
    some percent of the votes are slow where it settles."""

    SLOW, DOWN = 3.0, 0.8
    BACK = 15.0  # seconds until all are allowed again, where no vote is slow any more
    FORGETS = 0.01  # a part of the fastest time in each second, as machines and loads change
    QUIET = 1.0  # seconds without a vote: there is nothing to give way to

    def __init__(self, most: int) -> None:
        self._most, self._now = most, float(most)
        self._fastest, self._heard = float("inf"), float("-inf")

    def heed(self, seconds: float, now: float) -> None:
        """A vote took so many seconds and ended at `now` (monotonic)."""
        if now - self._heard > self.QUIET:
            self._now = float(self._most)
        passed, self._heard = max(0.0, now - self._heard), now
        self._fastest = min(seconds, self._fastest * (1 + self.FORGETS * passed))
        if seconds > self.SLOW * self._fastest:
            self._now = max(1.0, self._now * self.DOWN)
        else:
            self._now = min(self._most, self._now + self._most * passed / self.BACK)
        ALLOWED.set(int(self._now))

    def at(self, now: float) -> int:
        """How many, now."""
        return self._most if now - self._heard > self.QUIET else int(self._now)


class Reads:
    """The reads that this worker has in hand, and those that wait for a place among them."""

    def __init__(self, most: int) -> None:
        self._allowance, self._count = Allowance(most), 0
        self._waiting: deque[Event] = deque()

    @contextmanager
    def one(self, operation: Operation) -> Iterator[None]:
        """While a request is served. Raises Unavailable for a read too many; a write is never refused here."""
        if operation.route.writes:
            began = time.monotonic()
            yield
            if operation.route.mode is Mode.COMMAND:
                self._allowance.heed(time.monotonic() - began, time.monotonic())
            return
        if not self._enters():
            SHED.labels(operation.route.path).inc()
            raise Unavailable("gateway.busy", "Too much is asked at the moment.", retry_after=2)
        IN_HAND.inc()
        try:
            yield
        finally:
            IN_HAND.dec()
            self._leave()

    def _enters(self) -> bool:
        if self._count < self._allowance.at(time.monotonic()):
            self._count += 1
            return True
        place = Event()
        self._waiting.append(place)
        place.wait(random.uniform(0.5, 1.5) * PATIENCE)  # noqa: S311 -- jitter, not a secret
        if not place.is_set():
            self._waiting.remove(place)
        return place.is_set()

    def _leave(self) -> None:
        self._count -= 1
        while self._waiting and self._count < self._allowance.at(time.monotonic()):
            self._count += 1
            self._waiting.popleft().set()
