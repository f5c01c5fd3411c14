"""Load shedding: at most N reads are in flight. Others wait about 0.5 s, then get 503, so that votes have priority.

A client can retry a read, and cache hits do not count. A request in flight uses the connection to the broker, a worker
of a service and the store, which votes need too.
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

SHED = Counter("wsis_http_shed_total", "Reads rejected because too many were in flight", ["route"])
READ_LIMIT = Gauge("wsis_http_reads_allowed", "Limit of reads in flight", multiprocess_mode="livesum")
IN_FLIGHT = Gauge("wsis_http_reads_in_flight", "Reads in flight", multiprocess_mode="livesum")

# Seconds that a read waits for a slot before 503, with a jitter of 50 %, so that clients do not retry together.
# A client that ignores Retry-After and gets 503 at once would take the processor from votes; a wait costs one greenlet.
MAX_WAIT = 0.5


class AdaptiveLimit:
    """The limit of reads in flight: `maximum`, or fewer while votes are slow (several times the recent minimum).

    Multiplicative decrease for each slow vote, additive increase over time, as in TCP congestion control (RFC 5681,
    3.1). In the steady state a few percent of the votes are slow.
    """

    SLOW_FACTOR, DECREASE = 3.0, 0.8
    RECOVERY_SECONDS = 15.0  # from 0 to the maximum while no vote is slow
    BASELINE_DRIFT = 0.01  # relative growth of the fastest time per second, as machines and loads change
    IDLE_SECONDS = 1.0  # without a vote, the maximum applies

    def __init__(self, maximum: int) -> None:
        self._maximum, self._limit = maximum, float(maximum)
        self._fastest, self._last_vote = float("inf"), float("-inf")

    def observe(self, seconds: float, now: float) -> None:
        """Record a vote that took `seconds` and ended at `now` (monotonic)."""
        if now - self._last_vote > self.IDLE_SECONDS:
            self._limit = float(self._maximum)
        elapsed, self._last_vote = max(0.0, now - self._last_vote), now
        self._fastest = min(seconds, self._fastest * (1 + self.BASELINE_DRIFT * elapsed))
        if seconds > self.SLOW_FACTOR * self._fastest:
            self._limit = max(1.0, self._limit * self.DECREASE)
        else:
            self._limit = min(self._maximum, self._limit + self._maximum * elapsed / self.RECOVERY_SECONDS)
        READ_LIMIT.set(int(self._limit))

    def current(self, now: float) -> int:
        """The limit at `now` (monotonic)."""
        return self._maximum if now - self._last_vote > self.IDLE_SECONDS else int(self._limit)


class ReadLimiter:
    """The slots for reads in flight in this worker, and the queue of reads that wait for one."""

    def __init__(self, maximum: int) -> None:
        self._limit, self._in_flight = AdaptiveLimit(maximum), 0
        self._waiting: deque[Event] = deque()

    @contextmanager
    def slot(self, operation: Operation) -> Iterator[None]:
        """Hold a slot while a request is served. Raises Unavailable for a read beyond the limit; writes always pass."""
        if operation.route.writes:
            started = time.monotonic()
            yield
            if operation.route.mode is Mode.COMMAND:
                self._limit.observe(time.monotonic() - started, time.monotonic())
            return
        if not self._acquire():
            SHED.labels(operation.route.path).inc()
            raise Unavailable("gateway.busy", "Too many reads in flight.", retry_after=2)
        IN_FLIGHT.inc()
        try:
            yield
        finally:
            IN_FLIGHT.dec()
            self._release()

    def _acquire(self) -> bool:
        if self._in_flight < self._limit.current(time.monotonic()):
            self._in_flight += 1
            return True
        slot = Event()
        self._waiting.append(slot)
        slot.wait(random.uniform(0.5, 1.5) * MAX_WAIT)  # noqa: S311 -- jitter, not a secret
        if not slot.is_set():
            self._waiting.remove(slot)
        return slot.is_set()

    def _release(self) -> None:
        self._in_flight -= 1
        while self._waiting and self._in_flight < self._limit.current(time.monotonic()):
            self._in_flight += 1
            self._waiting.popleft().set()
