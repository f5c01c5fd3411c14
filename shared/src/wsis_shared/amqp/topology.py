"""Exchanges and queues: nameko's names, with the arguments that keep work safe (quorum, dead letters, limits).

Queue arguments cannot be changed once a queue exists (406 PRECONDITION_FAILED): a change of them is a new name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kombu import Exchange, Queue, binding

RPC = Exchange("nameko-rpc", type="topic", durable=True)
COMMANDS = Exchange("wsis-commands", type="direct", durable=True)
DEAD = Exchange("wsis-dead", type="topic", durable=True)

# Tries of one message before it is parked. What is decided in batches is prefetched in numbers, and the innocents among
# them count each crash and stop of their process too.
DELIVERY_LIMIT = 6
BATCH_DELIVERY_LIMIT = 30


def dead_queue(service: str) -> Queue:
    """Where messages of this service end that nobody could handle: read, requeued or dropped by an operator.

    It loses none by itself: without a limit of its own, RabbitMQ 4 drops a message that was looked at 20 times, and a
    full queue would drop its oldest instead of leaving the next one where it is."""
    arguments = {"x-queue-type": "quorum", "x-max-length": 100_000, "x-overflow": "reject-publish",
                 "x-delivery-limit": -1}  # fmt: skip
    return Queue(f"dead.{service}", DEAD, routing_key=f"{service}.#", durable=True, queue_arguments=arguments)


def rpc_queue(service: str) -> Queue:
    """Requests. They expire with their caller's patience, and what expires is nobody's loss: no dead letters here.
    What cannot be served is parked by the consumer itself."""
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": 2 * DELIVERY_LIMIT}
    return Queue(f"rpc-{service}", RPC, routing_key=f"{service}.*", durable=True, queue_arguments=arguments)


def command_queue(service: str, call: str) -> Queue:
    """Writes that come in floods: `commands.voting.cast`. Nothing in it expires."""
    name = f"commands.{service}.{call}"
    return _quorum(name, COMMANDS, name, f"{service}.{call}", BATCH_DELIVERY_LIMIT)


def event_exchange(source: str) -> Exchange:
    """Where a service publishes, routing key = event type."""
    return Exchange(f"{source}.events", type="topic", durable=True)


def event_queue(service: str, events: Sequence[tuple[str, str]], name: str = "", limit: int = DELIVERY_LIMIT) -> Queue:
    """The queue of a handler: each instance pool of a service gets every event once. Its name follows from the
    manifest alone (`evt-prizes-nominees_published--voting`), so that a publisher can make it before the service that
    reads it has ever run: nothing is published into the void. A handler of many events gives the `name`."""
    name = name or "-".join(events[0])
    key = f"{service}.{name}"
    queue = _quorum(f"evt-{name}--{service}", event_exchange(events[0][0]), events[0][1], key, limit)
    if len(events) > 1:
        queue.bindings = [binding(event_exchange(source), event) for source, event in events]
        queue.exchange, queue.routing_key = None, ""
    return queue


def reply_queue(name: str, routing_key: str) -> Queue:
    """Answers to one connection; gone with it."""
    return Queue(f"rpc.reply-{name}", RPC, routing_key=routing_key, durable=False, exclusive=True, auto_delete=True)


def _quorum(name: str, exchange: Exchange, routing_key: str, dead_key: str, limit: int) -> Queue:
    arguments: dict[str, Any] = {
        "x-queue-type": "quorum",
        "x-delivery-limit": limit,
        "x-dead-letter-exchange": DEAD.name,
        "x-dead-letter-routing-key": dead_key,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    return Queue(name, exchange, routing_key=routing_key, durable=True, queue_arguments=arguments)
