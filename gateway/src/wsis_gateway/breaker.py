"""A circuit breaker, as pure rules: a service that does not answer is asked no more until it does.

Closed: requests pass. Open: they are refused at once. Half-open: one request asks for the health of the service, the
others are still refused. Requests that time out one after the other do not open it, for one slow method of a service
that is well would be enough: they let the service be asked for its health, and no answer to that opens it.
"""

from __future__ import annotations


class Breaker:
    """The breaker of one service. Times are monotonic."""

    TIMEOUTS = 5  # one after the other, without an answer in between
    PAUSE = 2.0  # seconds from one probe to the next while open

    def __init__(self) -> None:
        self._timeouts = 0
        self._open_until: float | None = None
        self._probing = False

    @property
    def closed(self) -> bool:
        """Whether requests pass."""
        return self._open_until is None

    def answered(self) -> None:
        """The service has answered a request. Once open, only a probe closes it."""
        self._timeouts = 0

    def timed_out(self) -> None:
        """A request had no answer in its time."""
        self._timeouts += 1

    def begin_probe(self, now: float) -> bool:
        """Whether the caller must ask for the service's health now, and then call `probed`: one caller at a time."""
        due = self._timeouts >= self.TIMEOUTS if self._open_until is None else now >= self._open_until
        if self._probing or not due:
            return False
        self._probing = True
        return True

    def probed(self, answered: bool, now: float) -> None:
        """What the probe has shown."""
        self._probing, self._timeouts = False, 0
        self._open_until = None if answered else now + self.PAUSE
