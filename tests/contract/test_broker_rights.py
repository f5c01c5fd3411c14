"""Each service runs with the rights that deploy/ gives it, and can do nothing else on the bus."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from amqp.exceptions import AccessRefused
from kombu import Connection
from wsis_local.broker import Broker
from wsis_shared.amqp import serializer, topology
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
        own = topology.dead_letter_queue(name).name
        _publish(channel_of(name), topology.REQUEUE.name, own)
        channel_of(name).queue_bind(own, topology.REQUEUE.name, own)
        channel_of(name).queue_unbind(own, topology.REQUEUE.name, own)


def test_service_calls_only_whom_it_names(channel_of: Any) -> None:
    for plugin in FOUND:
        called = " ".join(SCRIPT.needs(plugin, FOUND).calls)
        strangers = [name for name in NAMES if name != plugin.name and name not in called]
        for stranger in strangers:
            with pytest.raises(AccessRefused):
                _publish(channel_of(plugin.name), topology.RPC.name, f"{stranger}.health")


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
