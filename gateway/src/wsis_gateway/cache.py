"""Public answers kept in memory: bounded, emptied by events, and made once however many ask at the same time."""

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
    """An answer as it goes out."""

    body: bytes
    etag: str
    template: str
    limit: str
    made: float
    until: float
    invalidated_by: Collection[str]
    headers: Mapping[str, str]

    @property
    def age(self) -> int:
        """Seconds since it was made."""
        return int(time.monotonic() - self.made)


class Cache:
    """Least recently used goes first. `forget(event)` drops what that event makes stale, and also what is just being
    made: a call that began before the event may have seen the state before it."""

    def __init__(self, max_entries: int, max_bytes: int) -> None:
        self._max_entries, self._max_bytes = max_entries, max_bytes
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()
        self._making: dict[Key, threading.Event] = {}
        self._turn = 0  # grows with every event

    def get(self, key: Key) -> Entry | None:
        """What is kept and fresh."""
        entry = self._entries.get(key)
        if entry is None or entry.until <= time.monotonic():
            return None
        try:
            self._entries.move_to_end(key)
        except KeyError:
            return None  # dropped by an event this very moment
        return entry

    def get_or_make(self, key: Key, make: Callable[[], Entry], *, patience: float) -> Entry:
        """What is kept, or what `make()` returns; while one makes it, the others wait for it. What `make` raises is
        raised to whoever made it; those who waited then try for themselves."""
        until = time.monotonic() + patience
        while True:
            entry = self.get(key)
            if entry is not None:
                return entry
            with self._lock:
                others = self._making.get(key)
                if others is None:
                    mine = self._making[key] = threading.Event()
                    turn = self._turn
                    break
            if not others.wait(until - time.monotonic()):
                return make()
        try:
            entry = make()
            with self._lock:
                if turn == self._turn:
                    self._put(key, entry)
            return entry
        finally:
            with self._lock:
                del self._making[key]
            mine.set()

    def forget(self, event: str | None = None) -> None:
        """Drop what `event` makes stale; everything without one."""
        with self._lock:
            self._turn += 1
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
    """How long to keep what clients may keep for `seconds`: a little less, by chance, so that a thousand answers that
    were made together are not made again together."""
    return seconds * random.uniform(0.5, 1.0)  # noqa: S311 -- no secret


def etag_of(body: bytes) -> str:
    """A strong validator (RFC 9110, 8.8.3)."""
    return f'"{base64.urlsafe_b64encode(hashlib.sha256(body).digest()[:16]).rstrip(b"=").decode()}"'


def matches(header: str | None, etag: str) -> bool:
    """Does If-None-Match name this answer? Weak comparison, as RFC 9110, 13.1.2 has it."""
    if header is None:
        return False
    return header.strip() == "*" or any(part.strip().removeprefix("W/") == etag for part in header.split(","))
