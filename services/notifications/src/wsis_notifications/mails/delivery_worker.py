"""The mails of one priority: takes due deliveries, writes the mails, talks to the relay.

Each priority has senders and connections of its own, so that a code never waits behind an announcement to thousands.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from prometheus_client import Counter
from wsis_shared import clock
from wsis_shared.bus import Loop
from wsis_shared.errors import SuiteError, TooMany, Unavailable
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import retry_while_unavailable

from wsis_notifications.mails.errors import MailRefused, RenderError
from wsis_notifications.mails.events import DELIVERY_FAILED
from wsis_notifications.mails.rules import deliveries
from wsis_notifications.mails.rules.message import Envelope
from wsis_notifications.mails.smtp import Connection, Relay, RelayAway
from wsis_notifications.mails.store.deliveries import DeliveryRepository
from wsis_notifications.mails.store.send_log import SendLog
from wsis_notifications.settings import Settings

_log = logging.getLogger(__name__)

# How long a priority that has nothing to do listens before it looks by itself for what other processes queued.
IDLE = 1.0
BUSY = 0.2  # the same, while its last mails are under way
# How long a turn lasts before it gives its batches back, and the pause while another service or the relay is away.
# High priority goes on while any of its mails is under way: one slow dialogue does not hold up the next code.
TURN_SECONDS = {"high": 10.0, "low": 5.0}
RETRY_DELAY = {"high": 1.0, "low": 5.0}
# The longest rest that a publisher of details can ask for: one of many must not hold up everybody's codes.
MAX_BACKOFF = {"high": 1.0, "low": 30.0}
# How long a sender keeps what it must write while the store is away.
STORE_RETRY_SECONDS = 600.0

Document = Mapping[str, Any]
Write = Callable[["Task"], Envelope]
Contacts = Callable[[list[str]], Sequence[Mapping[str, Any]]]
Refusals = Callable[[Sequence["Task"]], Sequence[str | None]]  # for each task, why nothing is sent, or None


@dataclass(frozen=True)
class Task:
    """A claimed delivery, with its notice, and the contact of its account where it has one."""

    row: dict[str, Any]
    notice: Document | None
    contact: Document | None


# Deliveries that code, texts or data failed on; an operator must look (deploy/prometheus/rules.yml).
NOT_COMPOSED = Counter(
    "wsis_deliveries_not_composed_total", "Deliveries that failed in composing, given up", ["priority"]
)
for _priority in deliveries.PRIORITIES:  # from 0 on: an increase from nothing to 1 would not raise the alert
    NOT_COMPOSED.labels(_priority)


class DeliveryWorker:
    """`run` sends what is due, in turns of a few seconds, until the service stops."""

    def __init__(self, name: str, store: DeliveryRepository, settings: Settings, senders: int) -> None:
        self.name, self._store, self._lease = name, store, settings.lease
        relay = Relay.parse(settings.smtp_uri)
        self._connections = [Connection(relay, settings.smtp_timeout) for _ in range(senders)]
        self._loop: Loop | None = None
        self._pause = 0.0

    def wake(self) -> None:
        """Something was queued: look at once."""
        if self._loop is not None:
            self._loop.wakeup()

    def run(self, loop: Loop, write: Write, contacts: Contacts, refusals: Refusals) -> None:
        """Until the service stops. While the store is away, ask for it again and again."""
        self._loop = loop
        turn = partial(self.run_once, loop, write, contacts, refusals)
        while loop.running:
            retry_while_unavailable(turn, seconds=STORE_RETRY_SECONDS, stopping=lambda: loop.stopping)
            self._rest(loop)
            loop.wait(IDLE)

    def run_once(self, loop: Loop, write: Write, contacts: Contacts, refusals: Refusals) -> None:
        """Send for a few seconds and finish what it has claimed.

        Nothing is claimed between two turns, so that a process that stops leaves no outcome open.
        """
        claim = uuid.uuid4().hex
        batches = self._store.batches.take(self.name, claim, self._lease)
        if not batches:
            return
        claimed = ClaimedBatch(self._store, claim, self._lease)
        until = time.monotonic() + TURN_SECONDS[self.name]
        tasks: queue.Queue[Task | None] = queue.Queue(maxsize=len(self._connections))
        senders = [self._start(connection, tasks, write, claimed) for connection in self._connections]

        def over() -> bool:
            return bool(self._pause) or loop.stopping or time.monotonic() > until

        try:
            while batches or (tasks.unfinished_tasks and not over()):
                claimed.batches += batches
                for task in self._wanted(batches, contacts, refusals) if batches else ():
                    if over():
                        break
                    tasks.put(task)
                loop.wait(0 if batches else BUSY)
                batches = [] if over() else self._store.batches.take(self.name, claim, self._lease)
        finally:
            for _ in senders:
                tasks.put(None)
            for sender in senders:
                sender.join()
            claimed.close(self._pause)
            loop.wakeup()  # the time may have been up before the work was

    def _rest(self, loop: Loop) -> None:
        """As long as the last turn said, whatever is queued meanwhile: whoever asked for it knows why."""
        until = time.monotonic() + self._pause
        while not loop.stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, BUSY))
        self._pause = 0.0

    def _start(
        self, connection: Connection, tasks: queue.Queue[Task | None], write: Write, claimed: ClaimedBatch
    ) -> threading.Thread:
        thread = threading.Thread(target=self._send_all, args=(connection, tasks, write, claimed), daemon=True)
        thread.start()
        return thread

    def _wanted(self, batches: Sequence[str], contacts: Contacts, refusals: Refusals) -> Iterator[Task]:
        """The tasks whose mails people want; the others are skipped."""
        tasks = list(self._tasks(batches, contacts))
        for task, reason in zip(tasks, refusals(tasks), strict=True):
            if reason is None:
                yield task
            else:
                record_outcome(self._store, task.row, deliveries.Outcome("skipped", reason))

    def _tasks(self, batches: Sequence[str], contacts: Contacts) -> Iterator[Task]:
        """What is to be sent of these batches, with each person's contact, asked for 100 at a time."""
        rows, abandoned = self._store.open(batches)
        for row in abandoned:
            record_outcome(self._store, row, deliveries.Outcome("unknown", "the sender ended"))
        notices = self._store.notices.read({row["notice"] for row in rows})
        ids = [row["account"] for row in rows if row["account"] is not None]
        try:
            known = {contact["account"]: contact for contact in contacts(ids)} if ids else {}
        except SuiteError as error:
            _log.warning("no contacts, the priority waits", extra={"priority": self.name, "error": error.code})
            yield from (Task(row, notices.get(row["notice"]), None) for row in rows if row["account"] is None)
            self._pause = RETRY_DELAY[self.name]
            return
        for row in rows:
            if row["account"] is None or row["account"] in known:
                yield Task(row, notices.get(row["notice"]), known.get(row["account"]))
            else:
                record_outcome(self._store, row, deliveries.Outcome("skipped", "no contact"))

    # -- a sender ------------------------------------------------------------------------------------------------

    def _send_all(
        self, connection: Connection, tasks: queue.Queue[Task | None], write: Write, claimed: ClaimedBatch
    ) -> None:
        while (task := tasks.get()) is not None:
            try:
                if not self._pause:  # else it stays queued and comes again with its batch
                    self._send(connection, task, write, claimed)
            except Exception as error:  # noqa: BLE001 -- it comes again, or is listed as unknown
                _log_fault(task.row, error)
            finally:
                tasks.task_done()

    def _send(self, connection: Connection, task: Task, write: Write, claimed: ClaimedBatch) -> None:
        row = task.row
        try:
            mail = write(task)
            connection.open()
        except MailRefused as error:
            record_outcome(self._store, row, deliveries.Outcome("skipped", error.reason))
            return None
        except RenderError as error:
            return self._not_composed(row, deliveries.Outcome("failed", error.reason))
        except Unavailable as error:
            return self._store.record_outcome(row, deliveries.Settlement("queued", error.code, RETRY_DELAY[self.name]))
        except TooMany as error:  # whoever has the details has better things to do: it stays queued
            self._pause = min(float(error.params.get("retry_after") or RETRY_DELAY[self.name]), MAX_BACKOFF[self.name])
            return None
        except SuiteError as error:
            record_outcome(self._store, {**row, "attempts": row["attempts"] + 1}, _refused(error))
            return None
        except RelayAway as error:
            return self._relay_away(error)
        except Exception as error:  # noqa: BLE001 -- a fault of the code or of the data: the others must not wait
            _log_fault(row, error)
            broken = deliveries.Outcome("broken", f"cannot be composed: {type(error).__name__}")
            return self._not_composed({**row, "attempts": row["attempts"] + 1}, broken)
        if not claimed.send_log.begin(row["_id"]):
            return None
        row = {**row, "state": "sending", "claim": claimed.claim}
        try:
            outcome = connection.deliver(mail)
        except RelayAway as error:
            self._relay_away(error)
            back = deliveries.Settlement("queued", "the relay is away", RETRY_DELAY[self.name])
            return retry_while_unavailable(partial(self._store.record_outcome, row, back), seconds=STORE_RETRY_SECONDS)
        row["attempts"] += 1
        if outcome == deliveries.SENT:
            claimed.send_log.sent(row["_id"], clock.now())
        else:
            retry_while_unavailable(partial(record_outcome, self._store, row, outcome), seconds=STORE_RETRY_SECONDS)
        return None

    def _not_composed(self, row: dict[str, Any], outcome: deliveries.Outcome) -> None:
        """`broken` is tried again after a pause, a few times; then, like `failed`, it waits for an operator."""
        if record_outcome(self._store, row, outcome).state == "failed":
            NOT_COMPOSED.labels(self.name).inc()

    def _relay_away(self, error: RelayAway) -> None:
        _log.warning("the relay is away", extra={"priority": self.name, "error": str(error)})
        self._pause = RETRY_DELAY[self.name]


