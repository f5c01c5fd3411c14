"""A broker of several nodes: clients reach each of them, and leave one that stalls. Two proxies stand in for nodes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from kombu import Connection
from wsis_shared.amqp import connection, topology
from wsis_shared.amqp import drain as draining
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.amqp.connection import BrokerStalled, connect
from wsis_shared.amqp.drain import drain
from wsis_shared.errors import Unavailable
from wsis_testkit import make_context, wait_for
from wsis_testkit.process import free_port
from wsis_testkit.proxy import Proxy, behind

WITHIN = 10  # seconds, from a fault to the first message that is confirmed


@pytest.fixture(autouse=True)
def _nothing_left() -> None:
    connection._left.clear()


@pytest.fixture
def nodes(environment: Any) -> Iterator[dict[str, Proxy]]:
    """Address -> the wire to it."""
    parts = urlsplit(environment["WSIS_AMQP_URI"])
    with ExitStack() as stack:
        wires = [stack.enter_context(Proxy(str(parts.hostname), int(parts.port or 0))) for _ in range(2)]
        yield {behind(environment["WSIS_AMQP_URI"], wire): wire for wire in wires}


@pytest.fixture
def client(nodes: dict[str, Proxy]) -> Iterator[AmqpClient]:
    made = AmqpClient(";".join(nodes), "nodes").start()
    assert made.wait_connected(10)
    yield made
    made.stop()


def _address(client: AmqpClient) -> str:
    assert client._connection is not None
    return client._connection.address


def _works(call: Callable[[], Any]) -> Callable[[], bool]:
    def works() -> bool:
        try:
            call()
        except Unavailable:
            return False
        return True

    return works


def test_the_third_node_is_reached_when_two_are_down(environment: Any) -> None:
    down = [f"amqp://guest:guest@127.0.0.1:{free_port()}/" for _ in range(2)]
    for _ in range(5):
        with connect(";".join([*down, environment["WSIS_AMQP_URI"]]), connect_timeout=2) as made:
            assert made.connect().connected


def test_clients_spread_over_all_nodes() -> None:
    nodes = {f"amqp://127.0.0.{number}/" for number in (1, 2, 3)}
    assert {connect(";".join(sorted(nodes))).address for _ in range(200)} == nodes


def test_a_node_that_is_frozen_is_left_and_not_tried_first_again(client: AmqpClient, nodes: dict[str, Proxy]) -> None:
    frozen = _address(client)
    nodes[frozen].freeze()
    publish = _works(lambda: client.publish(topology.DEAD_LETTERS.name, "none", {}, {}, timeout=1.0))
    wait_for(publish, WITHIN, "a confirm")
    assert _address(client) != frozen
    assert {connect(";".join(nodes)).address for _ in range(50)} == set(nodes) - {frozen}


def test_a_service_leaves_a_frozen_node_with_both_connections(
    serve: Any, madeup_installed: Any, nodes: dict[str, Proxy], amqp_client: AmqpClient
) -> None:
    """Also with the one that publishes nothing, wherever it is: each node is frozen once."""
    service = serve("madeup", WSIS_AMQP_URI=";".join(nodes))
    assert service.call("echo", value=1) == {"value": 1}
    echo = _works(lambda: amqp_client.request("madeup", "echo", {"value": 2}, make_context(), timeout=1))
    for wire in nodes.values():
        wire.freeze()
        wait_for(echo, WITHIN, "a response")
        wire.thaw()
    assert service.stop() == 0


def test_a_node_that_responds_and_does_not_confirm_is_left(
    nodes: dict[str, Proxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "STALLED_SECONDS", 0.5)
    with connect(";".join(nodes)) as made:
        made.connect()
        with pytest.raises(BrokerStalled, match="does not confirm"):
            drain(made, threading.Lock(), lambda: False, lambda: 7)


def test_whoever_leaves_with_another_connection_leaves_once(nodes: dict[str, Proxy]) -> None:
    """Else two connections chase each other off the only node that works."""
    with connect(";".join(nodes)) as made:
        made.connect()
        made.leave("stalled")
        left = dict(connection._left)
        with pytest.raises(BrokerStalled, match="another connection"):
            drain(made, threading.Lock(), lambda: False)
    assert connection._left == left


def test_a_stop_makes_no_connection(nodes: dict[str, Proxy], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "HEARTBEAT_SECONDS", 0)
    lock = threading.Lock()
    with connect(next(iter(nodes))) as made:
        made.connect()
        monkeypatch.setattr(made, "drain_events", lambda timeout: Connection.drain_events(made, timeout=10))
        made.ask_to_close(lock)
        asked = iter([False])
        drain(made, lock, lambda: next(asked, True))
        assert not made.connected


def test_a_slow_node_that_confirms_one_message_after_the_other_is_kept(
    nodes: dict[str, Proxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    _kept(";".join(nodes), monkeypatch, count().__next__)


def test_the_only_node_is_kept(nodes: dict[str, Proxy], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another connection to it would be no better."""
    _kept(next(iter(nodes)), monkeypatch, lambda: 7)


def test_a_node_that_reads_nothing_for_its_alarm_is_kept(
    nodes: dict[str, Proxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    _kept(";".join(nodes), monkeypatch, lambda: 7, lambda: True)


def _kept(uri: str, monkeypatch: pytest.MonkeyPatch, *watched: Any) -> None:
    monkeypatch.setattr(draining, "STALLED_SECONDS", 0.5)
    until = time.monotonic() + 2
    with connect(uri) as made:
        made.connect()
        drain(made, threading.Lock(), lambda: time.monotonic() > until, *watched)
        assert made.connected
