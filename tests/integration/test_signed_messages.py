"""Who may publish commands and calls, and has no secret of the suite, acts as nobody: what is forged is refused and
counted, and a message that is ours is good again whenever it is returned."""

import json
import re
import time
import uuid
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import httpx
import pytest
from kombu import Connection
from wsis_shared import clock, keys
from wsis_shared.amqp import dead_letters, signatures, topology
from wsis_shared.context import to_headers, with_timeout
from wsis_testkit import actor, make_context, wait_for
from wsis_testkit.process import free_port

METRICS = free_port()


@dataclass(frozen=True)
class Message:
    """As it travels: a call of `slow`, or a command `cast`, that leaves a note."""

    note: str
    exchange: str
    routing_key: str
    id: str
    headers: dict
    body: dict = field(default_factory=dict)

    @classmethod
    def call(cls, who):
        note = f"call {uuid.uuid4().hex}"
        body = {"args": [], "kwargs": {"seconds": 0, "note": note, "name": note}}
        headers = to_headers(with_timeout(make_context(who), 60))
        return cls(note, topology.RPC.name, "madeup.slow", uuid.uuid4().hex, headers, body).signed()

    @classmethod
    def command(cls, who):
        note = f"command {uuid.uuid4().hex}"
        body = {"args": {"place": note}, "body": {"voter": note}}
        headers = to_headers(make_context(who))
        return cls(note, topology.COMMANDS.name, "commands.madeup.cast", uuid.uuid4().hex, headers, body).signed()

    def signed(self):
        signature = signatures.sign(self.routing_key, self.id, self.headers, json.dumps(self.body))
        return self.with_header(signatures.HEADER, signature)

    def with_header(self, name, value):
        return replace(self, headers={**self.headers, name: value})


def without_signature(message):
    return replace(message, headers={k: v for k, v in message.headers.items() if k != signatures.HEADER})


# What each says that its maker has not.
OTHER_HEADERS = {
    "by an officer": ("wsis-actor", json.dumps(["eve", ["member", "officer"], None, None])),
    "before the close": ("wsis-received-at", clock.iso(clock.now() - timedelta(days=1))),
    "for longer": ("wsis-remaining", "3600000"),
    "in an hour": ("wsis-deadline", f"{time.time() + 3600:.3f}"),
    "under a key": ("wsis-idempotency-key", "a-key-of-somebody"),
    "over no rate": ("wsis-over-rate", "no"),
    "with a guess": (signatures.HEADER, "0" * 64),
    "with a signature of no kind": (signatures.HEADER, 7),
}


def on_something_else(message):
    return replace(
        message,
        body=json.loads(
            json.dumps(message.body)
            .replace('"seconds": 0', '"seconds": 0.1')
            .replace('"args": {', '"args": {"more": 1, ')
        ),
    )


def to_another_method(message):
    other = {"madeup.slow": "madeup.make_named", "commands.madeup.cast": "commands.madeup.move"}
    return replace(message, routing_key=other[message.routing_key])


def under_another_id(message):
    return replace(message, id=uuid.uuid4().hex)


def with_another_secret(message):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WSIS_SECRET", "another secret of the tests, as long as the other")
        keys.derive.cache_clear()
        forged = message.signed()
    keys.derive.cache_clear()
    return forged


FORGERIES = {
    made.__name__: made
    for made in (without_signature, on_something_else, to_another_method, under_another_id, with_another_secret)
} | {name: partial(Message.with_header, name=header, value=value) for name, (header, value) in OTHER_HEADERS.items()}


@pytest.fixture(scope="module")
def madeup(madeup_installed, serve):
    return serve("madeup", WSIS_METRICS_PORT=str(METRICS))


@pytest.fixture
def deliver(send):
    """Publish a message as it stands."""

    def one(message):
        send(
            message.exchange,
            message.routing_key,
            json.dumps(message.body),
            signed=False,
            headers={**message.headers, "nameko.call_id_stack": ["x"]},
            reply_to="nobody",
            message_id=message.id,
            correlation_id=message.id,
        )

    return one


def refused():
    """What the alert MessagesNotSigned counts, by handler."""
    text = httpx.get(f"http://127.0.0.1:{METRICS}/metrics").text
    rows = re.findall(r'^wsis_messages_not_signed_total{handler="(\w+)",service="madeup"} (\S+)$', text, re.MULTILINE)
    return {handler: float(count) for handler, count in rows}


def effects(db, note):
    return db["notes"].count_documents({"what": note}) + db["votes"].count_documents({"_id": note})


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
@pytest.mark.parametrize("make", [Message.call, Message.command])
def test_what_is_forged_is_refused_and_counted(madeup, amqp_client, database, dead, deliver, make, forge):
    dead()
    message = forge(make(actor()))
    handler = "rpc" if message.exchange == topology.RPC.name else message.routing_key.rpartition(".")[2]
    before = refused()
    deliver(message)
    wait_for(lambda: refused() == {**before, handler: before[handler] + 1}, what="the count")
    if make == Message.command:
        [kept] = wait_for(dead)
        assert kept.properties["message_id"] == message.id, "its sender may have been told 202: it is kept"
    else:
        assert dead() == [], "nobody waits for it, and whoever forges many fills nothing"
    assert effects(database("madeup"), message.note) == 0
    assert message.note not in madeup.log.read_text("utf-8")
    assert madeup.call("echo", value=1) == {"value": 1}


@pytest.mark.parametrize("make", [Message.call, Message.command])
def test_what_is_ours_has_its_effect(madeup, database, deliver, make):
    message, before = make(actor()), refused()
    deliver(message)
    wait_for(lambda: effects(database("madeup"), message.note) == 1)
    assert refused() == before


def test_a_dead_letter_that_is_returned_is_still_ours(madeup, amqp_client, environment, dead):
    """Its moment of receipt is long ago then, and it comes by another exchange."""
    dead()
    before = refused()
    payload = {"args": {}, "body": {"voter": "poison"}}
    ctx = make_context(actor(), received_at=clock.now() - timedelta(days=30))
    with pytest.raises(Exception, match="suite.internal_error"):
        amqp_client.command("madeup", "cast", payload, ctx, message_id=uuid.uuid4().hex, wait=10)
    counted = madeup.log.read_text("utf-8").count("poison message")

    def returned():
        with dead_letters.reading(environment["WSIS_AMQP_URI"], "madeup") as found:
            return found.requeue([letter.id for letter in found.letters])

    wait_for(returned)
    wait_for(lambda: madeup.log.read_text("utf-8").count("poison message") == counted + 1, what="another try")
    assert refused() == before


def test_a_series_begins_at_zero(madeup):
    """`increase` sees no first value: the first forgery would raise no alert."""
    assert {"rpc", "cast", "move"} <= set(refused())


def test_calls_between_services_are_signed(madeup):
    who = actor("officer")
    before = refused()
    assert madeup.call("relay", who, call="whoami", arguments={})["actor"] == who.id
    assert refused() == before


def test_no_other_message_carries_a_signature(madeup, amqp_client, environment):
    """A reply and an event are what whoever may publish them says."""
    assert not signatures.is_due(topology.RPC.name, expects_reply=False)
    assert not signatures.is_due("madeup.events", expects_reply=False)
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).queue
        channel.queue_bind(queue, "madeup.events", "#")
        madeup.call("make", n=1)
        event = wait_for(lambda: channel.basic_get(queue, no_ack=True))
    assert signatures.HEADER not in event.headers
