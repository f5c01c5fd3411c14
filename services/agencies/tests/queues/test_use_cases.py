"""Queues of agencies on a real broker: filled in order, bounded, and closed to everybody but their reader."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from amqp.exceptions import AccessRefused, NotAllowed
from kombu import Connection
from wsis_local.broker import Broker
from wsis_shared import clock
from wsis_shared.errors import Unavailable
from wsis_shared.settings import Settings
from wsis_testkit import refused, unsent, wait_for
from wsis_testkit.proxy import Proxy, behind

from wsis_agencies.deliveries.rules.lane import Cursor
from wsis_agencies.deliveries.rules.policy import DAY
from wsis_agencies.deliveries.store.attempts import Attempts
from wsis_agencies.deliveries.store.lanes import REPLAY, Lanes
from wsis_agencies.event_log.rules.log import row_of
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.event_subscriptions.rules.subscriptions import with_handshake
from wsis_agencies.event_subscriptions.store.queues import EventQueues
from wsis_agencies.event_subscriptions.use_cases.readers import QueueReaders
from wsis_agencies.queues import publisher
from wsis_agencies.queues.use_cases import Queues

NODE = Path(__file__).parent / "node"
LENGTH, BATCH = 5, 3  # of a queue, and what one round publishes
Reader = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def broker(environment: dict[str, str]) -> Iterator[Broker]:
    """The broker with a virtual host for the queues of this module; the settings lead to it."""
    name = f"agencies-{uuid.uuid4().hex[:10]}"
    made = Broker(environment["WSIS_AMQP_URI"], environment["WSIS_AMQP_MANAGEMENT_URI"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WSIS_AGENCIES_MANAGEMENT_URI", environment["WSIS_AMQP_MANAGEMENT_URI"])
        patch.setenv("WSIS_AGENCIES_AMQP_URI", environment["WSIS_AMQP_URI"])
        patch.setenv("WSIS_AGENCIES_VHOST", name)
        patch.setenv("WSIS_AGENCIES_QUEUE_LENGTH", str(LENGTH))
        Settings.forget_current()
        yield made
    Settings.forget_current()
    users: Any = made.request("GET", f"vhosts/{name}/permissions")
    made.drop_vhost(name)
    for user in users:
        if user["user"].startswith("sub."):
            made.request("DELETE", f"users/{user['user']}")


@pytest.fixture
def log(database: Any) -> EventLog:
    return EventLog(database("agencies"))


@pytest.fixture
def queues(broker: Broker, database: Any) -> Queues:
    return Queues(database("agencies"), batch=BATCH)


@pytest.fixture
def readers(broker: Broker, database: Any) -> QueueReaders:
    return QueueReaders(EventQueues(database("agencies")))


@pytest.fixture
def lanes(database: Any) -> Any:
    """The collection: `rest(lanes, row)` lets a full queue be tried again."""
    return database("agencies").webhook_lanes


@pytest.fixture
def subscribe(
    readers: QueueReaders, log: EventLog, database: Any
) -> Iterator[Callable[..., tuple[dict[str, Any], Any]]]:
    """`subscribe(filters)`: (subscription, credentials) of an active subscription to what comes now."""
    db, made = database("agencies"), []

    def make(agency: str | None = "itu", **filters: Any) -> tuple[dict[str, Any], Any]:
        id_ = uuid.uuid4().hex
        row = {"_id": id_, "owner": "3f2a", "name": "Register", "channel": "queue", "agency": agency, "version": 1}
        row |= {"state": "active", "filters": filters}
        db.event_subscriptions.insert_one(row)
        made.append(row)
        Lanes(db).start(id_, id_, Cursor(log.last()))
        return row, readers.create(row)

    yield make
    for row in made:
        readers.remove(row)
        db.event_subscriptions.delete_one({"_id": row["_id"]})
        db.webhook_lanes.delete_many({"subscription": row["_id"]})


def rested(lanes: Any, row: dict[str, Any]) -> None:
    """A full queue is tried again now."""
    lanes.update_one({"_id": row["_id"]}, {"$set": {"rest_until": 0.0}})


def drain(credentials: dict[str, Any]) -> list[dict[str, Any]]:
    """Get and acknowledge all that is in the queue."""
    events = []
    with reading(credentials) as channel:
        while message := channel.basic_get(credentials["queue"]):
            events.append(json.loads(message.body))
            channel.basic_ack(message.delivery_tag)
    return events


def append(log: EventLog, *numbers: int, event: str = "voting_closed") -> list[str]:
    """Append events; returns their ids."""
    ids = [uuid.uuid4().hex for _ in numbers]
    rows = [
        row_of(
            {
                "id": id_,
                "source": "/wsis/voting",
                "type": f"wsis.voting.{event}.v1",
                "time": "2017-04-30T21:00:00Z",
                "subject": "2017",
                "data": {"n": number},
            },
            {},
        )
        for id_, number in zip(ids, numbers, strict=True)
    ]
    log.append(rows)
    return ids


@contextmanager
def reading(credentials: dict[str, Any]) -> Iterator[Any]:
    """A channel of the queue's reader."""
    with Connection(credentials["uri"], connect_timeout=5) as connection:
        yield connection.channel()


