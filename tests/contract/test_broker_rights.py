"""Each service runs with the rights that deploy/ gives it, and can do nothing else on the bus."""

from __future__ import annotations

import json
from typing import Any

import pytest
from amqp.exceptions import AccessRefused
from tests.contract.broker_kit import FOUND, LISTENERS, MAIL_QUEUES, NAMES, PROCESSES, queues_of
from wsis_shared.amqp import dead_letters, serializer, topology
from wsis_shared.amqp.client import AmqpClient
from wsis_testkit import make_context, wait_for


def _publish(channel: Any, exchange: str, key: str) -> None:
    channel.confirm_select()
    message = channel.prepare_message("{}", content_type=serializer.CONTENT_TYPE, content_encoding="utf-8")
    channel.basic_publish(message, exchange, key)
    channel.connection.drain_events(timeout=5)


@pytest.mark.parametrize("name", NAMES)
def test_service_runs_with_its_own_rights_and_the_gateway_reaches_it(as_user: Any, serve: Any, name: str) -> None:
    served = serve(name, WSIS_AMQP_URI=as_user(name))
    assert served.call("health")["service"] == name
    gateway = AmqpClient(as_user("gateway"), "gateway", events=[(name, "anything")]).start()
    try:
        for method in (topology.HEALTH, topology.PROBE):
            assert gateway.request(name, method, {}, make_context(), timeout=10)["service"] == name
    finally:
        gateway.stop()
    assert served.stop() == 0  # it would take what the tests below put into its queues
    log = served.log.read_text("utf-8")
    assert "ACCESS_REFUSED" not in log
    assert "AccessRefused" not in log
    assert "connection lost" not in log


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
        for own in filter(topology.returns_dead_letters, queues_of(name)):
            _publish(channel_of(name), topology.REQUEUE.name, own.name)
            channel_of(name).queue_bind(own.name, topology.REQUEUE.name, own.name)


def test_operator_returns_and_drops_dead_letters_with_its_own_rights(as_user: Any, channel_of: Any) -> None:
    queue = next(queue for name in NAMES for queue in queues_of(name) if topology.returns_dead_letters(queue))
    owner = next(name for name in NAMES if queue in queues_of(name))
    dead = topology.dead_letter_queue(owner).name
    channel = channel_of(owner)
    for name in (queue.name, dead):
        channel.queue_purge(name)
    for number in range(2):  # as the broker would
        message = channel.prepare_message(
            json.dumps({"number": number}),
            content_type=serializer.CONTENT_TYPE,
            content_encoding="utf-8",
            headers={"x-first-death-queue": queue.name, "x-first-death-reason": "rejected"},
        )
        channel.basic_publish_confirm(message, topology.DEAD_LETTERS.name, f"{owner}.test")
    with dead_letters.reading(as_user("operator"), owner) as found:
        first, second = [letter.id for letter in found.letters]
        assert [letter.id for letter in found.requeue([first])] == [first]
        assert [letter.id for letter in found.drop([second])] == [second]
    returned = wait_for(lambda: channel.basic_get(queue.name, no_ack=True), what="the letter to be returned")
    assert json.loads(returned.body) == {"number": 0}
    wait_for(lambda: channel.queue_declare(dead, passive=True).message_count == 0, what="no letter to be left")


@pytest.mark.parametrize("name", LISTENERS)
def test_listener_for_mail_delivers_mail(as_user: Any, name: str) -> None:
    client = AmqpClient(as_user(name), name).start()
    try:
        for queue in MAIL_QUEUES:
            client.deliver(topology.MAIL.name, queue, {}, message_id=queue, timeout=10)
    finally:
        client.stop()
