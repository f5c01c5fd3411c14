"""Entrypoints. Public events in one sequence, for agencies and feeds."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Loop, Service, every, rpc, subscribe_batches, worker
from wsis_shared.json_text import JsonText

from wsis_notifications.events.event_log import public
from wsis_notifications.use_cases import queues
from wsis_notifications.use_cases.event_log import compose

Row = dict[str, Any]


class EventLogEntrypoints(Service):
    """Public events in one sequence, for agencies and feeds."""

    event_log = Composed(compose)
    queues = Composed(queues.compose)

    @subscribe_batches(public, batch=200, in_order=True)
    def on_public(self, events: list[Row]) -> None:
        """Public events of every service: they get their numbers."""
        self.event_log.take(events, self.bus.notify)

    @worker(singleton=True)
    def fill_queues(self, loop: Loop) -> None:
        """Deliver events to the queues of agencies."""
        self.queues.deliver(loop)

    @worker(singleton=True)
    def close_queues(self, loop: Loop) -> None:
        """Lock and delete queues of agencies."""
        self.queues.close(loop)

    @every(3600)
    def prune_events(self) -> None:
        """Delete events that are kept no longer."""
        self.event_log.prune(self.bus.stopping)

    @rpc
    def list_events(
        self,
        after: int | None,
        limit: int,
        type: str | None,
        action_line: str | None,
        sdg: int | None,
        region: str | None,
        language: str | None,
    ) -> Row:
        """Public events after a number."""
        return self.event_log.list(
            after, limit, type=type, action_line=action_line, sdg=sdg, region=region, language=language
        )

    @rpc
    def read_news(self) -> Row:
        """The Atom feed of public news."""
        return self.event_log.news(context.current().locale)

    @rpc
    def read_asyncapi(self) -> JsonText:
        """The AsyncAPI document."""
        return self.event_log.asyncapi

    @rpc(writes=True)
    def take_down_event(self, sequence: str, body: Row) -> Row:
        """Withdraw the content of an event."""
        return self.event_log.take_down(sequence, body["reason"])
