"""The broker boots with the very files of deploy/, and has the users, queues and limits that they say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from amqp.exceptions import AccessRefused, PreconditionFailed
from kombu import Connection
from tests.contract.broker_kit import FOUND, SCRIPT
from wsis_local import broker
from wsis_local.ports import LOOPBACK, Ports
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.plugin import discover
from wsis_testkit import refused, wait_for
from wsis_testkit.process import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
SHIPPED = DEPLOY / "rabbitmq/rabbitmq.conf"
PORTS = Ports.free()
IN_THE_CONTAINER = "/etc/rabbitmq/definitions.json"


def _script(name: str, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, str(DEPLOY / name), *arguments], capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """`host:port` of a node that booted with the shipped files, and its passwords. Of the configuration only the path
    of the definitions is another, and the ports of this test are added."""
    folder = tmp_path_factory.mktemp("deploy")
    _script("passwords.py", str(folder))
    (folder / "definitions.json").write_text(_script("rabbitmq/definitions.py", str(folder / "passwords.json")))
    ports = PORTS
    programs = broker.private(folder, ports).programs
    text = SHIPPED.read_text("utf-8")
    assert text.count(IN_THE_CONTAINER) == 1
    home = folder / "rabbitmq"
    (home / "rabbitmq.conf").write_text(
        text.replace(IN_THE_CONTAINER, str(folder / "definitions.json"))
        + f"listeners.tcp.1 = {LOOPBACK}:{ports['broker']}\n"
        + f"management.tcp.ip = {LOOPBACK}\nmanagement.tcp.port = {ports['broker_http']}\n"
        + f"prometheus.tcp.ip = {LOOPBACK}\nprometheus.tcp.port = {free_port()}\n"
    )
    shutil.copy(DEPLOY / "rabbitmq/enabled_plugins", home / "enabled_plugins")
    log = folder / "log"
    with log.open("wb") as out:
        running = [
            subprocess.Popen(program.argv, env={**os.environ, **program.env}, stdout=out, stderr=out, cwd=home)
            for program in programs
        ]

    def boots() -> bool:
        assert running[-1].poll() is None, log.read_text("utf-8")[-3000:]
        return broker.accepts(f"amqp://gateway:{passwords['gateway']}@{LOOPBACK}:{ports['broker']}/wsis")

    passwords = json.loads((folder / "passwords.json").read_text("utf-8"))
    try:
        wait_for(boots, 60, "the broker to boot")
        yield f"{LOOPBACK}:{ports['broker']}", passwords
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait()


def test_each_user_of_the_definitions_signs_in_and_finds_its_queue(node: tuple[str, dict[str, str]]) -> None:
    address, passwords = node
    names = [plugin.name for plugin in discover()]
    assert names
    for name in names:
        with Connection(f"amqp://{name}:{passwords[name]}@{address}/wsis") as connection:
            assert topology.rpc_queue(name)(connection).queue_declare(passive=True).message_count == 0


def test_a_message_as_large_as_our_limit_is_confirmed_and_a_larger_one_is_not_sent(
    node: tuple[str, dict[str, str]],
) -> None:
    address, passwords = node
    name = next(iter(discover())).name
    uri, exchange = f"amqp://{name}:{passwords[name]}@{address}/wsis", topology.event_exchange(name)
    largest = "x" * (topology.MAX_MESSAGE_BYTES - len('""'))
    client = AmqpClient(uri, name).start()
    try:
        assert client.wait_connected(10)
        connected_as = client._reply_to
        client.publish(exchange.name, "none", largest, {}, timeout=30)
        with refused("suite.message_too_large"):
            client.publish(exchange.name, "none", largest + "x", {})
        client.publish(exchange.name, "none", "small", {})
        assert client._reply_to == connected_as
    finally:
        client.stop()
    with Connection(uri) as connection:
        channel = connection.channel()
        channel.confirm_select()
        message = channel.prepare_message((largest + "xxx").encode())
        with pytest.raises(PreconditionFailed):  # the limit is the broker's own
            channel.basic_publish_confirm(message, exchange.name, "none")


def test_each_queue_has_the_policy_of_its_kind(node: tuple[str, dict[str, str]]) -> None:
    """Three members, where there are as many nodes, and a length above which it refuses; requests expire."""
    _, passwords = node
    operator = f"operator:{passwords['operator']}@{LOOPBACK}"
    management = broker.Broker(f"amqp://{operator}/", f"http://{operator}:{PORTS['broker_http']}")

    def policies() -> dict[str, dict[str, int]] | None:
        found: Any = management.request("GET", "queues/wsis")
        told = all("effective_policy_definition" in queue for queue in found)  # some seconds after the boot
        return {queue["name"]: queue["effective_policy_definition"] for queue in found} if told else None

    expected = {}
    for plugin in FOUND:
        for queue in SCRIPT.needs(plugin, FOUND).queues:
            most = topology.MAX_BYTES.get(queue.name.split(".")[0])
            expected[queue.name] = {"target-group-size": 3} | ({"max-length-bytes": most} if most else {})
            assert (most is None) == (queue.name == topology.rpc_queue(plugin.name).name)
    assert wait_for(policies, 30, "the policies") == expected


def test_nobody_else_does(node: tuple[str, dict[str, str]]) -> None:
    address, passwords = node
    for login in ("guest:guest", "gateway:guess", f"gateway:{passwords['operator']}"):
        with (
            pytest.raises(AccessRefused),
            Connection(f"amqp://{login}@{address}/wsis", connect_timeout=5) as connection,
        ):
            connection.connect()