def take(credentials: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Get and acknowledge so many events."""
    events = []
    with reading(credentials) as channel:
        for _ in range(count):
            message = wait_for(lambda: channel.basic_get(credentials["queue"]), 10, "an event")
            assert (message.content_type, message.properties["delivery_mode"]) == ("application/cloudevents+json", 2)
            events.append(json.loads(message.body))
            channel.basic_ack(message.delivery_tag)
        assert channel.basic_get(credentials["queue"]) is None
    return events


class Turns:
    """A loop that ends after some waits."""

    lease = None

    def __init__(self, waits: int = 1) -> None:
        self.waits = waits

    @property
    def running(self) -> bool:
        return self.waits > 0

    def wait(self, seconds: float) -> None:
        self.waits -= 1


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


def test_events_that_pass_are_in_the_queue_in_their_order(queues: Queues, log: EventLog, subscribe: Any) -> None:
    append(log, 0)
    _, closed = subscribe(types=["wsis.voting.voting_closed.v1"])
    _, all_of_them = subscribe()
    ids = append(log, 1, 2)
    other = append(log, 3, event="voting_opened")
    queues.fill_queues(Turns())
    events = take(closed, 2)
    assert [event["id"] for event in events] == ids
    assert [event["data"] for event in events] == [{"n": 1}, {"n": 2}]
    assert [event["id"] for event in take(all_of_them, 3)] == [*ids, *other]
    queues.fill_queues(Turns())
    assert take(closed, 0) == []


def test_a_full_queue_waits_in_the_log_and_goes_on_without_a_gap(
    queues: Queues, log: EventLog, subscribe: Any, lanes: Any
) -> None:
    row, credentials = subscribe()
    ids = append(log, *range(40))
    seen: list[str] = []
    rounds = 0
    while len(set(seen)) < len(ids) and rounds < 40:
        rounds += 1
        rested(lanes, row)
        queues.fill_queues(Turns())
        seen += [event["id"] for event in drain(credentials)]
    assert rounds > 3
    assert list(dict.fromkeys(seen)) == ids
    queues.fill_queues(Turns())


def test_each_event_names_the_one_before_it_also_when_it_comes_again(
    queues: Queues, log: EventLog, subscribe: Any, lanes: Any
) -> None:
    row, credentials = subscribe(types=["wsis.voting.voting_closed.v1"])
    wanted = [log.last() + 2 * number + 1 for number in range(8)]
    for number in range(8):
        append(log, number)
        append(log, number, event="voting_opened")
    found: dict[int, Any] = {}
    while len(found) < len(wanted):
        rested(lanes, row)
        queues.fill_queues(Turns())
        for event in drain(credentials):
            previous = int(event["previous"]) if "previous" in event else None
            assert found.setdefault(int(event["sequence"]), previous) == previous
    assert found == dict(zip(wanted, [None, *wanted], strict=False))


def test_a_queue_that_comes_after_events_expired_says_that_there_is_a_gap(
    queues: Queues, log: EventLog, subscribe: Any, database: Any
) -> None:
    _, credentials = subscribe()
    append(log, 1, 2, 3)
    first = log.last()
    db = database("agencies")
    db.event_log.delete_many({"seq": {"$lt": first}})
    before = db.event_log_counter.find_one_and_update({}, {"$set": {"first": first}})
    try:
        queues.fill_queues(Turns())
        [event] = take(credentials, 1)
    finally:
        db.event_log_counter.update_one({}, {"$set": {"first": before["first"]}})
    assert (int(event["sequence"]), int(event["previous"])) == (first, first - 1)


def test_a_queue_that_nobody_reads_for_five_days_ends_with_a_mail_and_goes_on_when_it_is_resumed(
    queues: Queues, log: EventLog, subscribe: Any, database: Any
) -> None:
    row, credentials = subscribe()
    ids = append(log, *range(20))
    db = database("agencies")
    queues.fill_queues(Turns())
    full = db.webhook_lanes.find_one({"_id": row["_id"]})["failing_since"]
    change = {"failing_since": full - 5 * DAY, "rest_until": 0.0}
    db.webhook_lanes.update_one({"_id": row["_id"]}, {"$set": change})
    queues.fill_queues(Turns())
    found = db.event_subscriptions.find_one({"_id": row["_id"]})
    assert (found["state"], found["reason"]) == ("disabled", "silent")
    event = unsent(db, "endpoint_disabled")[-1]
    assert event["data"] == {
        "account": "3f2a",
        "subscription": row["_id"],
        "name": "Register",
        "reason": "silent",
        "host": credentials["queue"],
    }
    seen: list[str] = []
    again = with_handshake(found, clock.now())
    assert again["state"] == "active"
    db.event_subscriptions.replace_one({"_id": row["_id"]}, again)
    while len(set(seen)) < len(ids):
        seen += [event["id"] for event in drain(credentials)]
        rested(db.webhook_lanes, row)
        queues.fill_queues(Turns())
    assert db.event_subscriptions.find_one({"_id": row["_id"]})["state"] == "active"


def test_a_full_queue_holds_up_no_other(queues: Queues, log: EventLog, subscribe: Any, lanes: Any) -> None:
    full, _ = subscribe()
    append(log, *range(60))
    queues.fill_queues(Turns())
    assert lanes.find_one({"_id": full["_id"]})["failing_since"] is not None
    _, free = subscribe("who")
    ids = append(log, 1, 2)
    queues.fill_queues(Turns())
    assert [event["id"] for event in take(free, 2)] == ids


def test_a_paused_subscription_gets_nothing_until_it_goes_on(
    queues: Queues, log: EventLog, subscribe: Any, database: Any
) -> None:
    row, credentials = subscribe()
    subscribe("who")
    rows = database("agencies").event_subscriptions
    rows.update_one({"_id": row["_id"]}, {"$set": {"state": "paused"}})
    ids = append(log, 1, 2)
    queues.fill_queues(Turns())
    assert take(credentials, 0) == []
    rows.update_one({"_id": row["_id"]}, {"$set": {"state": "active"}})
    queues.fill_queues(Turns())
    assert [event["id"] for event in take(credentials, 2)] == ids


def test_a_crash_between_confirm_and_position_repeats_events_with_the_same_ids(
    queues: Queues, log: EventLog, subscribe: Any, lanes: Any
) -> None:
    row, credentials = subscribe()
    before = lanes.find_one({"_id": row["_id"]})
    ids = append(log, 1, 2)
    queues.fill_queues(Turns())
    lanes.replace_one({"_id": row["_id"]}, before)
    queues.fill_queues(Turns())
    assert [event["id"] for event in take(credentials, 4)] == [*ids, *ids]


def test_a_replay_brings_former_events_again_beside_the_new_ones(
    queues: Queues, log: EventLog, subscribe: Any, lanes: Any, database: Any
) -> None:
    row, credentials = subscribe()
    former = append(log, 1, 2, 3)
    queues.fill_queues(Turns())
    first = drain(credentials)
    until = log.last()
    Lanes(database("agencies")).start(row["_id"] + REPLAY, row["_id"], Cursor(until - 2, until=until))
    new = append(log, 4)
    queues.fill_queues(Turns(2))
    events = drain(credentials)
    assert sorted(event["id"] for event in events) == sorted([*former[1:], *new])
    assert [event["id"] for event in events if event["id"] in former] == former[1:]
    same = {event["id"]: event["sequence"] for event in first}
    assert all(same[event["id"]] == event["sequence"] for event in events if event["id"] in former)
    assert [one["_id"] for one in lanes.find({"subscription": row["_id"]})] == [row["_id"]], "the replay has ended"


def test_what_went_into_a_queue_is_listed_and_a_full_one_once(
    queues: Queues, log: EventLog, subscribe: Any, lanes: Any, database: Any
) -> None:
    row, _ = subscribe()
    ids = append(log, *range(20))
    for _ in range(4):
        rested(lanes, row)
        queues.fill_queues(Turns())
    page = Attempts(database("agencies")).page(row["_id"], None, 100)
    taken = [one for one in page.rows if one["error"] is None]
    [refused_one] = [one for one in page.rows if one["error"] is not None]
    count = sum(one["count"] for one in taken)
    assert count == lanes.find_one({"_id": row["_id"]})["position"] - log.last() + len(ids)
    assert (refused_one["error"], refused_one["event"]) == ("queue_full", ids[count])
    assert {(one["kind"], one["status"], one["tries"]) for one in page.rows} == {("event", None, 1)}


def test_a_test_goes_into_the_queue_once(queues: Queues, subscribe: Any, database: Any) -> None:
    row, credentials = subscribe()
    rows = database("agencies").event_subscriptions
    rows.update_one({"_id": row["_id"]}, {"$set": {"test": {"id": "a-test"}}})
    queues.fill_queues(Turns(2))
    [event] = drain(credentials)
    assert (event["id"], event["type"]) == ("a-test", "wsis.notifications.webhook_tested.v1")
    assert (event["subject"], event["data"]) == (row["_id"], {"name": "Register"})
    assert rows.find_one({"_id": row["_id"]})["test"] is None
    [attempt] = Attempts(database("agencies")).page(row["_id"], None, 10).rows
    assert (attempt["kind"], attempt["event"], attempt["error"]) == ("test", "a-test", None)


def test_a_queue_that_is_lost_is_told_from_a_full_one(
    queues: Queues, log: EventLog, subscribe: Any, broker: Broker, database: Any
) -> None:
    row, credentials = subscribe()
    vhost = urlsplit(credentials["uri"]).path.removeprefix("/")
    broker.request("DELETE", f"queues/{vhost}/{credentials['queue']}")
    append(log, 1)
    queues.fill_queues(Turns())
    [attempt] = Attempts(database("agencies")).page(row["_id"], None, 10).rows
    assert attempt["error"] == "queue_missing"


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


def test_a_node_of_the_broker_that_does_not_confirm_is_left(
    subscribe: Any, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, credentials = subscribe()
    monkeypatch.setattr(publisher, "CONFIRM_SECONDS", 0.5)
    message = publisher.Message(credentials["queue"], {"id": "1", "type": "x"})
    parts = urlsplit(broker.amqp_uri)
    vhost = f"/{urlsplit(credentials['uri']).path.removeprefix('/')}"
    with ExitStack() as stack:
        wires = [stack.enter_context(Proxy(str(parts.hostname), int(parts.port or 0))) for _ in range(2)]
        nodes = {behind(parts._replace(path=vhost).geturl(), wire): wire for wire in wires}
        with publisher.Publisher(";".join(nodes)) as first:
            assert first.publish([message]) == [None]
            nodes[first._connection.address].freeze()
            with refused("notifications.queues_away"):
                first.publish([message])
        for _ in range(5):
            with publisher.Publisher(";".join(nodes)) as next_one:
                assert next_one.publish([message]) == [None]


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


@pytest.fixture(scope="module")
def reader() -> Path:
    """The reader in Node.js with its library."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("Node.js is in Debian's packages nodejs and npm")
    if not (NODE / "node_modules").is_dir():
        options = ["--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(
            ["npm", "install", "--no-package-lock", *options], cwd=NODE, capture_output=True, text=True, timeout=120
        )
        if done.returncode:
            pytest.skip(f"npm cannot install amqplib: {done.stderr[-200:]}")
    return NODE / "read_queue.js"


def test_a_client_in_another_language_reads_the_queue(
    queues: Queues, log: EventLog, subscribe: Any, reader: Path
) -> None:
    _, credentials = subscribe()
    ids = append(log, 1, 2, 3)
    queues.fill_queues(Turns())
    command = ["node", str(reader), credentials["uri"], credentials["queue"], "3"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["event"]["id"] for line in lines] == [line["id"] for line in lines] == ids
    assert {line["type"] for line in lines} == {"application/cloudevents+json"}
    assert lines[0]["event"]["specversion"] == "1.0"
