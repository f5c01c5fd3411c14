"""A bounded cache of public responses. Events invalidate entries; concurrent misses of one key cause one fill.

An event overtakes a fill in flight that it concerns: the fill may have read the state before the event. Such a fill is
not stored, and serves only those who asked before the event, who might have had that state in any case. Who asks after
the event waits for it to end, then for the next fill, which serves them all: at most for two fills.
"""

from __future__ import annotations

import base64
import hashlib
import random
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from wsis_shared.errors import Unavailable

from wsis_gateway import compression

Key = tuple[str, str, str]  # path, query, language


@dataclass(frozen=True, slots=True)
class Entry:
    """A cached response. `gzipped` is its body too, where it is worth it."""

    body: bytes
    etag: str
    template: str
    limit: str
    filled_at: float
    expires_at: float
    headers: Mapping[str, str]
    gzipped: bytes | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "gzipped", compression.kept(self.body, self.headers.get("Content-Type", "")))

    @property
    def size(self) -> int:
        """Bytes of both forms of the body."""
        return len(self.body) + len(self.gzipped or b"")

    @property
    def age(self) -> int:
        """Seconds since the entry was filled."""
        return int(time.monotonic() - self.filled_at)


class _Fill:
    """A fill in flight, and its outcome once it is `done`; neither entry nor error where its thread was ended."""

    __slots__ = ("done", "entry", "error", "invalidated_by", "overtaken")

    def __init__(self, invalidated_by: Collection[str]) -> None:
        self.invalidated_by, self.overtaken, self.done = invalidated_by, False, threading.Event()
        self.entry: Entry | None = None
        self.error: Exception | None = None


class Cache:
    """A least recently used (LRU) cache. Threads and greenlets may share it."""

    def __init__(self, max_entries: int = 2000, max_bytes: int = 64 * 1024 * 1024) -> None:
        self._max_entries, self._max_bytes = max_entries, max_bytes
        self._entries: OrderedDict[Key, tuple[Entry, Collection[str]]] = OrderedDict()  # with what invalidates each
        self._bytes = 0
        self._lock = threading.Lock()
        self._fills: dict[Key, _Fill] = {}

    def get(self, key: Key) -> Entry | None:
        """Return a fresh entry, or None."""
        entry, _ = self._entries.get(key, (None, ()))
        if entry is None or entry.expires_at <= time.monotonic():
            return None
        try:
            self._entries.move_to_end(key)
        except KeyError:
            return None  # invalidated concurrently
        return entry

    def get_or_fill(
        self, key: Key, fill: Callable[[], Entry], *, timeout: float, invalidated_by: Collection[str] = ()
    ) -> Entry:
        """Return a fresh entry, or fill it with `fill()`, which the events `invalidated_by` concern.

        Concurrent callers get the outcome of the fill, be it an error. Raises Unavailable where it has none after
        `timeout` seconds.
        """
        while True:
            with self._lock:
                entry = self.get(key)
                if entry is not None:
                    return entry
                pending = self._fills.get(key)
                if pending is None:
                    own = self._fills[key] = _Fill(invalidated_by)
                    break
                too_early = pending.overtaken  # an event came between its begin and now
            if not pending.done.wait(timeout):
                raise Unavailable("suite.no_answer_in_time", "The response did not arrive in time.", retry_after=2)
            if pending.error is not None and not too_early:
                raise pending.error
            if pending.entry is not None and not too_early:
                return pending.entry
        try:
            own.entry = fill()
        except Exception as error:
            own.error = error
            raise
        finally:
            with self._lock:
                del self._fills[key]
                if own.entry is not None and not own.overtaken:
                    self._put(key, own.entry, invalidated_by)
            own.done.set()
        return own.entry

    def invalidate(self, event: str | None = None) -> None:
        """Remove the entries that `event` invalidates, and overtake such fills; without an event, all of them."""
        with self._lock:
            for fill in self._fills.values():
                fill.overtaken |= event is None or event in fill.invalidated_by
            for key in [key for key, (_, events) in self._entries.items() if event is None or event in events]:
                self._drop(key)

    def _put(self, key: Key, entry: Entry, invalidated_by: Collection[str]) -> None:
        if entry.size > self._max_bytes // 4:
            return
        if key in self._entries:
            self._drop(key)
        self._entries[key] = entry, invalidated_by
        self._bytes += entry.size
        while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Key) -> None:
        entry, _ = self._entries.pop(key)
        self._bytes -= entry.size


def lifetime(seconds: int) -> float:
    """Return a random time to live, half of `seconds` to all of it: entries of one moment do not expire together."""
    return seconds * random.uniform(0.5, 1.0)  # noqa: S311 -- no secret


def etag_of(body: bytes) -> str:
    """Return a strong ETag (RFC 9110, 8.8.3)."""
    return f'"{base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:16]).rstrip(b"=").decode()}"'


def matches(header: str | None, etag: str) -> bool:
    """Whether If-None-Match contains this ETag, by weak comparison (RFC 9110, 13.1.2)."""
    if header is None:
        return False
    return header.strip() == "*" or any(part.strip().removeprefix("W/") == etag for part in header.split(","))
