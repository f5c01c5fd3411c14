"""Message counts of queues: voting reads them before it closes a contest, operators scale by them."""

from __future__ import annotations

from typing import Any

from amqp.exceptions import AMQPError
from kombu import Queue
from kombu.exceptions import OperationalError
from wsis_shared.amqp import topology
from wsis_shared.amqp.connection import connect
from wsis_shared.settings import Suite

UNREACHABLE = (OSError, AMQPError, OperationalError)  # what is raised while the broker cannot be asked


def ready_commands(service: str, method: str) -> int:
    """Commands in the queue that are not delivered to a consumer. Opens a connection of its own; raises
    UNREACHABLE when the broker is, or the queue does not exist."""
    return _ready(topology.command_queue(service, method))


def dead_letters(service: str) -> int:
    """Messages in the dead-letter queue of a service, and those who read it at present: what they have is not ready,
    and comes back. Raises the same."""
    declared = _declared(topology.dead_letter_queue(service))
    return int(declared.message_count) + int(declared.consumer_count)


def _ready(queue: Queue) -> int:
    return int(_declared(queue).message_count)


def _declared(queue: Queue) -> Any:
    with connect(Suite.load().amqp_uri, connect_timeout=3) as connection:
        return queue(connection.channel()).queue_declare(passive=True)
