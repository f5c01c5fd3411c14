"""How long to wait for other processes: limits of seconds are those of a quiet machine, times its `factor`."""

from __future__ import annotations

import os
import time

# A limit also ends: on a machine where nothing gets ready any more it is not for ever.
LONGEST = 20.0
SETTING = "WSIS_PATIENCE"


def factor(wanting: float | None = None) -> float:
    """How much longer everything takes now: `WSIS_PATIENCE`, or the processes that want a processor (`wanting`; None:
    in the last minute), per processor."""
    chosen = os.environ.get(SETTING)
    if chosen:
        return float(chosen)
    return min(LONGEST, max(1.0, (_load() if wanting is None else wanting) / (os.cpu_count() or 1)))


def load() -> str:
    """The load, in words for an error: `load 7.1 on 2 processors, WSIS_PATIENCE 3.5`."""
    return f"load {_load():.1f} on {os.cpu_count()} processors, {SETTING} {factor():.1f}"


class Deadline:
    """The end of a wait of `seconds` on a quiet machine. It moves with the load, so a busy spell ends no wait."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._began = seconds, time.monotonic()

    @property
    def passed(self) -> bool:
        """Is the time up?"""
        return self.remaining <= 0

    @property
    def remaining(self) -> float:
        """Seconds of the clock that are left; negative when the time is up."""
        return self._began + self._seconds * factor() - time.monotonic()


def _load() -> float:
    return os.getloadavg()[0]
