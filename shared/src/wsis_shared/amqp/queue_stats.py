"""Message counts of queues: voting reads them before it closes a contest, operators scale by them."""

from __future__ import annotations

from kombu import Connection, Queue
from wsis_shared.amqp import topology
from wsis_shared.settings import Suite


def ready_commands(service: str, method: str) -> int:
    """Commands in the queue that are not delivered to a consumer. Opens a connection of its own; raises what kombu
    raises (OSError, amqp.exceptions.AMQPError) when the broker is unreachable or the queue does not exist."""
    return _ready(topology.command_queue(service, method))


def dead_letters(service: str) -> int:
    """Messages in the dead-letter queue of a service. Raises the same."""
    return _ready(topology.dead_letter_queue(service))


def _ready(queue: Queue) -> int:
    with Connection(Suite.load().amqp_uri, connect_timeout=3) as connection:
        return int(queue(connection.channel()).queue_declare(passive=True).message_count)
