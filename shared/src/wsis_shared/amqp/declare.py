"""Declares queues, with what they are bound to.

A queue that exists stays as it is: no argument of it can be changed, and a process that insists on another would not
start beside those of the former version. What an installation changes, it changes by policy
(`deploy/rabbitmq/definitions.py`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from amqp.exceptions import PreconditionFailed
from kombu import Connection, Queue

_log = logging.getLogger(__name__)


def declare(queues: Iterable[Queue], connection: Connection) -> None:
    """Declare them in this order."""
    channel = connection.channel()
    for queue in queues:
        try:
            queue(channel).declare()
        except PreconditionFailed as error:  # which closes the channel
            _log.warning("queue stays as it is", extra={"queue": queue.name, "text": str(error)[:200]})
            channel = connection.channel()
            _bind(queue(channel))
    channel.close()


def _bind(queue: Queue) -> None:
    if queue.exchange and queue.exchange.name:
        queue.queue_bind()
    for each in queue.bindings:
        each.declare(queue.channel)
        each.bind(queue)
