"""The publishing connection under faults of the broker and of the wire."""

import struct
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit, urlunsplit

import pytest
from kombu import Connection, Queue
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.amqp.future import Future
from wsis_shared.amqp.write_buffer import HIGH_WATER_BYTES
from wsis_shared.errors import Unavailable
from wsis_testkit import make_context, refused, wait_for
from wsis_testkit.proxy import Proxy


@pytest.fixture
def proxied(environment):
    """A client behind a proxy that can freeze and cut its connection."""
    parts = urlsplit(environment["WSIS_AMQP_URI"])
    with Proxy(parts.hostname, parts.port) as proxy:
        netloc = f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}"
        amqp_client = AmqpClient(urlunsplit(parts._replace(netloc=netloc)), "proxied").start()
        assert amqp_client.wait_connected(10)
        yield amqp_client, proxy
        amqp_client.stop()


@pytest.fixture
def inbox(environment):
    """`inbox()`: how many messages a durable queue behind `outside.events` holds."""
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        channel = connection.channel()
        name = f"kept.{uuid.uuid4().hex}"
        queue = Queue(name, topology.event_exchange("outside"), routing_key="kept", durable=True)
        queue(channel).declare()
        yield lambda: channel.queue_declare(name, passive=True).message_count
        channel.queue_delete(name)


def publish(amqp_client, timeout=5.0):
    amqp_client.publish("outside.events", "kept", {"n": 1}, {}, timeout=timeout)


def test_what_is_sent_at_once_waits_for_the_connection(environment, inbox):
    amqp_client = AmqpClient(environment["WSIS_AMQP_URI"], "early").start()
    publish(amqp_client)
    assert inbox() == 1
    amqp_client.stop()


def test_what_is_delivered_is_in_its_queue_or_an_error(amqp_client, environment):
    queue = Queue(f"kept.{uuid.uuid4().hex}", durable=True)
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        bound = queue(connection.channel())
        with refused("suite.service_away"):
            amqp_client.deliver("", queue.name, {"n": 1}, message_id="m1", timeout=5)
        bound.declare()
        amqp_client.deliver("", queue.name, {"n": 1}, message_id="m1", timeout=5)
        assert bound.get(no_ack=True).properties["message_id"] == "m1"
        bound.delete()


def test_a_frozen_wire_is_an_error_in_time_and_never_a_second_copy(proxied, inbox):
    amqp_client, proxy = proxied
    publish(amqp_client)
    proxy.freeze()
    started = time.monotonic()
    with pytest.raises(Unavailable) as raised:
        publish(amqp_client, timeout=1.0)
    assert raised.value.code == "suite.broker_did_not_confirm"
    assert time.monotonic() - started < 4
    proxy.thaw()
    wait_for(lambda: inbox() == 2, what="the late message to arrive")
    publish(amqp_client)
    wait_for(lambda: inbox() == 3)


def test_a_lost_confirm_is_reported_as_unknown_and_not_sent_again(proxied, inbox):
    amqp_client, proxy = proxied
    proxy.drop_replies()
    with pytest.raises(Unavailable):
        publish(amqp_client, timeout=1.0)
    proxy.cut()
    wait_for(lambda: inbox() == 1)
    assert amqp_client.wait_connected(10)
    wait_for(lambda: _published(amqp_client))
    assert inbox() == 2


def _published(amqp_client):
    try:
        publish(amqp_client)
    except Unavailable:
        return False
    return True


def test_a_cut_connection_comes_back_by_itself(proxied, madeup):
    amqp_client, proxy = proxied
    ctx = make_context()
    assert amqp_client.request("madeup", "echo", {"value": 1}, ctx, timeout=5) == {"value": 1}
    waiting = []

    def wait_through_the_cut():
        try:
            amqp_client.request("madeup", "slow", {"seconds": 3}, ctx, timeout=8)
        except Unavailable as error:
            waiting.append((error.code, time.monotonic()))

    thread = threading.Thread(target=wait_through_the_cut)
    thread.start()
    wait_for(lambda: amqp_client._replies)
    cut = time.monotonic()
    proxy.cut()
    thread.join(10)
    assert waiting[0][0] == "suite.broker_away"
    assert waiting[0][1] - cut < 2, "whoever waits is told at once"
    assert wait_for(lambda: _answers(amqp_client, ctx), 10)


def _answers(amqp_client, ctx):
    try:
        return amqp_client.request("madeup", "echo", {"value": 2}, ctx, timeout=2) == {"value": 2}
    except Unavailable:
        return False


