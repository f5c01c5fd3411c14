"""The broker boots with the very files of deploy/, and has the users, queues and limits that they say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from amqp.exceptions import AccessRefused, PreconditionFailed
from kombu import Connection
from tests.contract.broker_kit import FOUND, SCRIPT
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.plugin import discover
from wsis_testkit import refused, wait_for
from wsis_testkit.shipped_broker import ShippedBroker


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedBroker]:
    with ShippedBroker(tmp_path_factory.mktemp("deploy")) as made:
        yield made


def test_each_user_of_the_definitions_signs_in_and_finds_its_queue(node: ShippedBroker) -> None:
    names = [plugin.name for plugin in discover()]
    assert names
    for name in names:
        with Connection(node.uri(name)) as connection:
            assert topology.rpc_queue(name)(connection).queue_declare(passive=True).message_count == 0


def test_a_message_as_large_as_our_limit_is_confirmed_and_a_larger_one_is_not_sent(
    node: ShippedBroker,
) -> None:
    name = next(iter(discover())).name
    uri, exchange = node.uri(name), topology.event_exchange(name)
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


def test_each_queue_has_the_policy_of_its_kind(node: ShippedBroker) -> None:
    """Three members, where there are as many nodes, and a length above which it refuses; requests expire."""

    def policies() -> dict[str, dict[str, int]] | None:
        found = node.request("queues/wsis")
        told = all("effective_policy_definition" in queue for queue in found)  # some seconds after the boot
        return {queue["name"]: queue["effective_policy_definition"] for queue in found} if told else None

    expected = {}
    for plugin in FOUND:
        for queue in SCRIPT.needs(plugin, FOUND).queues:
            most = topology.MAX_BYTES.get(queue.name.split(".")[0])
            expected[queue.name] = {"target-group-size": 3} | ({"max-length-bytes": most} if most else {})
            assert (most is None) == queue.name.startswith("rpc-")
    assert wait_for(policies, 30, "the policies") == expected


def test_nobody_else_does(node: ShippedBroker) -> None:
    for login in ("guest:guest", "gateway:guess", f"gateway:{node.passwords['operator']}"):
        with (
            pytest.raises(AccessRefused),
            Connection(f"amqp://{login}@{node.hosts[0]}/wsis", connect_timeout=5) as connection,
        ):
            connection.connect()
