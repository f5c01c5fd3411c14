"""How much waits in a queue: what closes a contest asks, and what operators scale by."""

from __future__ import annotations

from kombu import Connection, Queue
from wsis_shared.amqp import topology
from wsis_shared.settings import Suite


def waiting(service: str, call: str) -> int:
    """Commands that the broker has not handed out. Over a connection of its own; raises what the broker's client
    raises (OSError, amqp.exceptions.AMQPError) where the broker is away or the queue does not exist."""
    return _length(topology.command_queue(service, call))


def parked(service: str) -> int:
    """Messages of a service that nobody could handle, and that wait for an operator. Raises the same."""
    return _length(topology.dead_queue(service))


def _length(queue: Queue) -> int:
    with Connection(Suite.load().amqp_uri, connect_timeout=3) as connection:
        return int(queue(connection.channel()).queue_declare(passive=True).message_count)