def test_who_sends_waits_for_a_broker_that_does_not_read_and_is_told_in_time(proxied, inbox):
    amqp_client, proxy = proxied
    connected_as, large = amqp_client._reply_to, {"text": "x" * 2_000_000}
    proxy.freeze()
    with refused("suite.broker_full"):
        for _ in range(60):
            amqp_client.reply("nobody", "x", large)
    held = amqp_client._write_buffer
    assert held._written - held._sent < HIGH_WATER_BYTES + topology.MAX_MESSAGE_BYTES + 1000
    started = time.monotonic()
    with refused("suite.broker_full"):
        publish(amqp_client, timeout=0.5)
    assert time.monotonic() - started < 4
    with ThreadPoolExecutor() as pool:
        late = [pool.submit(publish, amqp_client, timeout=30) for _ in range(5)]
        wait_for(lambda: not amqp_client._lock.locked())
        proxy.thaw()
        for one in late:
            one.result()
    assert amqp_client._reply_to == connected_as, "the connection was never lost"
    assert inbox() == 5


class HoldsUp(Future):
    """Who waits for a reply, and keeps the thread that tells it of a lost connection until `done`."""

    def __init__(self):
        super().__init__()
        self.done = threading.Event()

    def resolve(self, value=None, error=None):
        super().resolve(value, error)
        self.done.wait(5)


def test_a_publish_that_meets_a_reconnect_shifts_no_later_confirm(proxied, inbox):
    """A thread has found the connection ready and makes its message; meanwhile the connection is lost, and its channel
    is not closed yet."""
    amqp_client, proxy = proxied
    channel, held, made = amqp_client._confirm_channel, HoldsUp(), threading.Event()
    make = channel.prepare_message

    def make_late(*arguments, **options):
        amqp_client._replies["held"] = held
        proxy.cut()
        wait_for(lambda: not amqp_client.connected)
        held.event.wait(1)
        made.set()
        return make(*arguments, **options)

    channel.prepare_message = make_late
    with ThreadPoolExecutor() as pool:
        late = pool.submit(publish, amqp_client)
        wait_for(lambda: made.is_set() and not amqp_client._lock.locked())
        held.done.set()
        with refused("suite.broker_away"):
            late.result()
    wait_for(lambda: _published(amqp_client))
    assert inbox() == 1


def _connection_frame(method, arguments=b""):
    """A method of class 10, connection (AMQP 0-9-1, 4.2.3)."""
    payload = struct.pack(">HH", 10, method) + arguments
    return struct.pack(">BHI", 1, 0, len(payload)) + payload + b"\xce"


def test_a_broker_with_an_alarm_is_said_at_once_and_gets_nothing(proxied, inbox, madeup):
    """The frames are those that the broker sends (https://www.rabbitmq.com/docs/connection-blocked): an alarm of the
    broker itself would block all who share it."""
    amqp_client, proxy = proxied
    proxy.reply(_connection_frame(60, b"\x0dlow on memory"))
    wait_for(lambda: amqp_client.blocked)
    started = time.monotonic()
    with refused("suite.broker_full"):
        publish(amqp_client)
    with refused("suite.broker_full"):
        amqp_client.request("madeup", "echo", {"value": 1}, make_context(), timeout=5)
    with refused("suite.broker_full"):
        amqp_client.command("madeup", "cast", {"args": {}, "body": {}}, make_context(), message_id="x", wait=5)
    assert time.monotonic() - started < 4, "no confirm is waited for"
    assert inbox() == 0
    proxy.reply(_connection_frame(61))
    wait_for(lambda: not amqp_client.blocked)
    publish(amqp_client)
    assert inbox() == 1


def test_an_alarm_ends_with_its_connection(proxied):
    amqp_client, proxy = proxied
    proxy.reply(_connection_frame(60, b"\x00"))
    wait_for(lambda: amqp_client.blocked)
    proxy.cut()
    wait_for(lambda: _published(amqp_client))


def test_nobody_serves_it_is_said_at_once(amqp_client):
    started = time.monotonic()
    with pytest.raises(Unavailable) as raised:
        amqp_client.request("nobody", "anything", {}, make_context(), timeout=5)
    assert raised.value.code == "suite.service_away"
    for wait in (0, 5):
        with refused("suite.service_away"):
            amqp_client.command(
                "nobody", "anything", {"args": {}, "body": {}}, make_context(), message_id="x", wait=wait
            )
    assert time.monotonic() - started < 3


def test_a_message_that_is_no_reply_does_not_end_the_connection(amqp_client, madeup, send):
    """The connection's own thread reads it, for all who wait."""
    before = amqp_client._reply_to
    for body in (b"[]", b"{}", b"null", b"{"):
        send(topology.RPC.name, amqp_client._reply_to, body)
    assert amqp_client.request("madeup", "echo", {"value": 1}, make_context(), timeout=10) == {"value": 1}
    assert amqp_client._reply_to == before, "still the same connection"


def test_many_threads_share_one_connection_and_each_gets_its_own_answer(amqp_client, madeup):
    answers = {}

    def ask(number):
        answers[number] = [
            amqp_client.request("madeup", "echo", {"value": [number, turn]}, make_context(), timeout=20)["value"]
            for turn in range(20)
        ]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == {number: [[number, turn] for turn in range(20)] for number in range(32)}
