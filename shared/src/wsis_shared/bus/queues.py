"""Queues of consumers, declared before they run: the broker confirms and drops an event without a queue."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from wsis_shared.amqp import subscribers, topology
from wsis_shared.amqp.connection import connect
from wsis_shared.amqp.declare import declare
from wsis_shared.plugin import Plugin, discover

_log = logging.getLogger(__name__)


def declare_queues(uri: str, plugin: Plugin) -> list[str]:
    """Declare the queues of all events and jobs that a service handles, before it runs for the first time: events that
    others publish meanwhile wait there. Returns the names of the queues."""
    queues = list(subscribers.queues_of(plugin, discover(routes=False)))
    with connect(uri, connect_timeout=3) as connection:
        topology.DEAD_LETTERS(connection.channel()).declare()
        declare(queues, connection)
    return sorted(queue.name for queue in queues)


def declare_consumer_queues(uri: str, source: str, stopping: Callable[[], bool]) -> None:
    """Declare the event exchange of `source`, the queue of its jobs, and the queues of all handlers of its events, even
    of services that have not run yet: the broker confirms and drops an event without a queue.
    """
    while not stopping():
        try:
            with connect(uri, connect_timeout=3) as connection:
                topology.event_exchange(source)(connection.channel()).declare()
                found = discover(routes=False)
                declare(
                    [queue for plugin in found for queue in subscribers.queues_of(plugin, found, source)], connection
                )
                return
        except Exception as error:  # noqa: BLE001 -- the broker is unreachable or refuses: log and retry
            _log.warning("event queues not declared yet", extra={"error": type(error).__name__})
            time.sleep(1)
