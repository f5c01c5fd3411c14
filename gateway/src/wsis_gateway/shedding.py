"""Reads give way: beyond so many in hand further ones are refused at once, so that votes and other writes pass.

Whoever reads can come again in a moment, and what everybody reads comes from memory and is not counted here. A request
in hand holds a place in the connection to the broker, in a service and in the store, all of which votes need too.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import Counter, Gauge
from wsis_shared.errors import Unavailable

from wsis_gateway.routing import Operation

SHED = Counter("wsis_http_shed_total", "Reads refused because too many were in hand", ["route"])
IN_HAND = Gauge("wsis_http_reads_in_hand", "Reads that wait for a service", multiprocess_mode="livesum")

# Seconds until a refusal is told. Not everybody heeds Retry-After: who asks again at once, and is refused at once,
# takes the processor from the votes. Waiting costs a greenlet.
REFUSED_AFTER = 0.25


class Reads:
    """The reads that this worker has in hand, at most `most`."""

    def __init__(self, most: int) -> None:
        self._most, self._count = most, 0

    @contextmanager
    def one(self, operation: Operation) -> Iterator[None]:
        """While a request is served. Raises Unavailable for a read too many; a write is never refused here."""
        if operation.route.writes:
            yield
            return
        if self._count >= self._most:
            time.sleep(REFUSED_AFTER)
            SHED.labels(operation.route.path).inc()
            raise Unavailable("gateway.busy", "Too much is asked at the moment.", retry_after=2)
        self._count += 1
        IN_HAND.inc()
        try:
            yield
        finally:
            self._count -= 1
            IN_HAND.dec()
