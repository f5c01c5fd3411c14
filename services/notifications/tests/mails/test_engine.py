"""The engine over a real store and relay: what it stores when it stops or fails, and who is mailed once."""

from __future__ import annotations

import gc
import socket
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pymongo.errors import AutoReconnect
from wsis_shared.mongo import in_transaction
from wsis_testkit import wait_for

from wsis_notifications.mails import delivery_source
from wsis_notifications.mails.delivery_source import DueDeliveries, DueMail, failed_event
from wsis_notifications.mails.rules.message import Envelope
from wsis_notifications.mails.sending.engine import Engine
from wsis_notifications.mails.sending.queue import Batch, TaskQueue
from wsis_notifications.mails.smtp import Connection, Relay
from wsis_notifications.mails.store.deliveries import DeliveryRepository

from ..sink import Sink


@pytest.fixture
def store(database: Any) -> DeliveryRepository:
    made = DeliveryRepository(database("notifications"))
    for name in ("deliveries", "notices", "delivery_batches"):
        made.db[name].delete_many({})
    return made


def queue(store: DeliveryRepository, *accounts: str) -> list[dict[str, Any]]:
    notice = {
        "_id": "e1|herald/news",
        "event": "e1",
        "template": "herald/news",
        "priority": "low",
        "repeatable": False,
        "data": {},
    }
    return in_transaction(lambda: store.queue([(notice, account) for account in accounts]))


def states(store: DeliveryRepository) -> list[str]:
    return [row["state"] for row in store.deliveries.find({}).sort("account", 1)]


def contacts_of(ids: list[str]) -> list[dict[str, Any]]:
    return [{"account": id_, "email": f"{id_}@people.example"} for id_ in ids]


def wanted(mails: Sequence[DueMail]) -> list[str | None]:
    return [None] * len(mails)


def written(mail: DueMail) -> Envelope:
    return Envelope("wsis@wsis.example", f"{mail.row['account']}@people.example", b"Subject: x\r\n\r\nx\r\n")


