"""Group commit of what must be written before and after each SMTP dialogue.

Each sender waits for its own `begin`; those that come during a write go with the next one. So the number of mails whose
outcome a crash leaves open is the number of senders, and the number of writes is far below that of the mails.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass
class Round(Generic[K]):
    """What one write stores; `ours` are those of `begun` that may leave, once it is `written`."""

    sent: list[tuple[K, datetime]] = field(default_factory=list)
    begun: list[K] = field(default_factory=list)
    ours: Collection[K] = ()
    written: threading.Event = field(default_factory=threading.Event)


class SendLog(Generic[K]):
    """`write` stores a list of `sent` keys and then a list of `begun` keys, and returns which may begin."""

    def __init__(self, write: Callable[[list[tuple[K, datetime]], list[K]], Iterable[K]]) -> None:
        self._write = write
        self._mutex, self._one = threading.Lock(), threading.Lock()
        self._next = Round[K]()

    def sent(self, delivery: K, at: datetime) -> None:
        """Noted with the next `begin` or `flush`, at the latest before this sender's next dialogue."""
        with self._mutex:
            self._next.sent.append((delivery, at))

    def begin(self, delivery: K) -> bool:
        """True once the delivery is stored as `sending`; False where the delivery is no longer ours."""
        with self._mutex:
            mine = self._next
            mine.begun.append(delivery)
            leads = len(mine.begun) == 1
        if leads:  # the others only wait: who is done must not stand in line behind the next write
            try:
                self._flush(mine)
            except BaseException:
                self._abandon(mine)
                raise
        mine.written.wait()
        return delivery in mine.ours

    def _abandon(self, mine: Round[K]) -> None:
        """End a round that its leader has not begun to write: no other thread would, and those who wait would for ever.
        What was sent goes with the next one."""
        with self._mutex:
            if mine is not self._next:
                return
            self._next = Round(mine.sent)
        mine.written.set()

    def flush(self) -> None:
        """Write what is left."""
        self._flush(None)

    def _flush(self, mine: Round[K] | None) -> None:
        """Write what is left, unless `mine` is written already."""
        with self._one:
            if mine is not None and mine.written.is_set():
                return
            with self._mutex:
                round, self._next = self._next, Round[K]()
            try:
                if round.sent or round.begun:
                    round.ours = set(self._write(round.sent, round.begun))
            except BaseException:
                with self._mutex:  # what was sent must be stored, with whichever write comes next
                    self._next.sent[:0] = round.sent
                raise
            finally:
                round.written.set()
