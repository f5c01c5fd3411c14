"""What a step of a job sees, and what it returns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from wsis_shared.json_types import Input

T = TypeVar("T")
REPORT_SECONDS = 0.5


class Interrupted(Exception):
    """The step must end now; whatever it has done is discarded."""


class Cancelled(Interrupted):
    """Somebody cancelled the job."""


class Superseded(Interrupted):
    """Another worker carries the job."""


class Stopping(Interrupted):
    """The process is stopping: another one runs the step again."""


@dataclass(frozen=True)
class Next:
    """The step is done; the next one begins at `checkpoint`."""

    checkpoint: object
    done: int | None = None
    total: int | None = None
    note: str | None = None


@dataclass(frozen=True)
class Finish:
    """The last step is done. `effect` runs in the transaction that ends the job."""

    result: object = None
    effect: Callable[[], None] = lambda: None


Report = Callable[[int | None, int | None, str | None], None]


@dataclass
class Run:
    """One step of a job. `checkpoint` is what the step before passed on, None in the first step; `step` counts from 0.

    A step in a transaction may run again on a write conflict, like every handler.
    """

    id: str
    kind: str
    arguments: Input
    checkpoint: Any
    step: int
    requested_by: str | None
    on_report: Report | None = field(default=None, repr=False)
    _done: int = field(default=0, init=False, repr=False)
    _reported: float = field(default=0.0, init=False, repr=False)

    def next(
        self, checkpoint: object, *, done: int | None = None, total: int | None = None, note: str | None = None
    ) -> Next:
        """End this step. `checkpoint` is any small data; `done` of `total` units of work are done."""
        return Next(checkpoint, done, total, note)

    def finish(self, result: object = None, effect: Callable[[], None] = lambda: None) -> Finish:
        """End the job, with `effect` in the same transaction. `result` is small data, or a reference to a blob."""
        return Finish(result, effect)

    def report(self, done: int | None = None, total: int | None = None, note: str | None = None) -> None:
        """Progress inside a long step (`@job(transaction=False)`), stored at most every half second.

        Raises Interrupted where the step must end: let it pass.
        """
        if self.on_report is None:
            raise TypeError("a step in a transaction is short: it reports with next(done=, total=)")
        if time.monotonic() - self._reported >= REPORT_SECONDS or note is not None:
            self.on_report(done, total, note)
            self._reported = time.monotonic()

    def track(
        self,
        items: Iterable[T],
        *,
        total: int | None = None,
        weight: Callable[[T], int] = lambda _: 1,
        duty_cycle: float = 1.0,
    ) -> Iterator[T]:
        """`items`, with a report of how many were done (by `weight`, on top of what was tracked before in this step).

        With a `duty_cycle` below 1, a share of the time at most is spent on getting and handling the items: the
        process and its store also serve requests that somebody waits for.
        """
        pause, began = 1.0 / duty_cycle - 1.0, time.monotonic()
        for item in items:
            yield item
            self._done += weight(item)
            if pause:
                time.sleep(pause * (time.monotonic() - began))
            self.report(self._done, total)
            began = time.monotonic()
