"""Events. Public events in one sequence, for agencies and feeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from marshmallow import fields
from wsis_shared.events import EventKey, EventSelection, EventType
from wsis_shared.plugin import Plugin
from wsis_shared.schemas import ResponseSchema


class EventsLogged(ResponseSchema):
    """The newest number of the log."""

    last = fields.Integer(required=True)


class EventTakenDown(ResponseSchema):
    """An event whose content is no longer public: delete your copy."""

    sequence = fields.Integer(required=True, metadata={"description": "Its number in the log"})
    event = fields.String(required=True, metadata={"description": "Its `id`"})


EVENTS_LOGGED = EventType(
    "events_logged",
    "The log of public events has grown: feeds and deliveries go on",
    EventsLogged,
    {"last": 1042},
)
EVENT_TAKEN_DOWN = EventType(
    "event_taken_down",
    "The content of an event is withdrawn: readers delete their copy",
    EventTakenDown,
    {"sequence": 1042, "event": "0c6f1c3f0c5d9a4a5e8d0b7e7d6a1f2c"},
    public=True,
)

SELECTS: tuple[EventSelection, ...] = (
    EventSelection("on_public", "wsis_agencies.event_log.events:public", batches=True, in_order=True),
)


def public(plugins: Iterable[Plugin]) -> list[EventKey]:
    """The events that may leave the suite."""
    return [key for key, _, _ in _public(plugins)]


def public_types(plugins: Iterable[Plugin]) -> dict[EventKey, EventType]:
    """Their declarations, under the keys that readers outside know."""
    return {outside: event for _, outside, event in _public(plugins)}


def by_inside_type(plugins: Iterable[Plugin]) -> dict[str, tuple[EventKey, EventType]]:
    """The same by the CloudEvents type that they have on the bus."""
    return {key.cloudevents_type: (outside, event) for key, outside, event in _public(plugins)}


def _public(plugins: Iterable[Plugin]) -> Iterator[tuple[EventKey, EventKey, EventType]]:
    """(key on the bus, key outside, declaration) of each."""
    for plugin in plugins:
        for event in plugin.publishes:
            if event.public:
                yield event.key(plugin.name), event.key(plugin.public_name), event
