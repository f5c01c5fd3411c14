"""The engine: one thread claims batches of a source and gives them back, others hand their mails to the relay.

Each connection has one thread, and each thread one mail under way: a kill leaves at most as many rows of unknown
outcome as there are connections. A process that stops claims no more, gives back what it has not begun, and finishes
what it has.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

from wsis_shared import clock
from wsis_shared.errors import Unavailable
from wsis_shared.mongo import retry_while_unavailable

from wsis_notifications.mails.rules.deliveries import AWAY, SENT, Outcome
from wsis_notifications.mails.rules.message import Envelope
from wsis_notifications.mails.sending.queue import Batch, Key, Task, TaskQueue
from wsis_notifications.mails.smtp import Connection, RelayAway
from wsis_notifications.mails.store.send_log import SendLog

T = TypeVar("T")
R = TypeVar("R")
_log = logging.getLogger(__name__)

STORE_SECONDS = 600.0  # how long a thread keeps what it must write while the store is away
HELD = 32  # batches of one process at most: the rest stays with the others


class Rest(Exception):
    """Nothing is claimed or begun for so many seconds; what is claimed comes again with its batch."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class Source(ABC, Generic[T]):
    """Where mails come from, and what becomes of them. `idle`: seconds between two looks for work; `relay_pause`: those
    of a rest while the relay is away; `lease`: those after which others take what is not renewed."""

    name: str
    idle: float
    relay_pause: float
    lease: float

    def look(self) -> Callable[[T], bool] | None:
        """See what has changed, before each claim. Returns which of the mails that wait are not to be sent now, if any
        may be."""
        return None

    @abstractmethod
    def claim(self) -> Iterable[Batch[T]]:
        """Batches that nobody works on, this process neither. Raises Rest."""

    @abstractmethod
    def renew(self) -> None:
        """This process still works on what it has claimed and not closed."""

    @abstractmethod
    def close(self, batch: str, pause: float) -> None:
        """Give a batch back, not before `pause` seconds where something is left of it."""

    @abstractmethod
    def write(self, mail: T) -> Envelope:
        """The mail. Raises Rest, or whatever `not_written` understands."""

    @abstractmethod
    def not_written(self, mail: T, error: Exception) -> Outcome | None:
        """What becomes of a mail that cannot be written, for `record`; None where that is stored already. Raises the
        error where the mail comes again with its batch."""

    @abstractmethod
    def write_progress(self, sent: Sequence[tuple[Key, datetime]], begun: Sequence[Key]) -> set[Key]:
        """Store what was sent and what begins; returns those of `begun` that are ours to send."""

    @abstractmethod
    def record(self, mail: T, outcome: Outcome) -> None:
        """Store the outcome of a mail that has begun and was not sent."""