class ClaimedBatch:
    """What one turn has claimed: its claim, its batches, and the send_log of its mails."""

    def __init__(self, store: DeliveryRepository, claim: str, lease: float) -> None:
        self._store, self.claim, self._lease = store, claim, lease
        self.batches: list[str] = []
        self.send_log = SendLog(self._write)
        self._renewed = time.monotonic()

    def close(self, pause: float) -> None:
        """All dialogues have ended: note the last ones, and give the batches back."""
        self.send_log.flush()
        retry_while_unavailable(
            partial(self._store.close, self.claim, self.batches, pause, self._lease), seconds=STORE_RETRY_SECONDS
        )

    def _write(self, sent: list[tuple[str, datetime]], begun: list[str]) -> set[str]:
        return retry_while_unavailable(partial(self._write_once, sent, begun), seconds=STORE_RETRY_SECONDS)

    def _write_once(self, sent: list[tuple[str, datetime]], begun: list[str]) -> set[str]:
        if time.monotonic() - self._renewed > self._lease / 3:
            self._renewed = time.monotonic()
            self._store.batches.renew(self.claim, self.batches, self._lease)
        return self._store.write_progress(self.claim, sent, begun)


def record_outcome(
    store: DeliveryRepository, row: Mapping[str, Any], outcome: deliveries.Outcome
) -> deliveries.Settlement:
    """Write what becomes of a delivery that was not sent, with the event where it is given up, and return it."""
    now = deliveries.settlement(outcome, row["priority"], row["attempts"], row["repeatable"])
    events = [failed_event(row, now.reason)] if now.state == "failed" else []
    store.record_outcome(row, now, *events)
    return now


def failed_event(row: Mapping[str, Any], reason: str) -> PendingEvent:
    """The event of a delivery that did not reach its person."""
    data = {name: row[name] for name in ("event", "template", "account", "priority")}
    return PendingEvent(DELIVERY_FAILED, row["_id"], {"delivery": row["_id"], "reason": reason, **data})


def _log_fault(row: Mapping[str, Any], error: Exception) -> None:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = {"error": type(error).__name__, "frame": f"{frame.filename}:{frame.lineno}"}
    _log.error("delivery not handled", extra={"delivery": row["_id"], **where})


def _refused(error: SuiteError) -> deliveries.Outcome:
    """The publisher does not give the details: a fault of its own is tried again, a refusal stands (the code has
    expired, the account is gone)."""
    return deliveries.Outcome("retry" if type(error) is SuiteError else "skipped", f"details {error.code}")
