"""Tasks, and the queue that gives each out when its moment has come."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from wsis_shared import clock

T = TypeVar("T")

Key = tuple[str, str]  # of a task: its batch and its row

_numbers = itertools.count()


@dataclass
class Batch(Generic[T]):
    """Mails that were claimed together: `left` of its tasks have no outcome yet."""

    id: str
    tasks: list[Task[T]] = field(default_factory=list, init=False)
    left: int = field(default=0, init=False)

    def add(self, row: str, mail: T, due: float = 0.0) -> None:
        """A mail that is to leave, not before `due`."""
        self.tasks.append(Task(due, next(_numbers), row, mail, self))
        self.left += 1


@dataclass(order=True)
class Task(Generic[T]):
    """The mail of a row: `due` in seconds since the epoch, what is known of it, and its batch."""

    due: float
    number: int
    row: str = field(compare=False)
    mail: T = field(compare=False)
    batch: Batch[T] = field(compare=False)

    @property
    def key(self) -> Key:
        """A row that is claimed twice has two tasks, and one of them sends its mail."""
        return self.batch.id, self.row


class TaskQueue(Generic[T]):
    """`get` returns the next mail when its time has come. No two leave closer than `interval` seconds, also where
    several rates let them go at one moment."""

    def __init__(self, interval: float = 0.0, now: Callable[[], float] = clock.seconds) -> None:
        self._heap: list[Task[T]] = []
        self._ready = threading.Condition()
        self._interval, self._now, self._next = interval, now, 0.0
        self._closed = False

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, tasks: Iterable[Task[T]]) -> None:
        """Add mails."""
        with self._ready:
            for task in tasks:
                heapq.heappush(self._heap, task)
            self._ready.notify_all()

    def get(self) -> Task[T] | None:
        """The next one, whose time has come; None after `close`."""
        with self._ready:
            while not self._closed:
                # The interval is of a clock that nobody sets.
                wait = max(self._heap[0].due - self._now(), self._next - time.monotonic()) if self._heap else None
                if wait is not None and wait <= 0:
                    self._next = time.monotonic() + self._interval
                    return heapq.heappop(self._heap)
                self._ready.wait(wait)  # `put` and `close` end it
            return None

    def remove(self, is_unwanted: Callable[[T], bool]) -> list[Task[T]]:
        """Take out what is not to be sent now."""
        with self._ready:
            removed = [task for task in self._heap if is_unwanted(task.mail)]
            if removed:
                self._heap = [task for task in self._heap if not is_unwanted(task.mail)]
                heapq.heapify(self._heap)
            return removed

    def close(self) -> list[Task[T]]:
        """No more is given out; returns what is left."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
            left, self._heap = self._heap, []
            return left