class Running:
    """An engine in a thread, from `start` until `stop`; `error` is what ended it."""

    def __init__(self, source: DueDeliveries, uri: str, connections: int = 2) -> None:
        self._engine = Engine(source, [Connection(Relay.parse(uri), 10) for _ in range(connections)])
        self._stop, self._news = threading.Event(), threading.Event()
        self.error: Exception | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        try:
            self._engine.run(self._stop.is_set, self._wait, self._news.set)
        except Exception as error:  # noqa: BLE001 -- the test looks at it
            self.error = error

    def _wait(self, seconds: float) -> None:
        self._news.wait(seconds)
        self._news.clear()

    def stop(self) -> None:
        self._stop.set()
        self.wake()

    def wake(self) -> None:
        self._news.set()

    def waiting(self) -> int:
        """Mails that are claimed and that no connection has taken."""
        return len(self._engine._tasks)

    def join(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()


def test_what_was_sent_is_stored_when_the_thread_that_claims_fails(store: DeliveryRepository, sink: Sink) -> None:
    queue(store, "a")
    claiming = threading.Event()

    def refuse(mails: Sequence[DueMail]) -> list[str | None]:
        if [mail.row["account"] for mail in mails] == ["a"]:
            return [None]
        claiming.set()
        wait_for(lambda: sink.counts()["a@people.example"], 10)
        raise KeyError("a fault")

    def write(mail: DueMail) -> Envelope:
        queue(store, "b")
        running.wake()
        assert claiming.wait(10)
        return written(mail)

    running = Running(DueDeliveries("low", store, 600, write, contacts_of, refuse), sink.uri)
    running.start()
    running.join()
    assert isinstance(running.error, KeyError)
    assert states(store) == ["sent", "queued"]


def test_a_mail_that_waited_long_is_refused_by_what_holds_by_then(
    store: DeliveryRepository, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(store, "a", "b")
    left: set[str] = set()

    def refuse(mails: Sequence[DueMail]) -> list[str | None]:
        return ["unsubscribed" if str(mail.row["account"]) in left else None for mail in mails]

    def write(mail: DueMail) -> Envelope:
        if mail.row["account"] == "a":
            left.add("b")
            monkeypatch.setattr(delivery_source, "FRESH_SECONDS", -1.0)
            running.wake()
            wait_for(lambda: running.waiting() == 0, 10)
            monkeypatch.setattr(delivery_source, "FRESH_SECONDS", 600.0)
        return written(mail)

    running = Running(DueDeliveries("low", store, 600, write, contacts_of, refuse), sink.uri, connections=1)
    running.start()
    wait_for(lambda: states(store) == ["sent", "skipped"], 10)
    running.stop()
    running.join()


class Quitting:
    """A relay that looks at the store when somebody quits."""

    def __init__(self, look: Callable[[], list[str]]) -> None:
        self.look, self.seen = look, list[list[str]]()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        return "250 ok"

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:
        self.seen.append(self.look())
        return "221 bye"


@pytest.fixture
def quitting(store: DeliveryRepository) -> Iterator[Any]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Quitting(lambda: states(store)), hostname="127.0.0.1", port=port)
    controller.start()
    yield controller
    controller.stop()


def test_what_was_sent_is_stored_before_the_relay_hears_goodbye(store: DeliveryRepository, quitting: Any) -> None:
    queue(store, "a")

    def write(mail: DueMail) -> Envelope:
        running.stop()
        return written(mail)

    uri = f"smtp://127.0.0.1:{quitting.port}"
    running = Running(DueDeliveries("low", store, 600, write, contacts_of, wanted), uri)
    running.start()
    running.join()
    assert wait_for(lambda: quitting.handler.seen) == [["sent"]]


def test_a_clock_that_is_set_back_holds_up_no_mail() -> None:
    hour = [1000.0, 1000.0, 0.0]
    tasks = TaskQueue[str](now=lambda: hour.pop(0) if len(hour) > 1 else hour[0])
    batch = Batch[str]("b")
    for row in ("r1", "r2", "r3"):
        batch.add(row, row)
    tasks.put(batch.tasks)
    got: list[str] = []
    thread = threading.Thread(target=lambda: got.extend(task.row for _ in batch.tasks if (task := tasks.get())))
    thread.daemon = True
    thread.start()
    thread.join(10)
    assert got == ["r1", "r2", "r3"]


def test_a_renewal_that_failed_is_made_up_for(store: DeliveryRepository, sink: Sink) -> None:
    queue(store, "a")
    asked: list[str] = []

    class Cut(DueDeliveries):
        """The store is away when it is first asked to renew."""

        def renew(self) -> None:
            asked.append("")
            if len(asked) == 1:
                raise AutoReconnect
            super().renew()

    running = Running(Cut("low", store, 600, written, contacts_of, wanted), sink.uri)
    running.start()
    wait_for(lambda: sink.counts()["a@people.example"])
    running.stop()
    running.join()
    assert len(asked) == 2


def test_a_mail_that_is_queued_again_while_it_waits_leaves_once(store: DeliveryRepository, sink: Sink) -> None:
    [row] = queue(store, "a")
    again = threading.Event()
    writes: list[DueMail] = []

    def write(mail: DueMail) -> Envelope:
        writes.append(mail)
        if len(writes) == 1:
            store.skip_queued("a", "unsubscribed")
            skipped = store.read(row["_id"])
            in_transaction(lambda: store.requeue(skipped, failed_event(skipped, ""), running.wake))
            assert again.wait(10)
        else:
            again.set()
        return written(mail)

    running = Running(DueDeliveries("low", store, 600, write, contacts_of, wanted), sink.uri)
    running.start()
    wait_for(lambda: states(store) == ["sent"])
    running.stop()
    running.join()
    assert (len(writes), sink.counts()) == (2, {"a@people.example": 1})


def test_a_batch_that_has_ended_waits_for_no_collector(store: DeliveryRepository, sink: Sink) -> None:
    queue(store, "a", "b")
    mails: list[weakref.ref[DueMail]] = []

    def write(mail: DueMail) -> Envelope:
        mails.append(weakref.ref(mail))
        return written(mail)

    gc.disable()
    try:
        running = Running(DueDeliveries("low", store, 600, write, contacts_of, wanted), sink.uri)
        running.start()
        wait_for(lambda: states(store) == ["sent", "sent"])
        running.stop()
        running.join()
        assert len(mails) == 2
        wait_for(lambda: [mail() for mail in mails] == [None, None])
    finally:
        gc.enable()
