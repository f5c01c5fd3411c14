"""Where a caller waits for what the connection's own thread reads."""

from __future__ import annotations

import threading
from typing import Any

from wsis_shared.errors import SuiteError


class Waiter:
    """The place where one caller waits for one reply or one confirm."""

    __slots__ = ("error", "event", "value")

    def __init__(self) -> None:
        self.event = threading.Event()
        self.value: Any = None
        self.error: SuiteError | None = None

    def settle(self, value: Any = None, error: SuiteError | None = None) -> None:
        """Wake the caller."""
        self.value, self.error = value, error
        self.event.set()

    def wait(self, seconds: float) -> bool:
        """True when settled in time; raises the error it was settled with."""
        if not self.event.wait(max(seconds, 0.0)):
            return False
        if self.error is not None:
            raise self.error
        return True
