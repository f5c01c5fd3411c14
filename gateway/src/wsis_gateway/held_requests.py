"""Limits of the requests that clients hold open: per account, per network without an account, and per process.

All networks without an account have half of the places at most. Of the places of the process, and of that half, the
last half is for those who hold none yet: nobody who holds many keeps the others out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import prometheus_client
from wsis_shared.context import Actor
from wsis_shared.errors import Unavailable

from wsis_gateway.problems import HttpError
from wsis_gateway.settings import Settings

HELD = prometheus_client.Gauge(
    "wsis_http_held_requests", "Requests that wait for an event", ["kind"], multiprocess_mode="livesum"
)

PER_ACCOUNT = 10
RETRY_SECONDS = 10


class HeldRequests:
    """Counts the streams and long polls of this process. A held request has no read slot and no request in flight."""

    def __init__(self, settings: Settings) -> None:
        self._per_process = settings.gateway_streams
        self._per_network = PER_ACCOUNT * max(1, settings.limit_network_factor)
        self._held: Counter[str] = Counter()
        self._taken: Counter[str] = Counter()  # of the shares "all" and "strangers"
        self._shares = {"all": self._per_process, "strangers": max(1, self._per_process // 2)}

    @contextmanager
    def hold(self, kind: str, actor: Actor, network: str) -> Iterator[None]:
        """Count one more. Raises HttpError (429), or Unavailable (503) at the limit of the process.

        `kind`: stream or poll."""
        owner, limit = (f"a:{actor.id}", PER_ACCOUNT) if actor.known else (f"n:{network}", self._per_network)
        if self._held[owner] >= limit:
            raise HttpError(429, "gateway.too_many_streams", limit=limit, retry_after=RETRY_SECONDS)
        shares = ("all",) if actor.known else ("all", "strangers")
        if any(self._full(share, has_one=self._held[owner] > 0) for share in shares):
            raise Unavailable("gateway.busy", "Too many requests are held open.", retry_after=RETRY_SECONDS)
        self._held[owner] += 1
        self._taken.update(shares)
        HELD.labels(kind).inc()
        try:
            yield
        finally:
            HELD.labels(kind).dec()
            self._taken.subtract(shares)
            self._held[owner] -= 1
            if not self._held[owner]:
                del self._held[owner]

    def _full(self, share: str, *, has_one: bool) -> bool:
        most = self._shares[share]
        return self._taken[share] >= (max(1, most // 2) if has_one else most)
