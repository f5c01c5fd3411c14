"""Who reads a queue on a real broker: its reader alone, by the password of now."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from amqp.exceptions import AccessRefused, NotAllowed, NotFound
from kombu import Connection
from wsis_local.broker import Broker
from wsis_shared.errors import Unavailable
from wsis_shared.settings import Settings
from wsis_testkit import refused, wait_for

from wsis_agencies.event_log.store import EventLog
from wsis_agencies.event_subscriptions.store.queues import EventQueues
from wsis_agencies.event_subscriptions.use_cases.readers import QueueReaders
from wsis_agencies.queues.use_cases import Queues

from ..queues_kit import LENGTH, Turns, append, reading, take


@pytest.mark.parametrize("act", ["rotate", "lock"])
def test_a_connection_with_a_former_password_ends(readers: QueueReaders, subscribe: Any, act: str) -> None:
    """Whoever stole the credentials and is connected already reads nothing more."""
    subscription, stolen = subscribe()
    with Connection(stolen["uri"], heartbeat=0) as thief:
        channel = thief.channel()
        channel.queue_declare(stolen["queue"], passive=True)
        getattr(readers, act)(subscription)
        if act == "lock":
            readers.close_queues(Turns())

        def is_out() -> bool:
            try:
                channel.queue_declare(stolen["queue"], passive=True)
            except thief.connection_errors:
                return True
            return False

        wait_for(is_out, what="the broker to end the connection")
    with pytest.raises(AccessRefused), Connection(stolen["uri"]) as again:
        again.connect()


def test_the_reader_may_read_its_queue_and_nothing_else(subscribe: Any, broker: Broker) -> None:
    (_, own), (_, other) = subscribe("itu"), subscribe("itu")
    attacks: list[Callable[[Any], Any]] = [
        lambda channel: channel.basic_get(other["queue"]),
        lambda channel: channel.basic_consume(other["queue"]),
        lambda channel: channel.queue_purge(other["queue"]),
        lambda channel: channel.queue_declare("mine"),
        lambda channel: channel.queue_declare("", exclusive=True),
        lambda channel: channel.queue_delete(own["queue"]),
        lambda channel: channel.exchange_declare("mine", "fanout"),
        lambda channel: channel.queue_bind(own["queue"], "amq.topic", "#"),
        lambda channel: _publish(channel, "", own["queue"]),
        lambda channel: _publish(channel, "amq.topic", "x"),
    ]
    for attack in attacks:
        with reading(own) as channel, pytest.raises(AccessRefused):
            attack(channel)
    parts = urlsplit(own["uri"])
    suite = urlsplit(broker.amqp_uri)
    login = f"{parts.username}:{parts.password}@{parts.hostname}:{parts.port}"
    for vhost in ("", suite.path.removeprefix("/")):
        with pytest.raises(NotAllowed), Connection(f"amqp://{login}/{vhost or '%2F'}", connect_timeout=5) as connection:
            connection.connect()
    with httpx.Client(base_url=str(broker.management_uri).rpartition("@")[2].join(("http://", ""))) as http:
        assert http.get("/api/queues", auth=(str(parts.username), str(parts.password))).status_code == 401


def test_a_reader_may_empty_its_queue_and_count_one_whose_name_it_knows(
    subscribe: Any, log: EventLog, queues: Queues
) -> None:
    """The broker checks no right for a passive declaration; the name has an id of 128 bits (docs/agencies.md)."""
    (_, own), (_, other) = subscribe("itu"), subscribe("who")
    append(log, 1, 2)
    queues.fill_queues(Turns())
    with reading(own) as channel:
        assert channel.queue_purge(own["queue"]) == 2
        assert channel.queue_declare(other["queue"], passive=True).message_count == 2
        with pytest.raises(NotFound):
            channel.queue_declare(f"sub.who.{uuid.uuid4().hex}", passive=True)
    assert len(uuid.UUID(other["queue"].rpartition(".")[2]).bytes) * 8 == 128
    assert len(take(other, 2)) == 2


def _publish(channel: Any, exchange: str, key: str) -> None:
    channel.confirm_select()
    channel.basic_publish(channel.prepare_message("{}", content_encoding="utf-8"), exchange, key)
    channel.connection.drain_events(timeout=5)


def test_a_new_password_replaces_the_former_one(readers: QueueReaders, subscribe: Any) -> None:
    row, former = subscribe()
    new = readers.rotate(row)
    assert (new["queue"], new["uri"] == former["uri"]) == (former["queue"], False)
    assert take(new, 0) == []
    with pytest.raises(AccessRefused), reading(former):
        pass


def test_a_new_password_is_not_overwritten_by_a_lock_that_was_asked_for_before(
    readers: QueueReaders, subscribe: Any, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, _ = subscribe()
    readers.lock(row)
    asked = EventQueues(database("agencies")).closing()
    new = readers.rotate(row)
    monkeypatch.setattr(EventQueues, "closing", lambda _: asked)  # it was read before, and others took their time
    readers.close_queues(Turns())
    assert take(new, 0) == []


def test_a_queue_of_a_former_length_keeps_it_and_its_reader_is_locked_out_and_let_in(
    readers: QueueReaders, subscribe: Any, broker: Broker, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, credentials = subscribe()
    with monkeypatch.context() as patch:
        patch.setenv("WSIS_AGENCIES_QUEUE_LENGTH", str(LENGTH + 1))
        Settings.forget_current()
        changed = QueueReaders(EventQueues(database("agencies")))
    Settings.forget_current()
    changed.lock(row)
    changed.close_queues(Turns())
    assert EventQueues(database("agencies")).closing() == []
    with pytest.raises(AccessRefused), reading(credentials):
        pass
    assert take(changed.rotate(row), 0) == []
    vhost = urlsplit(credentials["uri"]).path.removeprefix("/")
    queue: Any = broker.request("GET", f"queues/{vhost}/{credentials['queue']}")
    assert queue["arguments"]["x-max-length"] == LENGTH


def test_a_broker_that_comes_back_empty_gets_what_it_lost(
    subscribe: Any, broker: Broker, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    vhost = f"agencies-{uuid.uuid4().hex[:10]}"
    row, _ = subscribe()
    with monkeypatch.context() as patch:
        patch.setenv("WSIS_AGENCIES_VHOST", vhost)
        Settings.forget_current()
        readers = QueueReaders(EventQueues(database("agencies")))
        Settings.forget_current()
    for change in (readers.lock, readers.remove):
        change(row)
        readers.close_queues(Turns())
    assert EventQueues(database("agencies")).closing() == [], "nothing is there to be changed"
    assert take(readers.rotate(row), 0) == []
    readers.remove(row)
    readers.close_queues(Turns())
    broker.drop_vhost(vhost)


def test_a_removed_subscription_leaves_nothing_on_the_broker(
    readers: QueueReaders, subscribe: Any, broker: Broker, database: Any
) -> None:
    row, credentials = subscribe()
    readers.remove(row)
    readers.close_queues(Turns())
    with pytest.raises(AccessRefused), reading(credentials):
        pass
    names = [queue["name"] for queue in broker.request("GET", "queues")]  # type: ignore[attr-defined]
    assert credentials["queue"] not in names
    readers.remove(row)
    readers.close_queues(Turns())
    assert database("agencies").event_queues.find_one({"_id": row["_id"]}) is None


def test_a_reader_is_locked_out_as_soon_as_the_broker_is_back(
    readers: QueueReaders, subscribe: Any, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, credentials = subscribe()
    readers.lock(row)
    for uri, ends in (("http://a:b@127.0.0.1:9", pytest.raises(Unavailable)), ("", nullcontext())):
        with monkeypatch.context() as patch, ends:
            patch.setenv("WSIS_AGENCIES_MANAGEMENT_URI", uri)
            Settings.forget_current()
            QueueReaders(EventQueues(database("agencies"))).close_queues(Turns())
    Settings.forget_current()
    assert take(credentials, 0) == []
    readers.close_queues(Turns())
    with pytest.raises(AccessRefused), reading(credentials):
        pass
    new = readers.rotate(row)
    readers.close_queues(Turns())
    assert take(new, 0) == []


def test_no_queue_without_a_broker(broker: Broker, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"_id": "s1", "agency": None}
    for uri, code in (
        ("", "notifications.queues_not_offered"),
        ("http://a:b@127.0.0.1:9", "notifications.queues_away"),
    ):
        monkeypatch.setenv("WSIS_AGENCIES_MANAGEMENT_URI", uri)
        Settings.forget_current()
        with refused(code):
            QueueReaders(EventQueues(database("agencies"))).create(row)
    monkeypatch.undo()
    Settings.forget_current()
