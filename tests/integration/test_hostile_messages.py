"""Whatever a message is, it keeps no place, ends no connection and does not affect the others."""

import json
import struct
import sys
import uuid
from dataclasses import dataclass, field
from functools import partial

import pytest
from kombu import Connection
from wsis_shared import context
from wsis_shared.amqp import serializer, signatures, topology
from wsis_shared.inbox import TRIES
from wsis_testkit import actor, make_context, publish, wait_for


def nested(depth, inner="[%s]"):
    """JSON as deep as that."""
    opening, closing = inner.split("%s")
    return opening * depth + closing * depth


# -- properties as bytes: py-amqp writes none of these ---------------------------------------------------------------


JSON_TYPE = serializer.CONTENT_TYPE.encode()


def properties(*entries, encoding=b"utf-8", content_type=JSON_TYPE, reply_to=b"nobody"):
    """Of a message with a table of headers."""
    table = b"".join(entries)
    flags = 0x8000 | 0x4000 | 0x2000 | 0x0200
    return (
        struct.pack(">HB", flags, len(content_type))
        + content_type
        + struct.pack("B", len(encoding))
        + encoding
        + struct.pack(">I", len(table))
        + table
        + struct.pack("B", len(reply_to))
        + reply_to
    )


def entry(name, value):
    return struct.pack("B", len(name)) + name + value


def deep_array(depth):
    value = b"V"
    for _ in range(depth):
        value = b"A" + struct.pack(">I", len(value)) + value
    return value


def deep_table(depth):
    value = b"V"
    for _ in range(depth):
        value = b"F" + struct.pack(">I", len(value) + 2) + entry(b"a", value)
    return value


@dataclass(frozen=True)
class Hostile:
    """A message that no handler gets to see: `raw` are its properties as bytes, `headers` those that are signed."""

    name: str
    raw: bytes = b""
    headers: dict = field(default_factory=dict)
    body: bytes | None = None

    def __str__(self):
        return self.name


PROPERTIES = [
    Hostile("a table as deep as the stack", properties(entry(b"x", deep_table(3000)))),
    Hostile("a list as deep as the stack", properties(entry(b"wsis-actor", deep_array(3000)))),
    Hostile("a time of the year 10000", properties(entry(b"x", b"T" + struct.pack(">Q", 253402300800)))),
    Hostile("a time of no year", properties(entry(b"x", b"T" + struct.pack(">Q", 2**63)))),
    Hostile("an encoding that is no UTF-8", properties(encoding=b"\xff\xfe")),
    Hostile("a content type that is no UTF-8", properties(content_type=b"\xff\xfe")),
]
BODIES = [
    Hostile("no JSON", body=b"\x00\x01"),
    Hostile("no object", body=b"[1]"),
    Hostile("nothing", body=b""),
    Hostile("deep", body=nested(100_000).encode()),
    Hostile("deep inside", body=b'{"data": ' + nested(100_000, '{"a":%s').encode() + b"0" + b"}" * 100_001),
    Hostile("a number of many digits", body=b'{"data": ' + b"9" * 100_000 + b"}"),
    Hostile(
        "a source that is no text",
        body=b'{"specversion": "1.0", "id": "hostile", "source": ["x"], "subject": "x", "data": {"kind": "plain"}}',
    ),
    Hostile("as large as the broker takes", body=b'{"a": "' + b"x" * (topology.MAX_MESSAGE_BYTES - 10)),
]
HEADERS = [
    Hostile(f"{name}: {str(value)[:40]}", headers={name: value})
    for name, values in {
        "wsis-received-at": ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "yesterday", 7, ["x"]],
        "wsis-actor": [
            nested(5000),
            "null",
            "7",
            '[{"a": 1}, [], null, null]',
            '["a", [[1]], null, null]',
            "[1, 2, 3]",
            ["a"],
            '["\\ud800", [], null, null]',
            '["a", "roles", 1, null]',
            '{"a": 1}',
        ],
        "wsis-deadline": ["soon", ["x"], {"a": 1}],
        "wsis-remaining": ["soon", ["x"]],
        "wsis-request-id": [["x"]],
        "wsis-idempotency-key": [7, {"a": 1}],
        "wsis-network": [["x"]],
        "wsis-locale": [3],
    }.items()
    for value in values
]


# -- each kind of queue ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """Where messages of this kind go, and a body that is well formed."""

    exchange: str
    routing_key: str
    body: dict

    def signature(self, headers, body, id):
        return {signatures.HEADER: signatures.sign(self.routing_key, id, headers, body)}


EVENT = {"specversion": "1.0", "id": "hostile", "data": {"kind": "plain"}}
KINDS = {
    "request": Kind(topology.RPC.name, "madeup.echo", {"args": [], "kwargs": {"value": 1}}),
    "command": Kind(topology.COMMANDS.name, "commands.madeup.cast", {"args": {}, "body": {"voter": "hostile"}}),
    "event": Kind("outside.events", "told.v1", EVENT),
    "batch": Kind("outside.events", "told_much.v1", EVENT),
    "ordered": Kind("outside.events", "told_in_turn.v1", EVENT),
    "job": Kind("madeup.events", "job_due.v1", {**EVENT, "data": {"job": "x", "kind": "sign", "dispatch": 1}}),
}
OF_CONTEXT = {"request", "command"}  # the others take nothing from headers


