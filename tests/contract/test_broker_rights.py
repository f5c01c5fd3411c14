"""Each service runs with the rights that deploy/ gives it, and can do nothing else on the bus."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from amqp.exceptions import AccessRefused, ResourceLocked
from kombu import Connection, Queue
from wsis_local.broker import Broker
from wsis_shared.amqp import dead_letters, serializer, topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.plugin import discover
from wsis_testkit import make_context

FOUND = discover()
NAMES = [plugin.name for plugin in FOUND]
PROCESSES = [
    process.full_name(plugin.name) for plugin in FOUND for process in plugin.processes if "amqp" in process.needs
]
LISTENERS = [
    process.full_name(plugin.name) for plugin in FOUND for process in plugin.processes if "smtp_in" in process.needs
]
MAIL_QUEUES = [
    topology.mail_queue(plugin.name, mailbox.handler).name for plugin in FOUND for mailbox in plugin.mailboxes
]


def _script(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SCRIPT = _script(Path(__file__).parents[2] / "deploy/rabbitmq/definitions.py")


@pytest.fixture(scope="module")
def passwords() -> dict[str, str]:
    return {name: f"password of {name}".replace(" ", "-") for name in [*NAMES, *PROCESSES, "gateway", "operator"]}


@pytest.fixture(scope="module")
def as_user(environment: dict[str, str], passwords: dict[str, str]) -> Iterator[Callable[[str], str]]:
    """`as_user("voting")`: the broker's address for one user, after the definitions were imported."""
    admin = urlsplit(environment["WSIS_AMQP_URI"])
    broker = Broker(environment["WSIS_AMQP_URI"], environment["WSIS_AMQP_MANAGEMENT_URI"])
    document = SCRIPT.definitions(FOUND, passwords, admin.path.removeprefix("/"))
    broker.request("POST", "definitions", document)
    yield lambda name: urlunsplit(admin._replace(netloc=f"{name}:{passwords[name]}@{admin.hostname}:{admin.port}"))
    for name in passwords:
        broker.request("DELETE", f"users/{name}")


@pytest.fixture
def channel_of(as_user: Any) -> Iterator[Callable[[str], Any]]:
    """An AMQP channel of one user."""
    connections = []

    def of(name: str) -> Any:
        connections.append(Connection(as_user(name), connect_timeout=5))
        return connections[-1].channel()

    yield of
    for connection in connections:
        connection.release()


def _publish(channel: Any, exchange: str, key: str) -> None:
    channel.confirm_select()
    message = channel.prepare_message("{}", content_type=serializer.CONTENT_TYPE, content_encoding="utf-8")
    channel.basic_publish(message, exchange, key)
    channel.connection.drain_events(timeout=5)


@pytest.mark.parametrize("name", NAMES)
def test_service_runs_with_its_own_rights(as_user: Any, serve: Any, name: str) -> None:
    served = serve(name, WSIS_AMQP_URI=as_user(name))
    assert served.call("health")["service"] == name
    assert served.stop() == 0
    log = served.log.read_text("utf-8")
    assert "ACCESS_REFUSED" not in log
    assert "AccessRefused" not in log
    assert "connection lost" not in log


@pytest.mark.parametrize("name", NAMES)
def test_gateway_reaches_every_service(as_user: Any, serve: Any, name: str) -> None:
    serve(name, WSIS_AMQP_URI=as_user(name))
    amqp_client = AmqpClient(as_user("gateway"), "gateway", events=[(name, "anything")]).start()
    try:
        assert amqp_client.request(name, "health", {}, make_context(), timeout=10)["service"] == name
    finally:
        amqp_client.stop()


@pytest.mark.parametrize("name", NAMES)
def test_service_cannot_take_what_is_sent_to_another(channel_of: Any, name: str) -> None:
    for plugin in FOUND:
        if plugin.name != name:
            for queue in SCRIPT.needs(plugin, FOUND).queues:
                with pytest.raises(AccessRefused):
                    channel_of(name).basic_get(queue.name)


