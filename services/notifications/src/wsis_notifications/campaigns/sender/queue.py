"""TaskQueue: mails by the moment at which each may leave."""

from __future__ import annotations

import heapq
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(order=True)
class Task:
    """A row to send: `due` in seconds since the epoch, and what `batch` it is of."""

    due: float
    number: int
    row: dict[str, Any] = field(compare=False)
    reader: dict[str, Any] = field(compare=False)
    batch: Any = field(compare=False)


class TaskQueue:
    """`get` returns the next mail when its time has come. No two leave closer than `interval` seconds, also where
    several rates let them go at one moment."""

    def __init__(self, interval: float = 0.0, now: Callable[[], float] = time.time) -> None:
        self._heap: list[Task] = []
        self._ready = threading.Condition()
        self._interval, self._now, self._next = interval, now, 0.0
        self._closed = False

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, tasks: Iterable[Task]) -> None:
        """Add mails."""
        with self._ready:
            for task in tasks:
                heapq.heappush(self._heap, task)
            self._ready.notify_all()

    def get(self) -> Task | None:
        """The next one, whose time has come; None after `close`."""
        with self._ready:
            while not self._closed:
                now = self._now()
                wait = max(self._heap[0].due, self._next) - now if self._heap else None
                if wait is not None and wait <= 0:
                    self._next = now + self._interval
                    return heapq.heappop(self._heap)
                self._ready.wait(wait)  # `put` and `close` end it
            return None

    def remove(self, unwanted: Callable[[Task], bool]) -> list[Task]:
        """Take out what is not to be sent now."""
        with self._ready:
            removed = [task for task in self._heap if unwanted(task)]
            if removed:
                self._heap = [task for task in self._heap if not unwanted(task)]
                heapq.heapify(self._heap)
            return removed

    def close(self) -> list[Task]:
        """No more is given out; returns what is left."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
            left, self._heap = self._heap, []
            return left
