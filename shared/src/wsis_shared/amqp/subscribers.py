"""The queues of all handlers of events and jobs, from the manifests alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kombu import Queue
from wsis_shared.amqp import topology
from wsis_shared.plugin import Plugin


def queues_of(plugin: Plugin, found: Iterable[Plugin], source: str = "") -> Iterator[Queue]:
    """The queues of the handlers of `plugin`, bound to the events of the plugins `found`; with a `source`, only those
    that are bound to its exchange, without their bindings to others (it has no right to make those)."""
    if source in ("", plugin.name) and plugin.jobs:
        yield topology.job_queue(plugin.name)
    yield from event_queues(plugin, found, source)


def event_queues(plugin: Plugin, found: Iterable[Plugin], source: str = "") -> Iterator[Queue]:
    """The same without the queue of the jobs."""
    for dependency in plugin.depends_on:
        if source in ("", dependency.source):
            yield topology.event_queue(plugin.name, dependency.method, dependency.key)
    for selection in plugin.selects:
        if events := [event for event in selection.events(found) if source in ("", event.source)]:
            yield topology.selection_queue(plugin.name, selection.handler, events, in_order=selection.in_order)