class Engine(Generic[T]):
    """`run` sends until the process stops. No two mails leave closer than `interval` seconds."""

    def __init__(self, source: Source[T], connections: Sequence[Connection], interval: float = 0.0) -> None:
        self._source, self._connections = source, connections
        self._tasks: TaskQueue[T] = TaskQueue(interval)
        self._send_log: SendLog[Key] = SendLog(lambda sent, begun: persist(partial(self._write, sent, begun)))
        self._ended: deque[Batch[T]] = deque()
        self._count, self._held, self._has_more = threading.Lock(), 0, False
        self._rests_until = self._renewed = 0.0

    def run(self, is_stopping: Callable[[], bool], wait: Callable[[float], None], wake: Callable[[], None]) -> None:
        """Until the process stops. `wait` waits so many seconds, or until `wake`."""
        self._wake = wake
        threads = [threading.Thread(target=self._send_all, args=(one,), daemon=True) for one in self._connections]
        for thread in threads:
            thread.start()
        try:
            while not is_stopping():
                if not persist(self._turn, is_stopping):
                    wait(min(self._source.idle, self._rest_seconds() or self._source.idle))
        except Unavailable:
            if not is_stopping():
                raise
        finally:
            self._drop(self._tasks.close())
            for thread in threads:
                thread.join()
            self._close_ended()
            for connection in self._connections:  # only now: what was sent must be stored, also after a kill
                connection.close()

    # -- the thread that claims ----------------------------------------------------------------------------------

    def _turn(self) -> bool:
        """One round; True where the next one should follow at once."""
        self._renew()
        self._close_ended()
        if unwanted := self._source.look():
            self._drop(self._tasks.remove(unwanted))
        if self._rest_seconds() or self._held >= HELD or not self._is_short():
            return False
        self._has_more = False
        try:
            for batch in self._source.claim():
                self._has_more = True
                self._held += 1
                self._tasks.put(batch.tasks)
                if not batch.tasks:
                    self._ended.append(batch)
        except Rest as rest:
            self._rest(rest.seconds)
        return self._has_more

    def _is_short(self) -> bool:
        return len(self._tasks) < 4 * len(self._connections)

    def _renew(self) -> None:
        now = time.monotonic()
        if now - self._renewed > self._source.lease / 4:
            self._source.renew()
            self._renewed = now  # only now: one that failed is made up for

    def _close_ended(self) -> None:
        if count := len(self._ended):
            self._send_log.flush()
        for _ in range(count):  # what fails leaves the others for the next time
            batch = self._ended.popleft()
            self._held -= 1
            persist(partial(self._source.close, batch.id, self._rest_seconds()))
            batch.tasks.clear()  # each knows its batch: only the collector would free them

    def _rest(self, seconds: float) -> None:
        self._rests_until = time.monotonic() + seconds

    def _rest_seconds(self) -> float:
        return max(0.0, self._rests_until - time.monotonic())

    # -- the threads that send -----------------------------------------------------------------------------------

    def _send_all(self, connection: Connection) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                if not self._rest_seconds():  # else it stays queued and comes again with its batch
                    self._send(connection, task)
            except Rest as rest:
                self._rest(rest.seconds)
            except RelayAway as error:
                self._relay_away(error)
            except Exception as error:  # noqa: BLE001 -- it comes again, or is listed as unknown
                log_fault(task.row, error)
            finally:
                self._drop([task])

    def _send(self, connection: Connection, task: Task[T]) -> None:
        key, mail = task.key, task.mail
        try:
            written = self._source.write(mail)
        except Rest:
            raise
        except Exception as error:  # noqa: BLE001 -- the source says which of them it understands
            outcome = self._source.not_written(mail, error)
            if outcome is not None and self._send_log.begin(key):
                persist(partial(self._source.record, mail, outcome))
            return
        connection.open()
        if not self._send_log.begin(key):
            return
        try:
            outcome = connection.deliver(written)
        except RelayAway as error:
            self._relay_away(error)
            outcome = AWAY
        if outcome == SENT:
            self._send_log.sent(key, clock.now())
        else:
            persist(partial(self._source.record, mail, outcome))

    def _relay_away(self, error: RelayAway) -> None:
        _log.warning("the relay is away", extra={"source": self._source.name, "error": str(error)})
        self._rest(self._source.relay_pause)

    def _drop(self, tasks: Iterable[Task[T]]) -> None:
        """They are done, or stay queued. A batch of which nothing is left goes back."""
        for task in tasks:
            with self._count:
                task.batch.left -= 1
                ended = task.batch.left == 0
            if ended:
                self._ended.append(task.batch)
            if ended or (self._has_more and self._is_short() and not self._rest_seconds()):
                self._wake()

    def _write(self, sent: list[tuple[Key, datetime]], begun: list[Key]) -> set[Key]:
        self._renew()
        return self._source.write_progress(sent, begun)


def persist(work: Callable[[], R], is_stopping: Callable[[], bool] = lambda: False) -> R:
    """Do what must be stored, however long the store is away."""
    return retry_while_unavailable(work, seconds=STORE_SECONDS, stopping=is_stopping)


def log_fault(row: str, error: Exception) -> None:
    """Where in our code a mail failed; the words of the error may have an address."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = {"error": type(error).__name__, "frame": f"{frame.filename}:{frame.lineno}"}
    _log.error("delivery not handled", extra={"delivery": row, **where})
