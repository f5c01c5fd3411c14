"""The index of this process, kept true: it reads the register along its sequence, and says how far it is behind."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from prometheus_client import Gauge
from tantivy import Document
from wsis_shared import clock
from wsis_shared.errors import Unavailable

from wsis_stocktaking.register.rules.cards import Card, card
from wsis_stocktaking.register.rules.entries import Entry
from wsis_stocktaking.register.store.register import PUBLIC, Register
from wsis_stocktaking.search import errors
from wsis_stocktaking.search.index.documents import VERSION, document
from wsis_stocktaking.search.index.folders import Folder
from wsis_stocktaking.search.index.results import LruCache, Page, PageText
from wsis_stocktaking.search.index.tantivy_index import TantivyIndex
from wsis_stocktaking.search.rules import Counts, SearchQuery
from wsis_stocktaking.settings import Settings

if TYPE_CHECKING:
    from wsis_shared.bus.loop import Loop

INTERVAL = 1.0  # seconds between two reads of the register
COMPARED = 5.0  # seconds between two looks whether the store was restored, where its sequence has not moved
MIN_WIDTH, MAX_WIDTH = 500, 50_000  # sequences that one read covers: more where few entries are left in them
FEW = 100
COMMIT_AFTER = 10_000  # entries
PAGES = 500  # that are kept, of 20 kB each
LAG_SECONDS = 10.0  # after which the index is not ready
SLICE = 40  # entries between two chances for other greenlets
LAG = Gauge("wsis_stocktaking_index_lag_seconds", "Time since the search index was equal to the register")
SET_ASIDE = Gauge("wsis_stocktaking_index_set_aside_entries", "Public entries that the search index could not take")

T = TypeVar("T")

_log = logging.getLogger(__name__)


class RegisterIndex:
    """A SearchIndex with all entries that are public. Its searches raise Unavailable until it is filled."""

    def __init__(self, register: Register, folder: str = "", lag_seconds: float = LAG_SECONDS) -> None:
        self._register, self._parent, self._lag_seconds = register, folder, lag_seconds
        self._lock = threading.Lock()
        self._folder: Folder | None = None
        self._index: TantivyIndex | None = None
        self._filled, self._stamp, self._identity = False, "", ""
        self._year = 0  # to which ongoing activities run in the index
        self._set_aside: set[str] = set()  # entries that no document can be made of
        self._equal_since, self._as_of = time.monotonic(), clock.now()
        self._wakeup: Callable[[], None] = lambda: None
        self.pages: LruCache[PageText] = LruCache(PAGES)  # of the present state
        LAG.set_function(self.lag)
        SET_ASIDE.set_function(lambda: len(self._set_aside))

    # -- searches -----------------------------------------------------------------------------------------------------

    def position(self) -> int:
        """The sequence up to which all publications and withdrawals are in the index."""
        return self._ready().position()

    def search(self, query: SearchQuery, *, limit: int, after: int | None = None, facets: Sequence[str] = ()) -> Page:
        """A page of entries, with the counts of these facets."""
        return self._ready().search(query, limit=limit, after=after, facets=facets)

    def list_by_sequence(
        self, query: SearchQuery, *, after: int = 0, until: int | None = None, limit: int = 500
    ) -> list[Card]:
        """Entries that fit, in the order of their sequences, with `after` < sequence <= `until`: at most `limit`."""
        return self._ready().list_by_sequence(query, after=after, until=until, limit=limit)

    def tabulate(self, query: SearchQuery, rows: str, columns: str, until: int | None = None) -> tuple[Counts, int]:
        """Entries with a sequence up to `until`, by the codes of two facets, and the position of the index."""
        return self._ready().tabulate(query, rows, columns, until)

    def candidates(self, titles: Sequence[str], website: str | None, limit: int = 50) -> list[Card]:
        """Entries that may be the same as one of these titles: they share its rarest words, or the website."""
        return self._ready().candidates(titles, website, limit)

    def _ready(self) -> TantivyIndex:
        if self._index is None or not self._filled:
            raise Unavailable("stocktaking.index_not_ready", retry_after=2)
        return self._index

    # -- how far it is ------------------------------------------------------------------------------------------------

    def lag(self) -> float:
        """Seconds since the index was equal to the register."""
        return time.monotonic() - self._equal_since

    def as_of(self) -> datetime:
        """The last moment at which the index was equal to the register."""
        return self._as_of

    def problem(self) -> str:
        """Why this process is not ready; empty if it is."""
        if not self._filled:
            return "the search index is being filled"
        return f"the search index is {self.lag():.0f} s behind" if self.lag() > self._lag_seconds else ""

    def wait_for(self, sequence: int, seconds: float = 2.0) -> None:
        """Return once the index has this sequence. Raises Unavailable after `seconds`, and Invalid for a sequence that
        the register has not reached."""
        if self._ready().position() >= sequence:
            return
        if self._register.head() < sequence:
            raise errors.sequence_unknown(sequence)
        until = time.monotonic() + seconds
        self._wakeup()
        while self._ready().position() < sequence:
            if time.monotonic() > until:
                raise Unavailable("stocktaking.index_not_ready", retry_after=2)
            time.sleep(0.02)

    # -- the register -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Fill the index before the process takes requests. If the store is away, `follow` does it later."""
        try:
            self.catch_up()
        except Exception as error:  # noqa: BLE001 -- whatever the store raises: the worker tries again, and says it
            _log.warning("search index not filled yet", extra={"error": type(error).__name__})

    def follow(self, loop: Loop) -> None:
        """Catch up once a second, or when woken up. It takes at most half of the time of the process."""
        self._wakeup, compared = loop.wakeup, 0.0
        while loop.running:
            began = time.monotonic()
            if compare := began - compared >= COMPARED:
                compared = began
            self.catch_up(compare=compare)
            loop.wait(max(INTERVAL, time.monotonic() - began))

    def catch_up(self, *, compare: bool = True) -> int:
        """Read what the register has beyond the position. Returns the register's head as it was at the beginning.
        `compare`: ask also whether what took the position is still the same, where the head is there."""
        with self._lock:
            began, moment = time.monotonic(), clock.now()
            head = self._register.head()
            index = self._index or self._open()
            position = index.position()
            restored = head < position
            if not restored and (compare or head != position):
                restored = self._register.stamp(position) != self._stamp
            if self._year != moment.year:
                restored, self._year = True, moment.year
            if restored or head != position:
                self._advance(index, head, restored)
            self._filled, self._equal_since, self._as_of = True, began, moment
        return head

    def close(self) -> None:
        """Let another process have the folder."""
        self._index, self._filled = None, False
        if self._folder is not None:
            self._folder.release()

    def _open(self) -> TantivyIndex:
        """Open what an earlier process left, if it is of this register and version; else begin with an empty one."""
        self._identity, self._year = self._register.identity(), clock.now().year
        self._folder = (self._folder or Folder.take(Path(self._parent))) if self._parent else None
        if self._folder is None:
            self._index = TantivyIndex()
            return self._index
        state = self._folder.state()
        if (state.get("version"), state.get("register"), state.get("year")) != (VERSION, self._identity, self._year):
            self._folder.clear()
            state = {}
        try:
            self._index = TantivyIndex(self._folder.data, state.get("position", 0))
        except ValueError as error:  # files that the engine cannot read
            _log.warning("search index unreadable: it is filled anew", extra={"error": str(error)[:200]})
            self._folder.clear()
            self._index, state = TantivyIndex(self._folder.data), {}
        self._stamp, self._set_aside = state.get("stamp", ""), set(state.get("set_aside", ()))
        return self._index

    def _advance(self, index: TantivyIndex, head: int, restored: bool) -> None:
        after = index.position()
        try:
            if restored:
                # The store is not what was read, or a year begins: all is read again, and the former state shown until
                # that is there.
                _log.warning("search index filled anew", extra={"position": after, "head": head})
                index.clear()
                self._set_aside.clear()
                after = 0
            written = 0
            for until, documents in self._changes(after, head):
                written += len(documents)
                index.write(documents)
                if not restored and written >= COMMIT_AFTER:
                    self._commit(index, until)
                    written = 0
            self._commit(index, head)
        except BaseException:
            index.rollback()
            raise

    def _commit(self, index: TantivyIndex, position: int) -> None:
        stamp = self._register.stamp(position)
        index.commit(position)
        self.pages.clear()
        self._stamp = stamp
        if self._folder is not None:
            self._folder.save(
                {
                    "version": VERSION,
                    "register": self._identity,
                    "year": self._year,
                    "position": position,
                    "stamp": stamp,
                    "set_aside": sorted(self._set_aside),
                }
            )

    def _changes(self, after: int, head: int) -> Iterator[tuple[int, dict[str, Document | None]]]:
        """(position, entry -> its document, None for one that is gone), in small parts."""
        width = MIN_WIDTH
        while after < head:
            until = min(after + width, head)
            entries = self._register.changed(after, until)
            for part in _parts(entries, SLICE):
                yield after, {entry["_id"]: self._document(entry) for entry in part}
                time.sleep(0)
            after = until
            yield after, {}
            width = min(4 * width, MAX_WIDTH) if len(entries) < FEW else MIN_WIDTH

    def _document(self, entry: Entry) -> Document | None:
        """What the index has of an entry. One that it cannot take is set aside: it is missing from searches, and keeps
        no other entry out."""
        self._set_aside.discard(entry["_id"])
        if entry["visibility"] != PUBLIC:
            return None
        try:
            return document(card(entry))
        except Exception as error:  # noqa: BLE001 -- whatever a content that nobody expected leads to
            self._set_aside.add(entry["_id"])
            _log.error("entry not indexed", extra={"entry": entry["_id"], "error": repr(error)[:200]})
            return None


def _parts(rows: Sequence[T], size: int) -> Iterator[list[T]]:
    remaining = iter(rows)
    while part := list(islice(remaining, size)):
        yield part


_of_process: dict[str, RegisterIndex] = {}
_one_at_a_time = threading.Lock()  # the subjects of the service are composed beside each other


def of_process(register: Register) -> RegisterIndex:
    """The index of this process: the first call fills it, so that requests come later."""
    name = register.collection("entries").full_name
    with _one_at_a_time:
        if name not in _of_process:
            made = RegisterIndex(register, Settings.current().stocktaking_index_dir, LAG_SECONDS)
            made.start()
            _of_process[name] = made
        return _of_process[name]
