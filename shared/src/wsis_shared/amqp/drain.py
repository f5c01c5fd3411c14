"""Reads from a connection until it ends, and leaves a node of the broker that stalls, where there are others.

A frozen node keeps its connections open, and one that is cut off from the others confirms nothing: heartbeats notice
the first after 40 s, and the second never.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Hashable

from wsis_shared.amqp.connection import BrokerStalled, ConnectionToOneOf

HEARTBEAT_SECONDS = 20
LOOK_SECONDS = 1.0  # between two looks at whether a node stalls
# Without a word, or the confirm of the message that waits longest. With a look each second it takes five to six.
STALLED_SECONDS = 4.5
ASKED_AFTER = 2.0  # seconds of silence: then the broker is asked for a word
ASKED_EVERY = 5.0  # seconds, whatever else is heard: the word is whether the queue for replies is there


def drain(
    connection: ConnectionToOneOf,
    lock: threading.Lock,
    ended: Callable[[], bool],
    unconfirmed: Callable[[], Hashable] = lambda: None,
    blocked: Callable[[], bool] = lambda: False,
) -> None:
    """Dispatch what comes, until `ended()`. `lock` is held for what is sent. `unconfirmed()`: which message waits
    longest for its confirm. `blocked()`: the broker reads nothing until its alarm is over, and all its nodes do so.
    Raises what the connection does, and BrokerStalled. Whoever makes it end wakes it by `ask_to_close`."""
    checked_at, stalls = time.monotonic(), Stalls(connection, lock, unconfirmed)
    pause = LOOK_SECONDS if connection.has_others else HEARTBEAT_SECONDS / 4
    while not ended():
        with contextlib.suppress(TimeoutError):
            connection.drain_events(timeout=pause)
        if not ended() and time.monotonic() - checked_at >= HEARTBEAT_SECONDS / 4:
            checked_at = time.monotonic()
            with lock:
                connection.heartbeat_check(rate=2)
        if connection.has_others and not blocked() and not ended():
            stalls.check(time.monotonic())


class Unchanged:
    """For how long something has been the same. Between two looks no more than twice LOOK_SECONDS counts: in a longer
    pause this process did not run itself."""

    def __init__(self) -> None:
        self._what: Hashable = None
        self._looked_at = self._seconds = 0.0

    def seconds(self, what: Hashable, now: float) -> float:
        """So many, seen at `now`."""
        self._seconds = self._seconds + min(now - self._looked_at, 2 * LOOK_SECONDS) if what == self._what else 0.0
        self._what, self._looked_at = what, now
        return self._seconds


class Stalls:
    """Whether a connection's node stalls, by what it receives and what waits for a confirm."""

    def __init__(
        self, connection: ConnectionToOneOf, lock: threading.Lock, unconfirmed: Callable[[], Hashable]
    ) -> None:
        self._connection, self._lock, self._unconfirmed = connection, lock, unconfirmed
        self._received, self._confirm = Unchanged(), Unchanged()
        self._asked, self._asked_at = False, time.monotonic()

    def check(self, now: float) -> None:
        """Ask for a word, after some silence and every now and then; raises BrokerStalled. Call it every
        LOOK_SECONDS."""
        if self._connection.is_left:
            # Not by `leave`: two connections would chase each other off the only node that is left.
            raise BrokerStalled("the broker stalled on another connection")
        silent = self._received.seconds(self._connection.connection.bytes_recv, now)
        if silent < ASKED_AFTER:
            self._asked = False
        elif self._asked and silent > STALLED_SECONDS:
            raise self._connection.leave("says nothing")
        if (silent >= ASKED_AFTER and not self._asked) or now - self._asked_at > ASKED_EVERY:
            self._asked, self._asked_at = True, now
            with self._lock:
                self._connection.ask()
        waits = self._unconfirmed()
        if waits is not None and self._confirm.seconds(waits, now) > STALLED_SECONDS:
            raise self._connection.leave("does not confirm")
