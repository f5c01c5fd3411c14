"""The newest events of the log, read once for all receivers that are up to date; others read pages of their own."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from wsis_shared.errors import Unavailable

from wsis_agencies.event_log.rules import log as rules
from wsis_agencies.event_log.rules.log import LogRow
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.webhooks.in_store import in_store

MAX_ROWS = 1_000
PAGE = 200
FIRST_PAUSE, MAX_PAUSE = 0.1, 5.0  # seconds, while the store is away

_log = logging.getLogger(__name__)


class Read(NamedTuple):
    """Rows after a sequence, and the sequence up to which there are no others."""

    rows: list[LogRow]
    read_to: int


class Tail:
    """Call `run` in a task, which looks when it is woken, and every so many `seconds`; `on_new` is called after each
    page of new events."""

    def __init__(self, log: EventLog, seconds: float, on_new: Callable[[], None]) -> None:
        self._store, self._seconds, self._on_new = log, seconds, on_new
        self._grown = asyncio.Event()
        self._rows: deque[LogRow] = deque(maxlen=MAX_ROWS)
        self._taken_down: set[int] = set()
        self.last = 0

    async def start(self) -> None:
        """Begin at the end of the log."""
        self.last = await in_store(self._store.last)

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the log until `stop`."""
        pause = self._seconds
        while not stop.is_set():
            self._grown.clear()
            try:
                rows = await in_store(self._store.page, self.last, PAGE)
                pause = self._seconds
            except Unavailable as error:
                _log.warning("log unavailable, retrying", extra={"error": type(error).__name__})
                rows, pause = [], FIRST_PAUSE if pause == self._seconds else min(MAX_PAUSE, 2 * pause)
            if rows:
                self._rows.extend(rows)
                self._taken_down.update(rules.sequences_taken_down(rows))
                self.last = rows[-1]["seq"]
                self._on_new()
            if len(rows) < PAGE:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._grown.wait(), pause)

    def wake(self) -> None:
        """The log has grown, or the process stops."""
        self._grown.set()

    async def read(self, after: int, limit: int) -> Read:
        """The next events after a sequence, from memory where they are there. Raises Unavailable."""
        if after >= self.last:
            return Read([], after)
        if self._rows and self._rows[0]["seq"] <= after + 1:
            start = after + 1 - self._rows[0]["seq"]  # numbers have no gaps
            rows = [self._rows[index] for index in range(start, min(start + limit, len(self._rows)))]
            return Read(rows, rows[-1]["seq"])
        last = self.last  # before the query: `run` may go on to events that were not there yet when it was made
        rows = await in_store(self._store.page, after, limit)
        return Read(rows, rows[-1]["seq"] if rows else min(after + limit, last))

    def as_it_is(self, row: LogRow) -> LogRow:
        """A row that was read a while ago, without its content where that was taken down meanwhile."""
        return {**row, **rules.TAKEN_DOWN} if row["seq"] in self._taken_down else row

    async def one(self, sequence: int) -> LogRow | None:
        """The event of that number, unless it has expired. Raises Unavailable."""
        if self._rows and self._rows[0]["seq"] <= sequence <= self.last:
            return self._rows[sequence - self._rows[0]["seq"]]
        return await in_store(self._store.read, sequence)
