"""Reads give way: beyond so many in hand further ones are refused at once, so that votes and other writes pass.

Whoever reads can come again in a moment, and what everybody reads comes from memory and is not counted here. A request
in hand holds a place in the connection to the broker, in a service and in the store, all of which votes need too.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge
from wsis_shared.errors import Unavailable
from wsis_shared.plugin import Mode

from wsis_gateway.routing import Operation

SHED = Counter("wsis_http_shed_total", "Reads refused because too many were in hand", ["route"])
ALLOWED = Gauge("wsis_http_reads_allowed", "Reads that may be in hand beside the votes", multiprocess_mode="livesum")
IN_HAND = Gauge("wsis_http_reads_in_hand", "Reads that wait for a service", multiprocess_mode="livesum")

# Seconds until a refusal is told, half of it to one and a half: who was refused together must not come again together.
# Not everybody heeds Retry-After: who asks again at once, and is refused at once, takes the processor from the votes.
# Waiting costs a greenlet.
REFUSED_AFTER = 0.5


class Allowance:
    """How many reads may be in hand: `most`, and fewer while votes take long. Slow is what takes several times as long
    as the fastest of late. Down by a part for each slow one and up by a little for the others, as TCP finds its window
    (RFC 5681, 3.1): some percent of the votes are slow where it settles."""

    SLOW, DOWN, UP = 3.0, 0.9, 0.02
    FORGETS = 0.01  # a part of the fastest time in each second, as machines and loads change
    QUIET = 1.0  # seconds without a vote: there is nothing to give way to

    def __init__(self, most: int) -> None:
        self._most, self._now = most, float(most)
        self._fastest, self._heard = float("inf"), float("-inf")

    def heed(self, seconds: float, now: float) -> None:
        """A vote took so many seconds and ended at `now` (monotonic)."""
        if now - self._heard > self.QUIET:
            self._now = float(self._most)
        self._fastest = min(seconds, self._fastest * (1 + self.FORGETS * max(0.0, now - self._heard)))
        self._heard = now
        slow = seconds > self.SLOW * self._fastest
        self._now = max(1.0, self._now * self.DOWN) if slow else min(self._most, self._now + self.UP)
        ALLOWED.set(int(self._now))

    def at(self, now: float) -> int:
        """How many, now."""
        return self._most if now - self._heard > self.QUIET else int(self._now)


class Reads:
    """The reads that this worker has in hand."""

    def __init__(self, most: int) -> None:
        self._allowance, self._count = Allowance(most), 0

    @contextmanager
    def one(self, operation: Operation) -> Iterator[None]:
        """While a request is served. Raises Unavailable for a read too many; a write is never refused here."""
        began = time.monotonic()
        if operation.route.writes:
            yield
            if operation.route.mode is Mode.COMMAND:
                self._allowance.heed(time.monotonic() - began, time.monotonic())
            return
        if self._count >= self._allowance.at(began):
            time.sleep(random.uniform(0.5, 1.5) * REFUSED_AFTER)  # noqa: S311 -- jitter, not a secret
            SHED.labels(operation.route.path).inc()
            raise Unavailable("gateway.busy", "Too much is asked at the moment.", retry_after=2)
        self._count += 1
        IN_HAND.inc()
        try:
            yield
        finally:
            self._count -= 1
            IN_HAND.dec()