@pytest.fixture
def deliver(environment):
    """Publish a hostile message, and wait until the broker has it."""
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        channel = connection.channel()
        channel.confirm_select()

        def one(kind, hostile):
            id = uuid.uuid4().hex
            body = json.dumps({**kind.body, "unique": id}).encode() if hostile.body is None else hostile.body
            headers = {**context.to_headers(make_context()), **hostile.headers}
            headers |= {**kind.signature(headers, body, id), "nameko.call_id_stack": ["x"]}
            message = channel.prepare_message(
                body,
                content_type=serializer.CONTENT_TYPE,
                content_encoding="utf-8",
                headers=headers,
                properties={"reply_to": "nobody", "message_id": id, "correlation_id": id, "delivery_mode": 2},
            )
            if hostile.raw:
                message._serialize_properties = lambda: hostile.raw
            channel.basic_publish_confirm(message, exchange=kind.exchange, routing_key=kind.routing_key, mandatory=True)

        yield one


@pytest.fixture
def send_healthy(madeup, amqp_client, database):
    """`send_healthy[kind]()`: send a healthy message of this kind, and return whether it was handled."""
    db = database("madeup")

    def request():
        assert madeup.call("echo", value=1, timeout=5) == {"value": 1}
        return lambda: True

    def command():
        voter = uuid.uuid4().hex
        payload = {"args": {}, "body": {"voter": voter}}
        amqp_client.command("madeup", "cast", payload, make_context(actor()), message_id=voter, wait=0)
        return lambda: db["votes"].count_documents({"_id": voter}) == 1

    def event(name):
        sent = publish(amqp_client, "outside", name, {"kind": "plain"})
        return lambda: db["told"].count_documents({"_id": sent}) == 1

    def job():
        job = madeup.call("start", kind="sign", arguments={})["id"]
        return lambda: db["jobs"].count_documents({"_id": job, "state": "succeeded"}) == 1

    return {
        "request": request,
        "command": command,
        "job": job,
        "event": partial(event, "told"),
        "batch": partial(event, "told_much"),
        "ordered": partial(event, "told_in_turn"),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_dead_lettered_alone(madeup, deliver, send_healthy, dead, kind):
    dead()
    lost = madeup.log.read_text().count("connection lost")
    sent = [*PROPERTIES, *BODIES, *(HEADERS if kind in OF_CONTEXT else [])]
    handled = []
    for hostile in sent:
        deliver(KINDS[kind], hostile)
        handled.append(send_healthy[kind]())
    wait_for(lambda: all(done() for done in handled), what="the healthy ones")
    letters = []
    wait_for(lambda: letters.extend(dead()) or len(letters) >= len(sent), 60, f"{len(sent)} dead letters")
    assert len(letters) == len(sent), "no healthy one among them"
    assert madeup.log.read_text().count("connection lost") == lost
    assert madeup.process.poll() is None


@pytest.mark.parametrize("kind", KINDS)
def test_more_than_are_taken_at_a_time_leave_room(madeup, deliver, send_healthy, dead, kind):
    dead()
    hostile = [HEADERS[0], HEADERS[5]] if kind in OF_CONTEXT else [PROPERTIES[0], BODIES[3]]
    for number in range(50):
        deliver(KINDS[kind], hostile[number % 2])
    wait_for(send_healthy[kind](), 10, "a healthy one after them")
    assert madeup.call("echo", value=1) == {"value": 1}
    letters = []
    wait_for(lambda: letters.extend(dead()) or len(letters) == 50, 30, "their dead letters")


def test_counts_of_deliveries_that_the_sender_wrote_are_not_believed(madeup, amqp_client, database, dead):
    """A handler that fails asks for it, outside of any guard. Who says that a message was delivered before costs it the
    one try that is meant for those that ended a process."""
    dead()
    notes = database("madeup")["notes"]
    told = {"what": "told poison"}
    counts = ["many", -7, 10**12, ["x"], {"a": 1}, None]
    before, letters = notes.count_documents(told), []
    for count in counts:
        event = {**EVENT, "id": uuid.uuid4().hex, "data": {"kind": "poison"}}
        amqp_client.publish("outside.events", "told.v1", event, {"x-delivery-count": count})
    wait_for(lambda: letters.extend(dead()) or len(letters) == len(counts), 60, "their dead letters")
    assert notes.count_documents(told) - before == TRIES * len(counts) - 1
    assert madeup.process.poll() is None
    assert madeup.call("echo", value=1) == {"value": 1}


@pytest.mark.parametrize("headers", [{"compression": "application/x-gzip"}, {"compression": ["x"]}])
def test_a_body_is_not_unpacked(madeup, amqp_client, database, headers):
    event = {**EVENT, "id": uuid.uuid4().hex}
    amqp_client.publish("outside.events", "told.v1", event, headers)
    wait_for(lambda: database("madeup")["told"].count_documents({"_id": event["id"]}) == 1)


def test_an_operator_reads_them(madeup, deliver, dead):
    dead()
    for hostile in (*PROPERTIES, *BODIES):
        deliver(KINDS["event"], hostile)
    sent = len(PROPERTIES) + len(BODIES)
    wait_for(lambda: madeup.call("list_dead_letters", service="madeup", limit=100)["total"] == sent)
    dead()


def test_the_stack_of_the_tests_is_the_usual_one():
    """Deep messages are deeper than it."""
    assert sys.getrecursionlimit() < 3000
