"""One lane of the post office: takes due deliveries from the ledger, writes the mails, talks to the relay.

Each lane has senders and connections of its own, so that a code never waits behind an announcement to thousands.
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

from wsis_notifications.domain import rules
from wsis_notifications.domain.message import Envelope
from wsis_notifications.errors import CannotWrite
from wsis_notifications.events import DELIVERY_FAILED
from wsis_notifications.settings import Settings
from wsis_notifications.smtp import Connection, Relay, RelayAway
from wsis_notifications.store import Journal, Store

_log = logging.getLogger(__name__)

# How long a lane that has nothing to do listens before it looks by itself for what other processes queued.
IDLE = 1.0
BUSY = 0.2  # the same, while its last mails are under way
# How long a turn lasts before it gives its parcels back, and the pause while a neighbour or the relay is away.
# The fast lane goes on while any of its mails is under way, so that one slow dialogue does not hold up the next code.
TURN = {"high": 10.0, "low": 5.0}
AWAY = {"high": 1.0, "low": 5.0}
# The longest rest that a publisher of details can ask for: one of many must not hold up everybody's codes.
REST = {"high": 1.0, "low": 30.0}
# How long a sender keeps what it must write while the store is away.
PATIENCE = 600.0

Document = Mapping[str, Any]
Write = Callable[["Task"], Envelope]
Contacts = Callable[[list[str]], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Task:
    """A delivery in hand, with its notice, and the contact of its account where it has one."""

    row: dict[str, Any]
    notice: Document | None
    contact: Document | None


# Deliveries that the code itself failed on; an operator must look (deploy/prometheus/rules.yml).
NOT_COMPOSED = Counter("wsis_deliveries_not_composed_total", "Deliveries that failed in composing, given up", ["lane"])


class Lane:
    """`run` sends what is due, in turns of a few seconds, until the service stops."""

    def __init__(self, name: str, store: Store, settings: Settings, senders: int) -> None:
        self.name, self._store, self._lease = name, store, settings.lease
        relay = Relay.parse(settings.smtp_uri)
        self._connections = [Connection(relay, settings.smtp_timeout) for _ in range(senders)]
        self._loop: Loop | None = None
        self._pause = 0.0

    def wake(self) -> None:
        """Something was queued: look at once."""
        if self._loop is not None:
            self._loop.wakeup()

    def run(self, loop: Loop, write: Write, contacts: Contacts) -> None:
        """Until the service stops. While the store is away, ask for it again and again."""
        self._loop = loop
        turn = partial(self._turn, loop, write, contacts)
        while loop.running:
            retry_while_unavailable(turn, seconds=PATIENCE, stopping=lambda: loop.stopping)
            self._rest(loop)
            loop.wait(IDLE)

    def _turn(self, loop: Loop, write: Write, contacts: Contacts) -> None:
        """Send for a few seconds and finish what is in hand.

        Nothing is in hand between two turns, so that a process that stops leaves no outcome open.
        """
        claim = uuid.uuid4().hex
        parcels = self._store.parcels.take(self.name, claim, self._lease)
        if not parcels:
            return
        hand = Hand(self._store, claim, self._lease)
        until = time.monotonic() + TURN[self.name]
        tasks: queue.Queue[Task | None] = queue.Queue(maxsize=len(self._connections))
        senders = [self._start(connection, tasks, write, hand) for connection in self._connections]

        def over() -> bool:
            return bool(self._pause) or loop.stopping or time.monotonic() > until

        try:
            while parcels or (tasks.unfinished_tasks and not over()):
                hand.parcels += parcels
                for task in self._tasks(parcels, contacts) if parcels else ():
                    if over():
                        break
                    tasks.put(task)
                loop.wait(0 if parcels else BUSY)
                parcels = [] if over() else self._store.parcels.take(self.name, claim, self._lease)
        finally:
            for _ in senders:
                tasks.put(None)
            for sender in senders:
                sender.join()
            hand.close(self._pause)
            loop.wakeup()  # the time may have been up before the work was

    def _rest(self, loop: Loop) -> None:
        """As long as the last turn said, whatever is queued meanwhile: whoever asked for it knows why."""
        until = time.monotonic() + self._pause
        while not loop.stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, BUSY))
        self._pause = 0.0

    def _start(
        self, connection: Connection, tasks: queue.Queue[Task | None], write: Write, hand: Hand
    ) -> threading.Thread:
        thread = threading.Thread(target=self._send_all, args=(connection, tasks, write, hand), daemon=True)
        thread.start()
        return thread

    def _tasks(self, parcels: Sequence[str], contacts: Contacts) -> Iterator[Task]:
        """What is to be sent of these parcels, with each person's contact, asked for 100 at a time."""
        rows, abandoned = self._store.open(parcels)
        for row in abandoned:
            settle(self._store, row, rules.Outcome("unknown", "the sender ended"))
        notices = self._store.notices.read({row["notice"] for row in rows})
        ids = [row["account"] for row in rows if row["account"] is not None]
        try:
            known = {contact["account"]: contact for contact in contacts(ids)} if ids else {}
        except SuiteError as error:
            _log.warning("no contacts, the lane waits", extra={"lane": self.name, "error": error.code})
            yield from (Task(row, notices.get(row["notice"]), None) for row in rows if row["account"] is None)
            self._pause = AWAY[self.name]
            return
        for row in rows:
            if row["account"] is None or row["account"] in known:
                yield Task(row, notices.get(row["notice"]), known.get(row["account"]))
            else:
                settle(self._store, row, rules.Outcome("skipped", "no contact"))

    # -- a sender ------------------------------------------------------------------------------------------------

    def _send_all(self, connection: Connection, tasks: queue.Queue[Task | None], write: Write, hand: Hand) -> None:
        while (task := tasks.get()) is not None:
            try:
                if not self._pause:  # else it stays queued and comes again with its parcel
                    self._send(connection, task, write, hand)
            except Exception as error:  # noqa: BLE001 -- it comes again, or is listed as unknown
                _log_fault(task.row, error)
            finally:
                tasks.task_done()

    def _send(self, connection: Connection, task: Task, write: Write, hand: Hand) -> None:
        row = task.row
        try:
            mail = write(task)
            connection.open()
        except CannotWrite as error:
            settle(self._store, row, rules.Outcome("failed", error.reason))
            return None
        except Unavailable as error:
            return self._store.settle(row, rules.Settlement("queued", error.code, AWAY[self.name]))
        except TooMany as error:  # whoever has the details has better things to do: it stays queued
            self._pause = min(float(error.params.get("retry_after") or AWAY[self.name]), REST[self.name])
            return None
        except SuiteError as error:
            settle(self._store, {**row, "attempts": row["attempts"] + 1}, _refused(error))
            return None
        except RelayAway as error:
            return self._relay_away(error)
        except Exception as error:  # noqa: BLE001 -- a fault of the code or of the data: the others must not wait
            return self._set_aside(row, error)
        if not hand.journal.begin(row["_id"]):
            return None
        row = {**row, "state": "sending", "claim": hand.claim}
        try:
            outcome = connection.deliver(mail)
        except RelayAway as error:
            self._relay_away(error)
            back = rules.Settlement("queued", "the relay is away", AWAY[self.name])
            return retry_while_unavailable(partial(self._store.settle, row, back), seconds=PATIENCE)
        row["attempts"] += 1
        if outcome == rules.SENT:
            hand.journal.sent(row["_id"], clock.now())
        else:
            retry_while_unavailable(partial(settle, self._store, row, outcome), seconds=PATIENCE)
        return None

    def _set_aside(self, row: dict[str, Any], error: Exception) -> None:
        """Try it again after a pause; a few times, then it fails and waits for an operator."""
        _log_fault(row, error)
        broken = rules.Outcome("broken", f"cannot be composed: {type(error).__name__}")
        now = settle(self._store, {**row, "attempts": row["attempts"] + 1}, broken)
        if now.state == "failed":
            NOT_COMPOSED.labels(self.name).inc()

    def _relay_away(self, error: RelayAway) -> None:
        _log.warning("the relay is away", extra={"lane": self.name, "error": str(error)})
        self._pause = AWAY[self.name]


