"""A result that one thread waits for and the connection's thread delivers."""

from __future__ import annotations

import threading
from typing import Any

from wsis_shared.errors import SuiteError


class Future:
    """One reply or one publisher confirm. Lighter than `concurrent.futures.Future`: one is made per message."""

    __slots__ = ("error", "event", "value")

    def __init__(self) -> None:
        self.event = threading.Event()
        self.value: Any = None
        self.error: SuiteError | None = None

    def resolve(self, value: Any = None, error: SuiteError | None = None) -> None:
        """Set the value or the error, and wake the waiting thread."""
        self.value, self.error = value, error
        self.event.set()

    def wait(self, seconds: float) -> bool:
        """True when resolved within `seconds`, False after them. Raises the error that it was resolved with."""
        if not self.event.wait(max(seconds, 0.0)):
            return False
        if self.error is not None:
            raise self.error
        return True
