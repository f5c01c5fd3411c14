"""Exchanges and queues: nameko's names, with arguments that prevent loss (quorum queues, dead letters, limits).

The arguments of an existing queue cannot be changed (406 PRECONDITION_FAILED): a change needs a new name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kombu import Exchange, Queue, binding

RPC = Exchange("nameko-rpc", type="topic", durable=True)
COMMANDS = Exchange("wsis-commands", type="direct", durable=True)
DEAD_LETTERS = Exchange("wsis-dead", type="topic", durable=True)

# Deliveries of one message before the broker dead-letters it. Batch consumers prefetch many messages, and each crash or
# stop of the process counts as a delivery of all of them.
DELIVERY_LIMIT = 6
BATCH_DELIVERY_LIMIT = 30


def dead_letter_queue(service: str) -> Queue:
    """The queue of this service's dead letters: an operator reads, requeues or drops them.

    The arguments prevent loss: by default RabbitMQ 4 drops a message after 20 deliveries, and a full queue drops its
    oldest message instead of refusing the next one."""
    arguments = {"x-queue-type": "quorum", "x-max-length": 100_000, "x-overflow": "reject-publish",
                 "x-delivery-limit": -1}  # fmt: skip
    return Queue(f"dead.{service}", DEAD_LETTERS, routing_key=f"{service}.#", durable=True, queue_arguments=arguments)


def rpc_queue(service: str) -> Queue:
    """RPC requests. They expire with the caller's timeout; an expired request is of no use, so none is dead-lettered.
    The consumer itself dead-letters a request that cannot be handled."""
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": 2 * DELIVERY_LIMIT}
    return Queue(f"rpc-{service}", RPC, routing_key=f"{service}.*", durable=True, queue_arguments=arguments)


def command_queue(service: str, method: str) -> Queue:
    """Commands, for example `commands.voting.cast`. They do not expire."""
    name = f"commands.{service}.{method}"
    return _quorum(name, COMMANDS, name, f"{service}.{method}", BATCH_DELIVERY_LIMIT)


def job_queue(service: str) -> Queue:
    """The messages of this service's jobs, published by its own outbox. A worker fails a job that ended its
    process too often; the limit of the broker is for messages that no worker gets to read."""
    key = f"{service}.jobs"
    return _quorum(f"jobs.{service}", event_exchange(service), "job_due", key, 2 * DELIVERY_LIMIT)


def event_exchange(source: str) -> Exchange:
    """The exchange to which a service publishes; the routing key is the event type."""
    return Exchange(f"{source}.events", type="topic", durable=True)


def event_queue(service: str, events: Sequence[tuple[str, str]], name: str = "", limit: int = DELIVERY_LIMIT) -> Queue:
    """The queue of a handler; all processes of a service consume from it. Its name follows from the manifest
    (`events.prizes-nominees_published--voting`), so that a publisher can declare it before the consumer has ever run:
    no event is published before its queue exists. A handler of several events passes a `name`."""
    name = name or "-".join(events[0])
    key = f"{service}.{name}"
    queue = _quorum(f"events.{name}--{service}", event_exchange(events[0][0]), events[0][1], key, limit)
    if len(events) > 1:
        queue.bindings = [binding(event_exchange(source), event) for source, event in events]
        queue.exchange, queue.routing_key = None, ""
    return queue


def reply_queue(name: str, routing_key: str) -> Queue:
    """Replies to one connection; deleted with it."""
    return Queue(f"rpc.reply-{name}", RPC, routing_key=routing_key, durable=False, exclusive=True, auto_delete=True)


def _quorum(name: str, exchange: Exchange, routing_key: str, dead_letter_key: str, limit: int) -> Queue:
    arguments: dict[str, Any] = {
        "x-queue-type": "quorum",
        "x-delivery-limit": limit,
        "x-dead-letter-exchange": DEAD_LETTERS.name,
        "x-dead-letter-routing-key": dead_letter_key,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    return Queue(name, exchange, routing_key=routing_key, durable=True, queue_arguments=arguments)
