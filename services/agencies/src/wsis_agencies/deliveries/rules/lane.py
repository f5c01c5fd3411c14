"""The deliveries of one cursor over the event log to one receiver: what is sent next, and what is stored of it.

Pure: times are seconds since the epoch, and chance is an argument. The log is the queue. `position` is the sequence up
to which each event is delivered, not wanted, dead, or stored as pending; after a crash reading resumes there.

- Events of one subject are sent one after the other, in the order of the log; IN_FLIGHT subjects at a time.
- A failed event becomes pending, and later ones of its subject wait behind it, pending too, so that `position` goes on.
- While the breaker is open one probe is sent at a time, of the subject that was tried least recently: an event that its
  receiver cannot take hides no receiver that is well.
- What is held is bounded: by WINDOW new events and MAX_PENDING in all, while the breaker is open by PROBE_WINDOW and
  PROBE_PENDING.

Delivery is at least once, with the same id and the same `previous`; the first arrivals are in order for each subject.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from wsis_agencies.deliveries.rules.policy import Outcome, Policy

IN_FLIGHT = 8
WINDOW = 64
MAX_PENDING = 1_000
PROBE_WINDOW, PROBE_PENDING = 16, 128
DEFAULT_RETRY_AFTER = 60.0  # seconds, where a 429 does not say how long


class Verdict(StrEnum):
    """What follows from an attempt that did not deliver."""

    WAITS = "waits"
    DEAD = "dead"
    GONE = "gone"  # the receiver asked for no more: disable it
    SILENT = "silent"  # the receiver has taken nothing for days: disable it


@dataclass(frozen=True)
class Cursor:
    """What is stored of a lane beside its pending deliveries. `matched` is the last event up to `position` that the
    filter let pass; `until` ends a replay."""

    position: int
    matched: int | None = None
    until: int | None = None
    failures: int = 0  # of the receiver, in a row
    failing_since: float | None = None
    rest_until: float = 0.0


@dataclass
class Delivery:
    """One event on its way. `tried_at` is 0 until an attempt has failed; `tries` are those that count."""

    sequence: int
    subject: str
    previous: int | None
    tries: int = 0
    due: float = 0.0
    tried_at: float = 0.0
    dead: bool = False
    revision: int = 1
    stored: int = 0  # the revision that the store has


@dataclass(frozen=True)
class Changes:
    """What a flush stores in one transaction."""

    cursor: Cursor
    put: tuple[Delivery, ...]
    removed: tuple[int, ...]


def resumed(cursor: Cursor, pending: Iterable[Delivery], at: float) -> tuple[Cursor, list[Delivery]]:
    """A lane whose receiver is asked anew since `at`: what failed before is due, and counts no more."""
    if cursor.failing_since is None or cursor.failing_since >= at:
        return cursor, list(pending)
    fresh = replace(cursor, failures=0, failing_since=None, rest_until=0.0)
    return fresh, [replace(one, due=0.0) for one in pending]


class Lane:
    """See the module."""

    def __init__(
        self,
        cursor: Cursor,
        pending: Iterable[Delivery],
        policy: Policy,
        *,
        known: Iterable[int] = (),
        interval: float = 0.0,
    ) -> None:
        """`known` are dead letters beyond the position; `interval` is the least time between two requests."""
        self.policy, self._interval = policy, interval
        self._until = cursor.until
        self._probe: int | None = None
        self._failures, self._failing_since = cursor.failures, cursor.failing_since
        self._rest_until, self._paced_until = cursor.rest_until, 0.0
        self.read_to, self._matched = cursor.position, cursor.matched
        self._queues: dict[str, deque[Delivery]] = {}
        self._waiting: dict[int, Delivery] = {}
        self._in_flight: dict[int, Delivery] = {}
        self._known = set(known)
        self._removed: set[int] = set()
        self._dead: dict[int, Delivery] = {}
        self._stored_cursor: Cursor | None = None
        for delivery in sorted(pending, key=lambda one: one.sequence):
            self._queue(delivery)

    # -- reading ------------------------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Is the breaker open?"""
        return self._failures >= self.policy.breaker_after

    @property
    def is_finished(self) -> bool:
        """Has a replay come to its end?"""
        return self._until is not None and self.read_to >= self._until and not self._waiting

    @property
    def is_idle(self) -> bool:
        """Is nothing in flight?"""
        return not self._in_flight

    def room(self) -> int:
        """How many further events may be read now: many at a time, since each reading may be a query."""
        if self._until is not None and self.read_to >= self._until:
            return 0
        window, most = (PROBE_WINDOW, PROBE_PENDING) if self.is_open else (WINDOW, MAX_PENDING)
        total = len(self._waiting)
        room = window - total
        if room < window // 2:  # what failed, and what waits behind it, keeps no other event out
            room = min(window - total + sum(1 for _ in self._pending()), most - total)
        return room if room >= window // 2 else 0

    def add(self, sequence: int, subject: str | None, *, wanted: bool = True) -> bool:
        """An event of the log, the next one that was read; True where it will be sent. One without a subject is a
        subject of its own."""
        if self._until is not None and sequence > self._until:
            self.read_to = self._until
            return False
        self.read_to = max(self.read_to, sequence)
        if not wanted:
            return False
        previous, self._matched = self._matched, sequence
        if sequence in self._waiting or sequence in self._known:
            return False
        self._queue(Delivery(sequence, subject or f"#{sequence}", previous))
        return True

    def expired(self, sequence: int) -> None:
        """Events up to this number were deleted before they were read. The next one has it as `previous`: the receiver
        never got it, and so learns of the gap."""
        self.read_to = self._matched = sequence if self._until is None else min(sequence, self._until)

    def _queue(self, delivery: Delivery) -> None:
        self._waiting[delivery.sequence] = delivery
        self._queues.setdefault(delivery.subject, deque()).append(delivery)

    # -- sending ------------------------------------------------------------------------------------------------------

    def next(self, now: float) -> Delivery | None:
        """The delivery to send now, from now on in flight; None: see `next_at`."""
        if now < max(self._rest_until, self._paced_until) or len(self._in_flight) >= self._limit:
            return None
        heads = self._heads()
        if self.is_open:
            chosen = min(heads, key=lambda one: (one.tried_at, one.sequence), default=None)
            self._probe = None if chosen is None else chosen.sequence
        else:
            chosen = next((head for head in heads if head.due <= now), None)
        if chosen is not None:
            self._in_flight[chosen.sequence] = chosen
            self._queues[chosen.subject] = self._queues.pop(chosen.subject)  # its turn comes after the others'
            self._paced_until = now + self._interval
        return chosen

    def next_at(self) -> float | None:
        """From when `next` may give something, if nothing else happens; None: not before something does."""
        if len(self._in_flight) >= self._limit:
            return None
        due = min((0.0 if self.is_open else head.due for head in self._heads()), default=None)
        return None if due is None else max(due, self._rest_until, self._paced_until)

    @property
    def _limit(self) -> int:
        return 1 if self.is_open else IN_FLIGHT

    def _heads(self) -> Iterator[Delivery]:
        return (queue[0] for queue in self._queues.values() if queue[0].sequence not in self._in_flight)

    def succeeded(self, sequence: int, now: float) -> None:
        """The receiver has taken it."""
        delivery = self._leave(sequence)
        if delivery.stored:
            self._removed.add(sequence)
        self._reached(now)
        self._failing_since = None

    def failed(self, sequence: int, now: float, outcome: Outcome, retry_after: float | None, chance: float) -> Verdict:
        """The receiver has not taken it."""
        delivery, policy = self._in_flight.pop(sequence), self.policy
        self._failing_since = self._failing_since or now
        counts = outcome is Outcome.REFUSED or (outcome is Outcome.FAILED and not self.is_open)
        delivery.tried_at, delivery.tries = now, delivery.tries + counts
        delivery.revision += 1
        pause = policy.delay(max(delivery.tries, 1), chance)
        delivery.due = now + (pause or 0.0)
        if outcome is Outcome.FAILED and (not self.is_open or sequence == self._probe):
            # What was in flight when the breaker opened says nothing new: one stall must not look like eight.
            self._failures += 1
            if self.is_open:
                self._rest_until = now + policy.probe_delay(self._failures, chance)
        elif outcome is Outcome.THROTTLED:
            rest = min(policy.max_retry_after, DEFAULT_RETRY_AFTER if retry_after is None else retry_after)
            self._rest_until = max(self._rest_until, now + rest)
            delivery.due = self._rest_until
        elif outcome is Outcome.REFUSED:
            self._reached(now)
        if outcome is Outcome.GONE:
            return Verdict.GONE
        if counts and pause is None:
            self._dead_letter(delivery)
            return Verdict.DEAD
        return Verdict.SILENT if now - self._failing_since >= policy.disable_after else Verdict.WAITS

    def postponed(self, sequence: int, until: float) -> None:
        """It could not be sent, and no request was made. A probe is not chosen by `due`, so all wait then."""
        if (delivery := self._in_flight.pop(sequence, None)) is not None:
            delivery.due = until
            if self.is_open:
                self._rest_until = max(self._rest_until, until)

    def dropped(self, sequence: int) -> None:
        """Its event is no longer in the log: there is nothing to send."""
        if self._leave(sequence).stored:
            self._removed.add(sequence)

    def _leave(self, sequence: int) -> Delivery:
        delivery = self._in_flight.pop(sequence)
        del self._waiting[sequence]
        queue = self._queues[delivery.subject]
        queue.popleft()
        if not queue:
            del self._queues[delivery.subject]
        return delivery

    def _dead_letter(self, delivery: Delivery) -> None:
        self._in_flight[delivery.sequence] = delivery
        self._leave(delivery.sequence)
        delivery.dead = True
        self._dead[delivery.sequence] = delivery
        if not self._waiting:
            self._failing_since = None  # nothing is left that it refuses

    def _reached(self, now: float) -> None:
        """It replies again: what failed meanwhile is due."""
        if self.is_open:
            self._rest_until = 0.0
            for delivery in self._waiting.values():
                if delivery.due > now:
                    delivery.due, delivery.revision = now, delivery.revision + 1
        self._failures = 0

    # -- storing ------------------------------------------------------------------------------------------------------

    def _pending(self) -> Iterator[Delivery]:
        """What failed, and what waits behind it."""
        for queue in self._queues.values():
            blocked = False
            for delivery in queue:
                blocked = blocked or delivery.tried_at > 0 or delivery.stored > 0
                if blocked:
                    yield delivery

    def changes(self) -> Changes | None:
        """What is to be stored now; None: nothing. Call `confirm` when it is; until then nothing is lost."""
        pending = {delivery.sequence: delivery for delivery in self._pending()}
        new = min((sequence for sequence in self._waiting if sequence not in pending), default=None)
        cursor = Cursor(
            self.read_to if new is None else new - 1,
            self._matched if new is None else self._waiting[new].previous,
            self._until,
            self._failures,
            self._failing_since,
            self._rest_until,
        )
        put = [one for one in (*pending.values(), *self._dead.values()) if one.revision != one.stored]
        if not put and not self._removed and cursor == self._stored_cursor:
            return None
        return Changes(cursor, tuple(replace(one) for one in put), tuple(self._removed))

    def confirm(self, changes: Changes) -> None:
        """They are stored."""
        self._stored_cursor = changes.cursor
        self._removed.difference_update(changes.removed)
        for stored in changes.put:
            if stored.dead:
                self._dead.pop(stored.sequence, None)
            elif (delivery := self._waiting.get(stored.sequence)) is not None:
                delivery.stored = stored.revision
            else:  # delivered while it was being stored
                self._forget(stored.sequence)

    def _forget(self, sequence: int) -> None:
        if sequence not in self._dead:
            self._removed.add(sequence)
