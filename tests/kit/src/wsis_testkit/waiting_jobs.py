"""Jobs that wait: their messages do not arrive, as behind long work of others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kombu import Connection
from wsis_shared.amqp import topology


@contextmanager
def waiting_jobs(uri: str, service: str) -> Iterator[None]:
    """What is enqueued meanwhile is not carried; with the end of the block only what is enqueued later is."""
    with Connection(uri) as connection:
        queue = topology.job_queue(service)(connection.channel())
        queue.declare()
        queue.unbind_from(queue.exchange, queue.routing_key)
        try:
            yield
        finally:
            queue.queue_bind()
