"""A result that one thread waits for and the connection's thread delivers."""

from __future__ import annotations

import threading
from typing import Any

from wsis_shared.errors import SuiteError


class Future:
    """One reply or one publisher confirm, of the message with this id. Lighter than `concurrent.futures.Future`: one is
    made per message. An error of a confirm ends the wait for the reply too, the `waiter`. `refused`: the broker itself
    rejects the message; after any other error nobody knows whether it has it."""

    __slots__ = ("error", "event", "id", "refused", "value", "waiter")

    def __init__(self, id: str | None = None, waiter: Future | None = None) -> None:
        self.id, self.waiter = id, waiter
        self.event = threading.Event()
        self.value: Any = None
        self.error: SuiteError | None = None
        self.refused = False

    def resolve(self, value: object = None, error: SuiteError | None = None) -> None:
        """Set the value or the error, and wake the waiting thread. The first one counts: what is confirmed stays so
        when the connection is lost, and what is returned stays so when it is confirmed."""
        if not self.event.is_set():
            self.value, self.error = value, error
            self.event.set()
            if error is not None and self.waiter is not None:
                self.waiter.resolve(error=error)

    def is_resolved(self, seconds: float) -> bool:
        """Has it a value or an error within `seconds`?"""
        return self.event.wait(max(seconds, 0.0))

    def wait(self, seconds: float) -> bool:
        """True when resolved within `seconds`, False after them. Raises the error that it was resolved with."""
        if not self.is_resolved(seconds):
            return False
        if self.error is not None:
            raise self.error
        return True

    def has_value(self, seconds: float) -> bool:
        """True when it has one within `seconds`: a reply that is lost is none, and its command is not lost with it."""
        return self.is_resolved(seconds) and self.error is None
