"""A bounded cache of public responses. Events invalidate entries; concurrent misses of one key cause one fill."""

from __future__ import annotations

import base64
import hashlib
import random
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

Key = tuple[str, str, str]  # path, query, language


@dataclass(frozen=True, slots=True)
class Entry:
    """A cached response."""

    body: bytes
    etag: str
    template: str
    limit: str
    filled_at: float
    expires_at: float
    invalidated_by: Collection[str]
    headers: Mapping[str, str]

    @property
    def age(self) -> int:
        """Seconds since the entry was filled."""
        return int(time.monotonic() - self.filled_at)


class Cache:
    """A least recently used (LRU) cache.

    `invalidate(event)` removes matching entries and discards fills in flight: a call that started before the event may
    have read the old state.
    """

    def __init__(self, max_entries: int, max_bytes: int) -> None:
        self._max_entries, self._max_bytes = max_entries, max_bytes
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._fills: dict[Key, threading.Event] = {}
        self._generation = 0  # each invalidation increments it

    def get(self, key: Key) -> Entry | None:
        """Return a fresh entry, or None."""
        entry = self._entries.get(key)
        if entry is None or entry.expires_at <= time.monotonic():
            return None
        try:
            self._entries.move_to_end(key)
        except KeyError:
            return None  # invalidated concurrently
        return entry

    def get_or_fill(self, key: Key, fill: Callable[[], Entry], *, timeout: float) -> Entry:
        """Return a fresh entry, or fill it with `fill()`. Concurrent callers wait for the fill, for `timeout` seconds.

        An error of `fill` is raised in the caller that ran it; each waiting caller then runs its own fill.
        """
        deadline = time.monotonic() + timeout
        while True:
            entry = self.get(key)
            if entry is not None:
                return entry
            with self._lock:
                pending = self._fills.get(key)
                if pending is None:
                    done = self._fills[key] = threading.Event()
                    generation = self._generation
                    break
            if not pending.wait(deadline - time.monotonic()):
                return fill()
        try:
            entry = fill()
            with self._lock:
                if generation == self._generation:
                    self._put(key, entry)
            return entry
        finally:
            with self._lock:
                del self._fills[key]
            done.set()

    def invalidate(self, event: str | None = None) -> None:
        """Remove the entries that `event` invalidates, or all entries without an event."""
        with self._lock:
            self._generation += 1
            for key in [key for key, entry in self._entries.items() if event is None or event in entry.invalidated_by]:
                self._drop(key)

    def _put(self, key: Key, entry: Entry) -> None:
        if len(entry.body) > self._max_bytes // 4:
            return
        if key in self._entries:
            self._drop(key)
        self._entries[key] = entry
        self._bytes += len(entry.body)
        while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Key) -> None:
        self._bytes -= len(self._entries.pop(key).body)


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
