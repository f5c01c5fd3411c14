"""Exchanges and queues: nameko's names, with arguments that prevent loss (quorum queues, dead letters, limits).

The arguments of an existing queue cannot be changed, so it keeps them: a change on which messages depend needs a new
name. Lengths and the number of members are no arguments, but policies (`deploy/rabbitmq/definitions.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from kombu import Exchange, Queue, binding
from wsis_shared.events import EventKey

RPC = Exchange("nameko-rpc", type="topic", durable=True)
COMMANDS = Exchange("wsis-commands", type="direct", durable=True)
DEAD_LETTERS = Exchange("wsis-dead", type="topic", durable=True)
# Leads back to a queue of origin by its name: a service has the right to its own queues alone. Its consumer binds them.
REQUEUE = Exchange("wsis-requeue", type="topic", durable=True)
# Inbound mail has an exchange of its own: the process that listens to the Internet has no right to send a command.
MAIL = Exchange("wsis-mail", type="topic", durable=True)

# `max_message_size` of deploy/rabbitmq/rabbitmq.conf. The broker closes the channel of a larger message, which
# ends the connection of all who share it: none is sent.
MAX_MESSAGE_BYTES = 2 * 1024 * 1024

# Deliveries of one message before the broker dead-letters it. It is high: each crash or stop of a process, and each
# ten minutes without the store, count for all that it has in flight. `wsis_shared.bus.tries` counts failures.
DELIVERY_LIMIT = 1000
REQUEST_DELIVERY_LIMIT = 12

HEALTH = "health"  # the method of every service that says how it is
PROBE = f"probe.{HEALTH}"


# How much a queue takes, by the first word of its name. Above, the broker refuses what is published: a vote is answered
# 503, an event waits in its outbox.
GIB = 1 << 30
MAX_BYTES = {"commands": 4 * GIB, "events": GIB, "jobs": GIB // 4, "mail": GIB, "dead": GIB}
MEMBERS = 3  # of each queue, on as many nodes of the broker; fewer where it has fewer


def dead_letter_queue(service: str) -> Queue:
    """The queue of this service's dead letters: an operator reads, requeues or drops them.

    The arguments prevent loss: by default RabbitMQ 4 drops a message after 20 deliveries, and a full queue drops its
    oldest message instead of refusing the next one."""
    arguments = {
        "x-queue-type": "quorum",
        "x-max-length": 100_000,
        "x-overflow": "reject-publish",
        "x-delivery-limit": -1,
    }
    return Queue(f"dead.{service}", DEAD_LETTERS, routing_key=f"{service}.#", durable=True, queue_arguments=arguments)


def rpc_queue(service: str) -> Queue:
    """RPC requests. They expire with the caller's timeout; an expired request is of no use, so none is dead-lettered.
    The consumer itself dead-letters a request that cannot be handled."""
    return _requests(f"rpc-{service}", f"{service}.*")


def probe_queue(service: str) -> Queue:
    """Requests for `health` alone (PROBE in place of a method): a service that is asked for much else answers them."""
    return _requests(f"rpc-{service}-probe", f"{service}.{PROBE}")


def command_queue(service: str, method: str) -> Queue:
    """Commands, for example `commands.voting.cast`. They do not expire."""
    name = f"commands.{service}.{method}"
    return _quorum(name, COMMANDS, name, f"{service}.{method}")


def job_queue(service: str) -> Queue:
    """The messages of this service's jobs, published by its own outbox. A worker fails a job that ended its
    process too often; the limit of the broker is for messages that no worker gets to read."""
    key = f"{service}.jobs"
    due = EventKey(service, "job_due").routing_key
    return _quorum(f"jobs.{service}", event_exchange(service), due, key)


def mail_queue(service: str, handler: str) -> Queue:
    """Mail for one handler, for example `mail.notifications.receive_bounce`."""
    name = f"mail.{service}.{handler}"
    return _quorum(name, MAIL, name, f"{service}.{handler}")


def event_exchange(source: str) -> Exchange:
    """The exchange to which a service publishes; the routing key is the event type with its version."""
    return Exchange(f"{source}.events", type="topic", durable=True)


def event_queue(service: str, handler: str, event: EventKey) -> Queue:
    """The queue of a handler, for example `events.prizes.nominees_published.v1--voting.on_nominees_published`; all
    processes of the service consume from it. Its name and arguments follow from the manifest, so that the publisher can
    declare it before the consumer has ever run: no event is published before its queue exists."""
    name, exchange = f"{event.source}.{event.routing_key}", event_exchange(event.source)
    dead_letter_key = f"{service}.{handler}"
    return _quorum(f"events.{name}--{dead_letter_key}", exchange, event.routing_key, dead_letter_key)


def selection_queue(service: str, handler: str, events: Sequence[EventKey], *, in_order: bool = False) -> Queue:
    """The queue of a handler of several events, for example `events.many--notifications.on_urgent`, with a binding for
    each of `events`. `in_order`: the broker delivers to one consumer at a time."""
    key = f"{service}.{handler}"
    queue = _quorum(f"events.many--{key}", None, "", key)
    queue.bindings = [binding(event_exchange(event.source), event.routing_key) for event in events]
    if in_order:
        queue.queue_arguments["x-single-active-consumer"] = True
    return queue


def returns_dead_letters(queue: Queue) -> bool:
    """Whether its messages become dead letters that can be returned to it, by `REQUEUE`."""
    return "x-dead-letter-exchange" in (queue.queue_arguments or {})


def reply_queue(name: str, routing_key: str) -> Queue:
    """Replies to one connection; deleted with it."""
    return Queue(f"rpc.reply-{name}", RPC, routing_key=routing_key, durable=False, exclusive=True, auto_delete=True)


def _requests(name: str, routing_key: str) -> Queue:
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": REQUEST_DELIVERY_LIMIT}
    return Queue(name, RPC, routing_key=routing_key, durable=True, queue_arguments=arguments)


def _quorum(name: str, exchange: Exchange | None, routing_key: str, dead_letter_key: str) -> Queue:
    arguments: dict[str, object] = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_LETTERS.name,
        "x-dead-letter-routing-key": dead_letter_key,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    return Queue(name, exchange, routing_key=routing_key, durable=True, queue_arguments=arguments)