@pytest.mark.parametrize("name", NAMES)
def test_service_cannot_speak_for_another_or_listen_in(channel_of: Any, name: str) -> None:
    for other in NAMES:
        if other == name:
            continue
        with pytest.raises(AccessRefused):
            _publish(channel_of(name), f"{other}.events", "anything")
        with pytest.raises(AccessRefused):
            channel_of(name).queue_bind(f"rpc-{name}", topology.RPC.name, f"{other}.*")
        with pytest.raises(AccessRefused):
            _publish(channel_of(name), topology.COMMANDS.name, f"commands.{other}.anything")


@pytest.mark.parametrize("name", [*NAMES, *PROCESSES, "gateway"])
def test_dead_letters_return_to_queues_of_the_same_service_alone(channel_of: Any, name: str) -> None:
    """`wsis-requeue` leads to any queue by its name."""
    for plugin in FOUND:
        if plugin.name != name:
            with pytest.raises(AccessRefused):
                _publish(channel_of(name), topology.REQUEUE.name, topology.rpc_queue(plugin.name).name)
            with pytest.raises(AccessRefused):
                channel_of(name).queue_bind(topology.rpc_queue(plugin.name).name, topology.REQUEUE.name, "x")
    if name in NAMES:
        for own in filter(topology.returns_dead_letters, _queues(name)):
            _publish(channel_of(name), topology.REQUEUE.name, own.name)
            channel_of(name).queue_bind(own.name, topology.REQUEUE.name, own.name)


def test_operator_returns_and_drops_dead_letters_with_its_own_rights(as_user: Any, channel_of: Any) -> None:
    queue = next(queue for name in NAMES for queue in _queues(name) if topology.returns_dead_letters(queue))
    owner = next(name for name in NAMES if queue in _queues(name))
    dead = topology.dead_letter_queue(owner).name
    channel = channel_of(owner)
    for name in (queue.name, dead):
        channel.queue_purge(name)
    for number in range(2):  # as the broker would
        message = channel.prepare_message(
            json.dumps({"number": number}), content_type=serializer.CONTENT_TYPE, content_encoding="utf-8",
            headers={"x-first-death-queue": queue.name, "x-first-death-reason": "rejected"},
        )  # fmt: skip
        channel.basic_publish_confirm(message, topology.DEAD_LETTERS.name, f"{owner}.test")
    with dead_letters.reading(as_user("operator"), owner) as found:
        first, second = [letter.id for letter in found.letters]
        assert [letter.id for letter in found.requeue([first])] == [first]
        assert [letter.id for letter in found.drop([second])] == [second]
    assert json.loads(channel.basic_get(queue.name, no_ack=True).body) == {"number": 0}
    assert channel.queue_declare(dead, passive=True).message_count == 0


def test_gateway_and_operator_read_no_requests_and_no_commands(channel_of: Any) -> None:
    queues = [queue.name for plugin in FOUND for queue in SCRIPT.needs(plugin, FOUND).queues]
    for queue in queues:
        with pytest.raises(AccessRefused):
            channel_of("gateway").basic_get(queue)
        if not queue.startswith("dead."):
            with pytest.raises(AccessRefused):
                channel_of("operator").basic_get(queue)


@pytest.mark.parametrize("name", LISTENERS)
def test_listener_for_mail_delivers_mail_and_nothing_else(as_user: Any, channel_of: Any, name: str) -> None:
    client = AmqpClient(as_user(name), name).start()
    try:
        for queue in MAIL_QUEUES:
            client.deliver(topology.MAIL.name, queue, {}, message_id=queue, timeout=10)
    finally:
        client.stop()
    for exchange, key in ((topology.MAIL.name, "mail.nobody.anything"), (topology.COMMANDS.name, "commands.x.y"),
                          (f"{NAMES[0]}.events", "anything"), (topology.DEAD_LETTERS.name, "x.y")):  # fmt: skip
        with pytest.raises(AccessRefused):
            _publish(channel_of(name), exchange, key)


def test_listener_for_mail_makes_no_calls(channel_of: Any) -> None:
    for name in LISTENERS:
        for method in METHODS:
            with pytest.raises(AccessRefused):
                _publish(channel_of(name), topology.RPC.name, method)


