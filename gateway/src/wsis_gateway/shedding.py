"""Load shedding: at most N reads are in flight. Others wait about 0.5 s, then get 503, so that votes have priority.

A client can retry a read, and cache hits do not count. A request in flight uses the connection to the broker, a worker
of a service and the store, which votes need too.

No service takes the places of all: each has a share, and one that does not answer is asked no more (`breaker.py`). RPC
writes take no place, and stop at the breaker too: their outcome is known then. Commands stop at neither: their queue
holds them until the service is back.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import prometheus_client
from prometheus_client import Gauge
from wsis_shared.errors import SuiteError, Unavailable

from wsis_gateway.breaker import Breaker
from wsis_gateway.routing import Operation

SHED = prometheus_client.Counter("wsis_http_shed_total", "Reads rejected because too many were in flight", ["route"])
READ_LIMIT = Gauge("wsis_http_reads_allowed", "Limit of reads in flight", multiprocess_mode="livesum")
IN_FLIGHT = Gauge("wsis_http_reads_in_flight", "Reads in flight", ["plugin"], multiprocess_mode="livesum")
OPEN = Gauge(
    "wsis_http_breaker_open",
    "Processes that ask the service no more, since it does not answer",
    ["plugin"],
    multiprocess_mode="livesum",
)
REFUSED = prometheus_client.Counter(
    "wsis_http_breaker_refused_total", "Requests refused because the service does not answer", ["plugin"]
)

# Seconds that a read waits for a slot before 503, with a jitter of 50 %, so that clients do not retry together.
# A client that ignores Retry-After and gets 503 at once would take the processor from votes; a wait costs one greenlet.
MAX_WAIT = 0.5
SHARE = 2
NO_ANSWER = "suite.no_answer_in_time"


def may_take(held: int, taken: int, limit: int) -> bool:
    """Whether a service that holds `held` of the `taken` places may have one more: it may hold twice as many as are
    free. So one takes about two thirds of all places, a second one two thirds of the rest, and whoever is alone with
    short reads never notices. (Dynamic thresholds: Choudhury and Hahne, IEEE/ACM Trans. Networking 6 (1998), 130.)"""
    return held < SHARE * (limit - taken)


class AdaptiveLimit:
    """The limit of reads in flight: `maximum`, or fewer while votes are slow: half of them take several times as long
    as half of them did lately.

    Multiplicative decrease for each slow span of votes, additive increase over time, as in TCP congestion control (RFC
    5681, 3.1). Medians: a few votes, fast or slow, change nothing.
    """

    SLOW_FACTOR, DECREASE = 3.0, 0.5
    SPAN_VOTES, SPAN_SECONDS = 10, 0.5  # at least, of which a median is taken
    RECOVERY_SECONDS = 15.0  # from 0 to the maximum while votes are not slow
    BASELINE_DRIFT = 0.01  # relative growth of the fastest median per second, as machines and loads change
    IDLE_SECONDS = 1.0  # without a vote, the maximum applies

    def __init__(self, maximum: int) -> None:
        self._maximum, self._limit = maximum, float(maximum)
        READ_LIMIT.set(maximum)
        self._fastest, self._last_vote = float("inf"), float("-inf")
        self._span: list[float] = []
        self._span_began = float("-inf")

    def observe(self, seconds: float, now: float) -> None:
        """Record a vote that took `seconds` and ended at `now` (monotonic)."""
        if now - self._last_vote > self.IDLE_SECONDS:
            self._limit, self._span_began = float(self._maximum), now
            self._span.clear()
        self._last_vote = now
        self._span.append(seconds)
        elapsed = now - self._span_began
        if len(self._span) < self.SPAN_VOTES or elapsed < self.SPAN_SECONDS:
            return
        median = statistics.median(self._span)
        self._span.clear()
        self._span_began = now
        self._fastest = min(median, self._fastest * (1 + self.BASELINE_DRIFT * elapsed))
        if median > self.SLOW_FACTOR * self._fastest:
            self._limit = max(1.0, self._limit * self.DECREASE)
        else:
            self._limit = min(self._maximum, self._limit + self._maximum * elapsed / self.RECOVERY_SECONDS)
        READ_LIMIT.set(int(self._limit))

    def current(self, now: float) -> int:
        """The limit at `now` (monotonic)."""
        return self._maximum if now - self._last_vote > self.IDLE_SECONDS else int(self._limit)


class ReadLimiter:
    """The slots for reads in flight in this worker, the reads that wait for one, and a breaker for each service.

    `answers(service)`: whether the service answers a request for its health. Greenlets alone use it: no locks.
    """

    def __init__(self, maximum: int, answers: Callable[[str], bool]) -> None:
        self._limit, self._answers = AdaptiveLimit(maximum), answers
        self._held, self._taken = Counter[str](), 0
        self._waiting: dict[str, deque[Event]] = {}
        self._breakers: dict[str, Breaker] = {}

    def observe_vote(self, seconds: float) -> None:
        """A vote has had its outcome, or none in the time that the gateway waits for one."""
        self._limit.observe(seconds, time.monotonic())

    @contextmanager
    def slot(self, operation: Operation) -> Iterator[None]:
        """Hold a slot while a service is called, for a read. Raises Unavailable for a read beyond the limit, and for
        any request to a service that does not answer."""
        service = operation.plugin
        breaker = self._breakers.get(service) or self._breakers.setdefault(service, Breaker())
        if not breaker.closed:
            self._refuse_unless_back(service, breaker)
        if not operation.route.writes and not self._acquire(service):
            SHED.labels(operation.route.path).inc()
            raise Unavailable("gateway.busy", "Too many reads in flight.", retry_after=2)
        try:
            yield
            breaker.answered()
        except SuiteError as error:
            # Of another service that this one waited for, it tells by an answer.
            if error.code == NO_ANSWER and error.params.get("service") == service:
                breaker.timed_out()
                self._probe(service, breaker)
            elif not isinstance(error, Unavailable):
                breaker.answered()
            raise
        finally:
            if not operation.route.writes:
                self._release(service)

    # -- breakers ------------------------------------------------------------------------------------------------------

    def _refuse_unless_back(self, service: str, breaker: Breaker) -> None:
        self._probe(service, breaker)
        if not breaker.closed:
            REFUSED.labels(service).inc()
            raise Unavailable("suite.service_away", f"{service} does not answer.", retry_after=int(Breaker.PAUSE))

    def _probe(self, service: str, breaker: Breaker) -> None:
        if not breaker.begin_probe(time.monotonic()):
            return
        answered = False
        try:
            answered = self._answers(service)
        finally:
            breaker.probed(answered, time.monotonic())
            OPEN.labels(service).set(not breaker.closed)

    # -- slots ---------------------------------------------------------------------------------------------------------

    def _may_take(self, service: str) -> bool:
        return may_take(self._held[service], self._taken, self._limit.current(time.monotonic()))

    def _take(self, service: str, count: int = 1) -> None:
        self._held[service] += count
        self._taken += count
        IN_FLIGHT.labels(service).set(self._held[service])

    def _acquire(self, service: str) -> bool:
        if self._may_take(service):
            self._take(service)
            return True
        slot, queue = Event(), self._waiting.setdefault(service, deque())
        queue.append(slot)
        slot.wait(random.uniform(0.5, 1.5) * MAX_WAIT)  # noqa: S311 -- jitter, not a secret
        if not slot.is_set():
            self._leave(service, slot)
        return slot.is_set()

    def _leave(self, service: str, slot: Event) -> None:
        queue = self._waiting[service]
        queue.remove(slot)
        if not queue:
            del self._waiting[service]

    def _release(self, service: str) -> None:
        self._take(service, -1)
        while self._waiting:
            least = min(self._waiting, key=self._held.__getitem__)  # where this one may not, none may
            if not self._may_take(least):
                return
            self._take(least)
            slot = self._waiting[least][0]
            self._leave(least, slot)
            slot.set()