class Hand:
    """What one turn has in hand: its claim, its parcels, and the journal of its mails."""

    def __init__(self, store: Store, claim: str, lease: float) -> None:
        self._store, self.claim, self._lease = store, claim, lease
        self.parcels: list[str] = []
        self.journal = Journal(self._write)
        self._renewed = time.monotonic()

    def close(self, pause: float) -> None:
        """All dialogues have ended: note the last ones, and give the parcels back."""
        self.journal.flush()
        retry_while_unavailable(
            partial(self._store.close, self.claim, self.parcels, pause, self._lease), seconds=PATIENCE
        )

    def _write(self, sent: list[tuple[str, datetime]], begun: list[str]) -> set[str]:
        return retry_while_unavailable(partial(self._write_once, sent, begun), seconds=PATIENCE)

    def _write_once(self, sent: list[tuple[str, datetime]], begun: list[str]) -> set[str]:
        if time.monotonic() - self._renewed > self._lease / 3:
            self._renewed = time.monotonic()
            self._store.parcels.renew(self.claim, self.parcels, self._lease)
        return self._store.write_progress(self.claim, sent, begun)


def settle(store: Store, row: Mapping[str, Any], outcome: rules.Outcome) -> rules.Settlement:
    """Write what becomes of a delivery that was not sent, with the event where it is given up, and return it."""
    now = rules.settlement(outcome, row["lane"], row["attempts"], row["repeatable"])
    happened = []
    if now.state == "failed":
        happened = [given_up(row, now.reason)]
    store.settle(row, now, *happened)
    return now


def given_up(row: Mapping[str, Any], reason: str) -> PendingEvent:
    """The event of a delivery that did not reach its person."""
    told = {name: row[name] for name in ("event", "template", "account", "lane")}
    return PendingEvent(DELIVERY_FAILED, row["_id"], {"delivery": row["_id"], "reason": reason, **told})


def _log_fault(row: Mapping[str, Any], error: Exception) -> None:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = {"error": type(error).__name__, "frame": f"{frame.filename}:{frame.lineno}"}
    _log.error("delivery not handled", extra={"delivery": row["_id"], **where})


def _refused(error: SuiteError) -> rules.Outcome:
    """The publisher does not give the details: a fault of its own is tried again, a refusal stands (the code has
    expired, the account is gone)."""
    return rules.Outcome("retry" if type(error) is SuiteError else "skipped", f"details {error.code}")
