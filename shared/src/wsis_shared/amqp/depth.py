"""How much waits in a command queue: what closes a contest asks, and what operators scale by."""

from __future__ import annotations

from kombu import Connection
from wsis_shared.amqp import topology
from wsis_shared.settings import Suite


def waiting(service: str, call: str) -> int:
    """Commands that the broker has not handed out. Over a connection of its own; raises what the broker's client
    raises (OSError, amqp.exceptions.AMQPError) where the broker is away or the queue does not exist."""
    with Connection(Suite.load().amqp_uri, connect_timeout=3) as connection:
        queue = topology.command_queue(service, call)(connection.channel())
        return int(queue.queue_declare(passive=True).message_count)
