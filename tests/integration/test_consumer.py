"""The consuming connection, when a subscription changes while its channel opens."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import amqp
import pytest
from wsis_shared.amqp import topology
from wsis_shared.bus.consumer import Consumer, Subscription
from wsis_shared.events import EventKey
from wsis_testkit import publish, wait_for


def test_a_channel_that_is_given_back_while_it_opens_is_not_the_end_of_the_connection(
    environment: dict[str, str], amqp_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a process stops as soon as it has started: what is in flight on other channels would be done again."""
    consumer, taken, connections = Consumer(), [], []
    consumer.container = SimpleNamespace(config={"AMQP_URI": environment["WSIS_AMQP_URI"]}, service_name="opening")
    queue = topology.event_queue("opening", "on_given", EventKey("outside", "given"))
    subscription = consumer.add(Subscription(queue, 10, taken.append, lambda *_: None))
    consume = amqp.Channel.basic_consume

    def given_back_once(channel: amqp.Channel, *arguments: Any, **more: Any) -> Any:
        connections.append(channel.connection)
        if len(connections) == 1:
            consumer.give_back(subscription)
        return consume(channel, *arguments, **more)

    monkeypatch.setattr(amqp.Channel, "basic_consume", given_back_once)
    thread = threading.Thread(target=consumer._run, daemon=True)
    thread.start()
    try:
        wait_for(lambda: len(connections) == 2, what="the channel to be opened again")
        assert connections[0] is connections[1]
        publish(amqp_client, "outside", "given", {"n": 1})
        wait_for(lambda: len(taken) == 1, what="the event")
        consumer.ack(taken[0])
    finally:
        consumer.stop()
        thread.join(10)
