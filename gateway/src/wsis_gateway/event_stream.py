"""The body of a response of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from itertools import chain

from wsis_shared.errors import SuiteError, TooMany, Unauthenticated, Unavailable

from wsis_gateway.client_socket import ClientSocket
from wsis_gateway.feeds import Feed, Follower, Page

MEDIA_TYPE = "text/event-stream"
KEEPALIVE_SECONDS = 15.0
RECONNECT_MS = 3000
CHANGED = b'"changed"'
COMMENT = b":\n\n"
PIECE_BYTES = 32 * 1024  # sent at a time; each has the time of `client_socket.SEND_SECONDS`
# Seconds until the next attempt to read after a 429 or 503, with a jitter of 50 %.
RETRY_SECONDS = 2.0
TOLD_AFTER = 2  # failures: one may mean that all streams are read at once, after a lost connection to the broker


def format_event(data: bytes, *, id: str = "", event: str = "") -> bytes:
    """One event. `data` is JSON in one line, `id` a cursor or an ETag."""
    head = "".join(f"{name}: {value}\n" for name, value in (("event", event), ("id", id)) if value)
    return head.encode() + b"data: " + data + b"\n\n"


class EventStream:
    """Yields the present page and each newer one, until the token ends, the client leaves or the process stops.

    `read(position, recent)` returns a page and its generation. `check()` raises Unauthenticated once the token has
    expired or was revoked. `problem(error)` is the problem document of an error. `told`: the client hears that there is
    something new, and asks for it itself.
    """

    def __init__(
        self,
        feed: Feed,
        follower: Follower,
        socket: ClientSocket,
        *,
        read: Callable[[object], tuple[float, Page]],
        first: tuple[float, Page],
        last_id: str,
        told: bool,
        expires_at: float,
        check: Callable[[], object],
        problem: Callable[[SuiteError], bytes],
        release: Callable[[], None],
    ) -> None:
        self._feed, self._follower, self._socket = feed, follower, socket
        self._read, self._problem, self._release = read, problem, release
        (self._generation, self._page), self._last_id = first, last_id
        self._expires_at, self._check, self._told = expires_at, check, told
        self._sent_at = time.monotonic()
        self._failures = 0  # reads in a row that were refused or not possible

    def __iter__(self) -> Iterator[bytes]:
        # At once, with the headers: a client that has the present state already waits for the next one.
        for chunk in chain((f"retry: {RECONNECT_MS}\n\n".encode(),), self._events()):
            for start in range(0, len(chunk), PIECE_BYTES):
                yield chunk[start : start + PIECE_BYTES]
                # The worker buffers what it has of a response: it goes out now.
                if not self._socket.flush():
                    return
            self._sent_at = time.monotonic()

    def close(self) -> None:
        """Release the request's places. The server calls it at the end, however the response ends."""
        self._release()

    def _events(self) -> Iterator[bytes]:
        while True:
            if not self._page.empty and self._page.id != self._last_id:
                self._last_id = self._page.id
                yield format_event(CHANGED if self._told else self._page.body, id=self._page.id)
            if not self._page.more:
                yield from self._wait()
            if self._follower.ended:
                return
            if not self._silence_left():
                yield COMMENT
            try:
                self._check()
                if self._expires_at <= time.time():
                    return  # it would never wait again
                self._generation, self._page = self._read(self._page.position)
                self._failures = 0
            except (Unavailable, TooMany) as error:
                self._failures += 1
                if self._failures == TOLD_AFTER:  # once per outage
                    yield format_event(self._problem(error), event="problem")
                self._page = Page(b"", self._last_id, self._page.position, empty=True, more=True)
                self._follower.wait(RETRY_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret
            except SuiteError as error:
                yield format_event(self._problem(error), event="problem")
                return

    def _wait(self) -> Iterator[bytes]:
        """Wait for an event; comments keep the connection open and reveal a client that has left."""
        while self._feed.generation <= self._generation and not self._follower.ended:
            left = self._expires_at - time.time()
            if left <= 0 or self._token_ended():
                return
            if silence := self._silence_left():
                self._follower.wait(min(silence, left))
            else:
                yield COMMENT

    def _token_ended(self) -> bool:
        try:
            self._check()
        except Unauthenticated:
            return True
        except Unavailable:
            pass  # nobody knows: the next read will say so
        return False

    def _silence_left(self) -> float:
        """Seconds until a comment is due. Events that change nothing and failed reads send nothing either."""
        return max(0.0, self._sent_at + KEEPALIVE_SECONDS - time.monotonic())
