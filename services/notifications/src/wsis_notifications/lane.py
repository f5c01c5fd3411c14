"""One lane of the post office: takes due deliveries from the ledger, writes the mails, talks to the relay.

Each lane has senders and connections of its own, so that a code never waits behind an announcement to thousands.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from wsis_shared import clock
from wsis_shared.errors import SuiteError, Unavailable
from wsis_shared.events import Occurrence
from wsis_shared.mongo import patiently

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
# How long a turn lasts before it lets the process stop, and the pause while a neighbour or the relay is away.
TURN = 2.0
AWAY = {"fast": 1.0, "bulk": 5.0}
# How long a sender keeps what it must write while the store is away.
PATIENCE = 600.0

Write = Callable[[Mapping[str, Any], Mapping[str, Any] | None], Envelope]
Contacts = Callable[[list[str]], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Task:
    """A delivery in hand, with the contact of its account where it has one."""

    row: dict[str, Any]
    contact: Mapping[str, Any] | None


class Lane:
    """`turn` sends what is due, for a short while; the service calls it again and again."""

    def __init__(self, name: str, store: Store, settings: Settings, senders: int) -> None:
        self.name, self._store, self._settings = name, store, settings
        relay = Relay.parse(settings.smtp_uri)
        self._connections = [Connection(relay, settings.smtp_timeout) for _ in range(senders)]
        self._wake = threading.Event()
        self._claims: dict[str, str] = {}
        self._journal = Journal(self._progress)
        self._pause = 0.0

    def wake(self) -> None:
        """Something was queued: look at once."""
        self._wake.set()

    def turn(self, write: Write, contacts: Contacts) -> int:
        """Wait for something to do, send for at most two seconds, finish what is in hand. Returns how many were taken.

        Nothing is in hand between two turns, so that a process that stops leaves no outcome open.
        """
        self._wake.wait(max(self._pause, IDLE))
        self._wake.clear()
        self._pause = 0.0
        tasks: queue.Queue[Task | None] = queue.Queue(maxsize=self._settings.mail_batch)
        senders: list[threading.Thread] = []
        taken, until = 0, time.monotonic() + TURN
        try:
            while time.monotonic() < until and not self._pause:
                rows = self._store.claim(self.name, self._settings.mail_batch, self._settings.lease)
                if not rows:
                    break
                taken += len(rows)
                self._claims.update({row["_id"]: row["claim"] for row in rows})
                if not senders:
                    senders = self._start(tasks, write)
                for task in self._tasks(rows, contacts):
                    tasks.put(task)
            else:
                self._wake.set()  # the time was up, not the work
        finally:
            for _ in senders:
                tasks.put(None)
            for sender in senders:
                sender.join()
            self._journal.flush()
            self._claims.clear()
        return taken

    def _start(self, tasks: queue.Queue[Task | None], write: Write) -> list[threading.Thread]:
        started = []
        for connection in self._connections:
            thread = threading.Thread(target=self._send_all, args=(connection, tasks, write), daemon=True)
            thread.start()
            started.append(thread)
        return started

    def _tasks(self, rows: list[dict[str, Any]], contacts: Contacts) -> list[Task]:
        ids = [row["account"] for row in rows if row["account"] is not None]
        try:
            known = {contact["account"]: contact for contact in contacts(ids)} if ids else {}
        except SuiteError as error:
            _log.warning("no contacts, the lane waits", extra={"lane": self.name, "error": error.code})
            self._away([row for row in rows if row["account"] is not None])
            known, rows = {}, [row for row in rows if row["account"] is None]
        tasks = []
        for row in rows:
            if row["account"] is not None and row["account"] not in known:
                settle(self._store, row, rules.Outcome("skipped", "no contact"))
            else:
                tasks.append(Task(row, known.get(row["account"])))
        return tasks

    def _away(self, rows: Sequence[dict[str, Any]]) -> None:
        self._pause = AWAY[self.name]
        self._store.postpone(rows, self._pause)

    # -- a sender ------------------------------------------------------------------------------------------------

    def _send_all(self, connection: Connection, tasks: queue.Queue[Task | None], write: Write) -> None:
        while (task := tasks.get()) is not None:
            try:
                self._send(connection, task, write)
            except Exception as error:  # noqa: BLE001 -- its lease runs out, and it comes again or is listed as unknown
                frame = traceback.extract_tb(error.__traceback__)[-1]
                where = {"error": type(error).__name__, "frame": f"{frame.filename}:{frame.lineno}"}
                _log.error("delivery not handled", extra={"delivery": task.row["_id"], **where})

    def _send(self, connection: Connection, task: Task, write: Write) -> None:
        row = task.row
        if self._pause:
            return self._store.postpone([row], self._pause)
        try:
            mail = write(row, task.contact)
            connection.open()
        except CannotWrite as error:
            return settle(self._store, row, rules.Outcome("failed", error.reason))
        except Unavailable:
            return self._store.postpone([row], AWAY[self.name])
        except SuiteError as error:
            return settle(self._store, {**row, "attempts": row["attempts"] + 1}, _refused(error))
        except RelayAway as error:
            _log.warning("the relay is away", extra={"lane": self.name, "error": str(error)})
            return self._away([row])
        if not self._journal.begin(row["_id"]):
            return
        row = {**row, "state": "sending"}
        try:
            outcome = connection.deliver(mail)
        except RelayAway:
            self._pause = AWAY[self.name]
            back = rules.Settlement("queued", "the relay is away", self._pause)
            return patiently(partial(self._store.settle, row, back), seconds=PATIENCE)
        row["attempts"] += 1
        if outcome == rules.SENT:
            self._journal.sent(row["_id"], clock.now())
        else:
            patiently(partial(settle, self._store, row, outcome), seconds=PATIENCE)

    def _progress(self, sent: Any, begun: Any) -> set[str]:
        write = partial(self._store.write_progress, self._claims, self._settings.lease, sent, begun)
        return patiently(write, seconds=PATIENCE)

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections:
            connection.close()


def settle(store: Store, row: Mapping[str, Any], outcome: rules.Outcome) -> None:
    """Write what becomes of a delivery that was not sent, with the event where it is given up."""
    now = rules.settlement(outcome, row["lane"], row["attempts"], row["repeatable"])
    happened = []
    if now.state == "failed":
        told = {name: row[name] for name in ("event", "template", "account", "lane")}
        data = {"delivery": row["_id"], "reason": now.reason, **told}
        happened = [Occurrence(DELIVERY_FAILED, row["_id"], data)]
    store.settle(row, now, *happened)


def _refused(error: SuiteError) -> rules.Outcome:
    """The publisher does not give the details: a fault of its own is tried again, a refusal stands (the code has
    expired, the account is gone)."""
    return rules.Outcome("retry" if type(error) is SuiteError else "skipped", f"details {error.code}")
