"""The sender: one thread claims batches and gives them back, others hand the mails to the relay.

Each connection has one thread, and each thread one mail under way: a kill leaves at most as many rows of unknown
outcome as there are connections.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from wsis_shared import clock
from wsis_shared.errors import Unavailable
from wsis_shared.mongo import in_transaction, is_transient, retry_while_unavailable

from wsis_notifications.campaigns.rules.outcomes import RowOutcome, row_outcome
from wsis_notifications.campaigns.sender.claims import Claimed, Claims
from wsis_notifications.campaigns.sender.composing import Composer
from wsis_notifications.campaigns.sender.queue import Task, TaskQueue
from wsis_notifications.campaigns.use_cases.lifecycle import Lifecycle
from wsis_notifications.mails.errors import RenderError
from wsis_notifications.mails.rules.deliveries import SENT, Outcome
from wsis_notifications.mails.smtp import Connection, RelayAway
from wsis_notifications.mails.store.send_log import SendLog

T = TypeVar("T")
_log = logging.getLogger(__name__)

IDLE = 0.5  # seconds between two looks for work
RELAY_PAUSE = 5.0  # seconds, while the relay is away
STORE_SECONDS = 600.0  # how long a thread keeps what it must write while the store is away
HELD = 32  # batches of one process at most: the rest stays with the others


class Sender:
    """`run` sends until `stop` is set, and finishes the mails under way. `conclude(reader, kind, status)` is told of
    addresses that the relay knows not to exist, in the transaction of their rows."""

    def __init__(
        self,
        claims: Claims,
        lifecycle: Lifecycle,
        composer: Composer,
        connections: Sequence[Connection],
        conclude: Callable[[Mapping[str, Any], str, str], Any],
        interval: float = 0.0,
    ) -> None:
        self._claims, self._lifecycle, self._composer, self._connections = claims, lifecycle, composer, connections
        self._stores, self._claim, self._lease = claims.stores, claims.claim, claims.lease
        self._conclude = conclude
        self._tasks = TaskQueue(interval)
        self._send_log = SendLog(self._write)
        self._held: dict[str, Claimed] = {}
        self._ended: queue.SimpleQueue[Claimed] = queue.SimpleQueue()
        self._campaigns: dict[str, Mapping[str, Any]] = {}
        # Those that had nothing to claim, or no batch that is due, when they were last looked at.
        self._idle: set[str] = set()
        self._without_due: set[str] = set()
        self._count, self._news = threading.Lock(), threading.Event()
        self._resume_at = self._renewed = self._looked = 0.0

    def run(self, stop: threading.Event) -> None:
        """Until `stop`. While the store is away, ask for it again and again."""
        threads = [threading.Thread(target=self._send_all, args=(one,), daemon=True) for one in self._connections]
        for thread in threads:
            thread.start()
        while not stop.is_set():
            try:
                busy = _persist(self._turn, stop.is_set)
            except Unavailable:
                if not stop.is_set():
                    raise
                break  # the batches return to the others by themselves
            if not busy:
                self._wait(stop)
        for task in self._tasks.close():
            self._done(task)
        for thread in threads:
            thread.join()
        self._close_ended()

    # -- the thread that claims ----------------------------------------------------------------------------------

    def _turn(self) -> bool:
        """One round; True where the next one should follow at once."""
        self._renew()
        self._close_ended()
        self._look()
        if time.monotonic() < self._resume_at or len(self._held) >= HELD:
            return False
        if not self._is_short():
            return False
        return any([self._claim_one(campaign) for campaign in self._campaigns.values()])

    def _is_short(self) -> bool:
        return len(self._tasks) < 4 * len(self._connections) and len(self._idle) < len(self._campaigns)

    def _wait(self, stop: threading.Event) -> None:
        """Until a batch ends, mails run short, or a moment has passed."""
        if not stop.is_set():
            self._news.wait(IDLE)
            self._news.clear()

    def _look(self) -> None:
        """What has begun, was paused, cancelled or is finished, twice a second."""
        if time.monotonic() - self._looked < IDLE:
            return
        self._looked = time.monotonic()
        self._campaigns = {campaign["_id"]: campaign for campaign in self._stores.campaigns.open()}
        self._idle, self._without_due = set(), set()
        sending = {id for id, campaign in self._campaigns.items() if campaign["state"] == "sending"}
        for task in self._tasks.remove(lambda task: task.batch.campaign["_id"] not in sending):
            self._done(task)
        self._composer.keep(self._campaigns)
        held = {claimed.campaign["_id"] for claimed in self._held.values()}
        for id in self._campaigns:
            if id not in held:
                self._lifecycle.finish(id)

    def _claim_one(self, campaign: Mapping[str, Any]) -> bool:
        """One that cannot be claimed, as its recipients are sealed with a key that is gone, holds up no other."""
        try:
            return self._claim_of(campaign)
        except Exception as error:
            if isinstance(error, Unavailable) or is_transient(error):
                raise
            # It is asked for again, and the log says why.
            _log.error("campaign not claimed", extra={"campaign": campaign["_id"], "error": type(error).__name__})
            return False

    def _claim_of(self, campaign: Mapping[str, Any]) -> bool:
        id, claimed = campaign["_id"], None
        if id in self._idle:
            return False
        if id not in self._without_due:
            claimed = self._claims.due_batch(id)
        if claimed is None:
            self._without_due.add(id)
            claimed = self._claims.next_batch(id) if campaign["state"] == "sending" else None
        if claimed is None:
            self._idle.add(id)
            return False
        self._held[claimed.batch] = claimed
        self._tasks.put(claimed.tasks)
        if not claimed.left:
            self._ended.put(claimed)
        return True

    def _renew(self) -> None:
        if time.monotonic() - self._renewed > self._lease / 4:
            self._renewed = time.monotonic()
            self._stores.batches.renew(list(self._held), self._claim, self._lease)

    def _close_ended(self) -> None:
        ended = []
        while not self._ended.empty():
            ended.append(self._ended.get())
        if ended:
            self._send_log.flush()
        for claimed in ended:
            self._held.pop(claimed.batch, None)
            _persist(lambda claimed=claimed: in_transaction(partial(self._close, claimed)))  # type: ignore[misc]  # bound

    def _close(self, claimed: Claimed) -> None:
        changed = self._claims.give_back(claimed)
        if changed is not None and self._lifecycle.add_figures(claimed.campaign["_id"], *changed):
            self._looked = 0.0  # it was paused: what was claimed waits too

    # -- the threads that send -----------------------------------------------------------------------------------

    def _send_all(self, connection: Connection) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                if time.monotonic() >= self._resume_at:  # else it stays queued and comes again with its batch
                    self._send(connection, task)
            except Exception as error:  # noqa: BLE001 -- it comes again, or is listed as unknown
                _log.error("mail not handled", extra={"row": task.row["_id"], "error": type(error).__name__})
            finally:
                self._done(task)
        connection.close()

    def _send(self, connection: Connection, task: Task) -> None:
        row, campaign = task.row["_id"], task.batch.campaign
        try:
            mail = self._composer.write(campaign, row, task.reader)
        except Exception as error:
            if isinstance(error, Unavailable) or is_transient(error):
                raise  # it comes again
            # What cannot be written now cannot be a moment later.
            if self._send_log.begin(row):
                reason = error.reason if isinstance(error, RenderError) else f"not_written {type(error).__name__}"
                self._record(task, RowOutcome("failed", reason))
            return
        try:
            connection.open()
        except RelayAway as error:
            return self._relay_away(error)
        if not self._send_log.begin(row):
            return
        try:
            outcome = connection.deliver(mail)
        except RelayAway as error:
            self._relay_away(error)
            outcome = Outcome("retry", "the relay is away")
        if outcome == SENT:
            self._send_log.sent(row, clock.now())
            return
        self._record(task, row_outcome(outcome, task.row["attempts"] + 1))

    def _record(self, task: Task, became: RowOutcome) -> None:
        """The row, and what its outcome means for the reader, in one transaction."""

        def work() -> None:
            recorded = self._stores.deliveries.record(task.row["_id"], self._claim, became)
            if recorded and became.is_hard and task.batch.campaign["kind"] != "test":
                self._conclude(task.reader, "hard", became.status)

        _persist(lambda: in_transaction(work))

    def _relay_away(self, error: RelayAway) -> None:
        _log.warning("the relay is away", extra={"error": str(error)})
        self._resume_at = time.monotonic() + RELAY_PAUSE

    def _done(self, task: Task) -> None:
        claimed: Claimed = task.batch
        with self._count:
            claimed.left -= 1
            ended = claimed.left == 0
        if ended:
            self._ended.put(claimed)
        if ended or (self._is_short() and time.monotonic() > self._resume_at):
            self._news.set()

    def _write(self, sent: list[Any], begun: list[str]) -> set[str]:
        return _persist(partial(self._stores.deliveries.write_progress, self._claim, sent, begun))


def _persist(work: Callable[[], T], stopping: Callable[[], bool] = lambda: False) -> T:
    return retry_while_unavailable(work, seconds=STORE_SECONDS, stopping=stopping)