@pytest.mark.parametrize("name", PROCESSES)
def test_process_takes_no_work_and_calls_its_own_service_alone(channel_of: Any, name: str) -> None:
    for plugin in FOUND:
        for queue in SCRIPT.needs(plugin, FOUND).queues:
            with pytest.raises(AccessRefused):
                channel_of(name).basic_get(queue.name)
        if not name.startswith(f"{plugin.name}-"):
            with pytest.raises(AccessRefused):
                _publish(channel_of(name), topology.RPC.name, f"{plugin.name}.health")


@pytest.mark.parametrize("queue", MAIL_QUEUES)
def test_mail_of_one_service_is_read_by_no_other(channel_of: Any, queue: str) -> None:
    owner = queue.split(".")[1]
    for name in NAMES:
        if name != owner:
            with pytest.raises(AccessRefused):
                channel_of(name).queue_bind(f"rpc-{name}", topology.MAIL.name, queue)
        with pytest.raises(AccessRefused):
            _publish(channel_of(name), topology.MAIL.name, queue)


# -- everybody, everywhere -------------------------------------------------------------------------------------------
# What each user of the broker may do, by its manifest, tried with every exchange, key and queue that anybody uses.

METHODS = sorted(
    f"{plugin.name}.{name}" for plugin in FOUND for name, method in SCRIPT.entrypoints(plugin.load("service"))
    if method.wsis_kind in ("read", "write")
)  # fmt: skip
REPLY = "0" * 32  # the key of somebody's replies
ANYTHING = "*.*"  # the exact key in no manifest; as a pattern it takes every event


@cache
def _queues(name: str) -> tuple[Queue, ...]:
    """What a service consumes."""
    plugin = FOUND.get(name)
    return tuple(SCRIPT.needs(plugin, FOUND).queues) if plugin else ()


def _every_queue() -> list[Queue]:
    return [queue for name in NAMES for queue in _queues(name)]


def _keys() -> dict[str, list[str]]:
    """Exchange -> each key that anybody uses there, and one that nobody does."""
    queues = [queue.name for queue in _every_queue()]
    events = {
        f"{plugin.name}.events": [event.key(plugin.name).routing_key for event in plugin.publishes] for plugin in FOUND
    }
    return {
        topology.RPC.name: [*METHODS, REPLY, *(f"{name}.*" for name in NAMES), *(f"{name}.made_up" for name in NAMES)],
        topology.COMMANDS.name: [queue.name for queue in _every_queue() if queue.exchange == topology.COMMANDS] + ["x"],
        topology.DEAD_LETTERS.name: [f"{name}.rpc" for name in NAMES] + ["x.rpc"],
        topology.REQUEUE.name: [*queues, "x"],
        topology.MAIL.name: [*MAIL_QUEUES, "mail.nobody.anything"],
        "": queues,
        **{exchange: [*keys, ANYTHING] for exchange, keys in events.items()},
    }


@dataclass(frozen=True)
class Allowed:
    """What a user may publish, which keys it may bind a queue of its own to, and from which queues it may take."""

    publish: set[tuple[str, str]]
    listen: set[tuple[str, str]]
    take: set[str]


def _on(exchange: str, keys: Any) -> set[tuple[str, str]]:
    return {(exchange, key) for key in keys}


