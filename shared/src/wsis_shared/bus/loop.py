"""The loop of a worker: whether to go on, and when there is something to do."""

from __future__ import annotations

import threading

from wsis_shared.lease import Lease


class Loop:
    """What a worker gets: `while loop.running: ...; loop.wait(seconds)`."""

    def __init__(self) -> None:
        self._wakeup = threading.Event()
        self._stopping = False
        self.lease: Lease | None = None

    @property
    def running(self) -> bool:
        """False once the process stops or, for a singleton, another process holds the lease: finish what you have begun
        and return. Raises PyMongoError where a lease is to be renewed and the store is away."""
        return not self._stopping and (self.lease is None or self.lease.hold())

    @property
    def stopping(self) -> bool:
        """True once the process stops."""
        return self._stopping

    def wait(self, seconds: float) -> None:
        """Return after `seconds`, or at once after `wakeup` (also one that came before) or when the process stops."""
        if not self._stopping:
            self._wakeup.wait(seconds)
        self._wakeup.clear()

    def wakeup(self) -> None:
        """There is something to do: end the present or the next wait."""
        self._wakeup.set()

    def stop(self) -> None:
        """End the loop."""
        self._stopping = True
        self._wakeup.set()
