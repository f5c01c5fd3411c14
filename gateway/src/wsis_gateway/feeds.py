"""Feeds: what clients follow. One read serves all followers of a feed, and an event causes at most one new read.

A follower has its own greenlet and asks for the newest page when it can send one. Nothing is queued for it, so a slow
client costs one page, which all followers share. Greenlets alone use a feed: there are no locks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import gevent
from gevent.event import AsyncResult, Event
from wsis_shared import streams
from wsis_shared.streams import Stream

PENDING = float("inf")
MAX_PAGES = 8  # pages of one list that a feed keeps for its followers


@dataclass(frozen=True, slots=True)
class Page:
    """A representation, or a page of a list, as the service returned it.

    `id` is its ETag, or the cursor after its last item as text; `position` that cursor as the query field takes it.
    `empty`: a page without items. `more`: another page follows at once.
    """

    body: bytes
    id: str
    position: object = None
    empty: bool = False
    more: bool = False


class Follower:
    """One held request: what its greenlet waits on."""

    __slots__ = ("_event", "ended")

    def __init__(self) -> None:
        self._event, self.ended = Event(), False

    def wake(self) -> None:
        """Let `wait` return."""
        self._event.set()

    def end(self) -> None:
        """Ask the greenlet to finish."""
        self.ended = True
        self.wake()

    def wait(self, seconds: float) -> bool:
        """Wait for `wake`, at most so many seconds; return whether it came."""
        woken = bool(self._event.wait(max(seconds, 0.0)))
        self._event.clear()
        return woken


class _Read:
    """A read in flight or done. Its generation is known once it starts; a failed read is never reused."""

    __slots__ = ("generation", "result", "started")

    def __init__(self) -> None:
        self.generation, self.started, self.result = PENDING, PENDING, AsyncResult()


class Feed:
    """One representation, or one list, with its followers. `generation` grows with every event."""

    def __init__(self, min_interval: float) -> None:
        self.generation = 0.0
        self.followers: set[Follower] = set()
        self._min_interval = min_interval
        self._reads: dict[object, _Read] = {}
        self._last_generation, self._last_start = -1.0, float("-inf")

    def changed(self) -> None:
        """An event says that the state may have changed."""
        self.generation += 1
        for follower in tuple(self.followers):
            follower.wake()

    def read(self, position: object, fetch: Callable[[], Page], *, recent: bool = False) -> tuple[float, Page]:
        """The page after `position` and the generation that it has at least.

        Callers of the same position share one `fetch`; its exception is raised in each of them. `recent`: a page that
        is older than the minimum interval is fetched anew even without an event.
        """
        read = self._reads.get(position)
        if (
            read is None
            or read.generation < self.generation
            or (recent and read.result.ready() and time.monotonic() - read.started > self._min_interval)
        ):
            current = [(key, each) for key, each in self._reads.items() if each.generation >= self.generation]
            self._reads = dict(current[-MAX_PAGES:])
            read = self._reads[position] = _Read()
            gevent.spawn(self._run, read, fetch)
        page = read.result.get()
        return read.generation, page

    def _run(self, read: _Read, fetch: Callable[[], Page]) -> None:
        if self._last_generation < self.generation:
            gevent.sleep(max(0.0, self._last_start + self._min_interval - time.monotonic()))
            self._last_generation, self._last_start = self.generation, time.monotonic()
        read.generation, read.started = self.generation, time.monotonic()
        try:
            page = fetch()
        except BaseException as error:  # noqa: BLE001 -- each caller of `read` raises it
            read.generation, read.started = -1.0, float("-inf")
            read.result.set_exception(error)
        else:
            read.result.set(page)


class Feeds:
    """The feeds that have followers, by what they show and by the events that change them."""

    def __init__(self) -> None:
        self._feeds: dict[Hashable, Feed] = {}
        self._by_event: dict[tuple[str, str], set[Feed]] = {}
        self._stopped = False

    @contextmanager
    def follow(self, key: Hashable, stream: Stream, value: str) -> Iterator[tuple[Feed, Follower]]:
        """Follow the feed of `key`, which events that name `value` change. A feed ends with its last follower."""
        feed = self._feeds.get(key)
        topics = [(name, value) for name in stream.events]
        if feed is None:
            feed = self._feeds[key] = Feed(stream.min_interval)
            for topic in topics:
                self._by_event.setdefault(topic, set()).add(feed)
        follower = Follower()
        feed.followers.add(follower)
        if self._stopped:
            follower.end()
        try:
            yield feed, follower
        finally:
            feed.followers.discard(follower)
            if not feed.followers:
                del self._feeds[key]
                for topic in topics:
                    self._by_event[topic].discard(feed)
                    if not self._by_event[topic]:
                        del self._by_event[topic]

    def publish(self, source: str, type: str, envelope: Mapping[str, object]) -> None:
        """An event has arrived: wake the followers of the feeds that it changes."""
        if not self._feeds:
            return
        values = set(streams.event_values(envelope))
        for name in streams.event_names(source, type):
            for value in values:
                for feed in tuple(self._by_event.get((name, value), ())):
                    feed.changed()

    def wake(self) -> None:
        """Wake every follower without a new read: its token may have been revoked."""
        for feed in tuple(self._feeds.values()):
            for follower in tuple(feed.followers):
                follower.wake()

    def refresh(self) -> None:
        """Events may have been missed: let every feed be read again."""
        for feed in tuple(self._feeds.values()):
            feed.changed()

    def stop(self) -> None:
        """End all followers, now and from now on: the process stops."""
        self._stopped = True
        for feed in tuple(self._feeds.values()):
            for follower in tuple(feed.followers):
                follower.end()