def _allowed(user: str) -> Allowed:
    keys, returnable = _keys(), [queue.name for queue in _every_queue() if topology.returns_dead_letters(queue)]
    replies = {(topology.RPC.name, REPLY)}
    if user == "operator":
        dead = {topology.dead_letter_queue(name).name for name in NAMES}
        return Allowed(_on(topology.REQUEUE.name, returnable), set(), dead)
    if user == "gateway":
        calls = [key for key in keys[topology.RPC.name] if key != REPLY and not key.endswith("*")]
        heard = [pair for name in NAMES for pair in _on(f"{name}.events", keys[f"{name}.events"])]
        publish = _on(topology.RPC.name, calls) | _on(topology.COMMANDS.name, keys[topology.COMMANDS.name])
        return Allowed(publish, replies.union(heard), set())
    for plugin in FOUND:
        for process in plugin.processes:
            if process.full_name(plugin.name) == user:
                publish = _on(topology.RPC.name, (f"{plugin.name}.{method}" for method in process.calls))
                mail = MAIL_QUEUES if user in LISTENERS else []
                own = _on(f"{plugin.name}.events", keys[f"{plugin.name}.events"])
                return Allowed(publish | _on(topology.MAIL.name, mail), replies | own, set())
    needs = SCRIPT.needs(FOUND.get(user), FOUND)
    own = _on(f"{user}.events", keys[f"{user}.events"])
    returned = _on(topology.REQUEUE.name, (queue.name for queue in needs.queues if queue.name in returnable))
    heard = {(f"{key.source}.events", key.routing_key) for key in needs.subscribes_to}
    commands = {queue.name for queue in needs.queues if queue.exchange == topology.COMMANDS}
    return Allowed(
        own | returned | replies | _on(topology.RPC.name, needs.calls) | {(topology.DEAD_LETTERS.name, f"{user}.rpc")},
        own | returned | replies | {(topology.RPC.name, f"{user}.*")} | heard
        | _on(topology.MAIL.name, (queue.name for queue in needs.queues if queue.exchange == topology.MAIL))
        | _on(topology.COMMANDS.name, commands and keys[topology.COMMANDS.name]),
        {queue.name for queue in needs.queues},
    )  # fmt: skip


class Tries:
    """What one user tries: a refusal closes the channel, so that the next try gets a new one."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._channel = connection, connection.channel()

    def is_allowed(self, act: Callable[[Any], Any]) -> bool:
        try:
            act(self._channel)
        except AccessRefused:
            self._channel = self._connection.channel()
            return False
        except ResourceLocked:  # it has the right, and only consumers get from a queue with a single active one
            self._channel = self._connection.channel()
        return True

    def publish(self, exchange: str, key: str) -> bool:
        message = self._channel.prepare_message("{}", content_type="text/plain", content_encoding="utf-8")
        return self.is_allowed(lambda channel: channel.basic_publish_confirm(message, exchange, key))

    def listen(self, queue: str, exchange: str, key: str) -> bool:
        return self.is_allowed(lambda channel: channel.queue_bind(queue, exchange, key))

    def take(self, queue: str) -> bool:
        return self.is_allowed(lambda channel: channel.basic_get(queue))


@pytest.mark.parametrize("user", [*NAMES, *PROCESSES, "gateway", "operator"])
def test_what_is_not_declared_is_refused(as_user: Any, user: str) -> None:
    """Every exchange, every key, every queue. `pytest -s` prints the table: allowed of tried."""
    allowed, keys, counts = _allowed(user), _keys(), Counter[tuple[str, str, bool]]()
    wrong: list[str] = []

    def note(what: str, where: str, key: str, *, may: bool, expected: bool) -> None:
        counts[what, where, may] += 1
        if may is not expected:
            wrong.append(f"{user} may {'' if may else 'not '}{what} {key or where} on {where}")

    with Connection(as_user(user), connect_timeout=5) as connection:
        tries, private = Tries(connection), f"rpc.reply-{user}-private"
        if not tries.is_allowed(lambda channel: channel.queue_declare(private, exclusive=True, durable=False)):
            private = topology.dead_letter_queue(NAMES[0]).name  # it has none, and may not bind those of others
        for exchange, each in keys.items():
            for key in each:
                pair = exchange, key
                note("publish", exchange, key, may=tries.publish(*pair), expected=pair in allowed.publish)
                if exchange and key not in METHODS[1:]:  # nobody binds to the default exchange, nor to a method
                    note("listen", exchange, key, may=tries.listen(private, *pair), expected=pair in allowed.listen)
        for queue in _every_queue():
            note("take", "queues", queue.name, may=tries.take(queue.name), expected=queue.name in allowed.take)
    places = dict.fromkeys((what, where) for what, where, _ in counts)
    print("\n".join(
        ["", f"| {user} | | allowed | of |", "| --- | --- | --- | --- |"]
        + [f"| {what} | {where or '(default)'} | {counts[what, where, True]} | "
           f"{counts[what, where, True] + counts[what, where, False]} |" for what, where in places]
    ))  # fmt: skip
    assert wrong == []
    assert sum(counts.values()) > 500
