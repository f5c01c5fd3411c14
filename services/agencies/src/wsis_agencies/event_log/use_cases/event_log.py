"""The log of public events: what goes in, what readers get, and takedowns."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial

from wsis_shared import audit, clock
from wsis_shared.atom import MAX_ENTRIES
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Gone, NotFound
from wsis_shared.events import SOURCE, EventKey, EventType, PendingEvent, new_event
from wsis_shared.json_text import JsonText
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import after_commit
from wsis_shared.operations import every, rpc, subscribe_batches
from wsis_shared.parts import Parts
from wsis_shared.plugin import discover
from wsis_shared.sentences import Sentences

from wsis_agencies.event_log.events import EVENT_TAKEN_DOWN, EVENTS_LOGGED, by_inside_type, public
from wsis_agencies.event_log.rules import log as rules
from wsis_agencies.event_log.rules import news_feed
from wsis_agencies.event_log.rules.filters import Filters, matches
from wsis_agencies.event_log.rules.log import LogRow, NewRow
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.event_log.use_cases import asyncapi
from wsis_agencies.event_log.use_cases.warnings import warnings
from wsis_agencies.settings import Settings

_say = Sentences("wsis_agencies", "news")
DIGITS = 15  # of a number in the log, at most
SCAN, PIECE = 1000, 100  # numbers that one request looks through for events that pass its filters, and one query


class EventLogCases:
    """One per process. `inside` are the public events by their type on the bus, each with its key outside."""

    def __init__(self, log: EventLog, inside: Mapping[str, tuple[EventKey, EventType]]) -> None:
        self.log, self._inside = log, inside
        self.types = frozenset(outside.cloudevents_type for outside, _ in inside.values())

    @cached_property
    def _asyncapi(self) -> JsonText:
        return JsonText(json.dumps(asyncapi.document(discover(routes=False)), ensure_ascii=False).encode())

    @rpc
    def read_asyncapi(self) -> JsonText:
        """The AsyncAPI document of what is installed."""
        return self._asyncapi

    @subscribe_batches(public, batch=200, in_order=True)
    def on_public(self, events: Sequence[Input], notify: Callable[[PendingEvent], None]) -> None:
        """Append events of the suite, in their order. One that is not public any more is dropped: its binding stays."""
        rows = [self._row(event, *self._inside[event["type"]]) for event in events if event["type"] in self._inside]
        if self.log.append(rows):
            after_commit(partial(notify, new_event(EVENTS_LOGGED, subject="event_log", last=self.log.last())))

    @staticmethod
    def _row(event: Input, outside: EventKey, declared: EventType) -> NewRow:
        named = {"source": SOURCE + outside.source, "type": outside.cloudevents_type}
        return rules.row_of({**event, **named}, declared.facets)

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
    ) -> JsonObject:
        """A page of the pull feed."""
        wanted = {"types": type, "action_lines": action_line, "sdgs": sdg, "regions": region, "languages": language}
        filters = {name: [value] for name, value in wanted.items() if value is not None}
        return self.page(after, limit, filters)

    def page(self, after: int | None, limit: int, filters: Filters) -> JsonObject:
        """The next events that pass. `position` is where the next read begins, also after a page without items.

        Raises Gone where events after `after` are kept no longer."""
        first, last = self.log.bounds()
        after = first - 1 if after is None else after
        if after < first - 1:
            raise Gone("notifications.events_gone", oldest=first)
        found: list[LogRow] = []
        position, end = min(after, last), min(after + SCAN, last)
        while position < end and len(found) < limit:
            rows = self.log.page(position, min(PIECE, end - position))
            if not rows:  # they were pruned meanwhile
                break
            passed = [row for row in rows if matches(row, filters)][: limit - len(found)]
            full = len(found) + len(passed) == limit
            position = passed[-1]["seq"] if full else rows[-1]["seq"]
            found += passed
        items = [rules.public_envelope(row) for row in found]
        return {
            "items": items,
            "next": position if position < last else None,
            "position": position,
            "warnings": warnings(filters, self.types),
        }

    @rpc
    def read_news(self, ctx: Context) -> JsonObject:
        """The Atom feed of public news, in the reader's language."""
        rows = self.log.newest(news_feed.NEWS, MAX_ENTRIES)
        text = news_feed.feed_of(rows, ctx.locale, _say, Settings.current().public_url, clock.now())
        return {"text": text, "filename": "events.atom"}

    @rpc(writes=True)
    def take_down_event(self, sequence: str, body: Input) -> JsonObject:
        """Withdraw the content of the event of a number. Raises NotFound, Conflict."""
        row = self.log.read(int(sequence)) if sequence.isdecimal() and len(sequence) <= DIGITS else None
        if row is None:
            raise NotFound("notifications.event_unknown")
        if row["data"] is None:
            raise Conflict("notifications.event_already_taken_down")
        name = f"event/{row['seq']}"
        self.log.take_down(
            row,
            new_event(EVENT_TAKEN_DOWN, subject=name, sequence=row["seq"], event=row["_id"]),
            audit.entry("notifications.event_taken_down", name, before=row["type"], reason=body["reason"]),
        )
        return rules.public_envelope({**row, **rules.TAKEN_DOWN})

    @every(3600)
    def prune_events(self, stopping: Callable[[], bool]) -> None:
        """Delete what is kept no longer."""
        while not stopping() and self.log.prune(clock.now()):
            pass


def compose(parts: Parts) -> EventLogCases:
    """The use cases with their collaborators; called once per process."""
    return EventLogCases(EventLog(parts.db), by_inside_type(discover(routes=False)))
