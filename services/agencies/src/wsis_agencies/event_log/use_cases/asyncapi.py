"""The AsyncAPI 3 document of the public events (https://www.asyncapi.com/docs/reference/specification/v3.0.0).

It follows from the manifests: a message and a JSON Schema per event, and the three channels by which agencies get them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from apispec import APISpec
from wsis_shared import json_schemas
from wsis_shared.events import EventKey, EventType
from wsis_shared.plugin import Plugin

from wsis_agencies.event_log.events import public_types
from wsis_agencies.event_log.rules.log import KEPT_DAYS, PRIVATE, public_example

MEDIA_TYPE = "application/cloudevents+json"
AT = datetime(2017, 5, 2, 9, tzinfo=UTC)  # of the examples

_ABOUT = f"""\
Public events of the WSIS process, as CloudEvents 1.0 in JSON. One log numbers them without gaps (`sequence`) and \
keeps them for {KEPT_DAYS} days; `data` is null after a takedown. Events of one `subject` come in order. An event may \
come twice, with the same `id`. New fields and new types may appear at any time; a change of meaning is a new version \
of the type."""
_TEXT = {"type": "string"}
_ENVELOPE = {
    "type": "object",
    "required": ["specversion", "id", "source", "type", "time", "subject", "sequence", "datacontenttype", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {**_TEXT, "description": "The same at every delivery"},
        "source": {**_TEXT, "format": "uri-reference"},
        "type": _TEXT,
        "time": {**_TEXT, "format": "date-time"},
        "subject": {**_TEXT, "description": "The id of what changed"},
        "sequence": {**_TEXT, "pattern": "^[0-9]{20}$", "description": "Its number in the log"},
        "datacontenttype": {"const": "application/json"},
    },
}
_CHANNELS: dict[str, dict[str, object]] = {
    "webhook": {
        "address": None,
        "title": "Webhook",
        "description": "POST to the URL of a subscription, signed as Standard Webhooks 1.0 says.",
        "bindings": {"http": {}},
    },
    "queue": {
        "address": "sub.{agency}.{subscription}",
        "title": "Queue",
        "description": "A durable queue of a subscription, bounded: what does not fit waits in the log. Its reader may "
        "do nothing but consume it.",
        "parameters": {"agency": {"description": "Code of the agency"}, "subscription": {"description": "Its id"}},
        "bindings": {"amqp": {"is": "queue", "queue": {"durable": True, "exclusive": False, "autoDelete": False}}},
    },
    "feed": {
        "address": "/v1/events",
        "title": "Pull feed",
        "description": "GET with `after`: a page of events, `{items, next, position}`; `Prefer: wait=20` waits for the "
        "next one, `Accept: text/event-stream` follows. 410 where `after` is no longer kept.",
        "bindings": {"http": {}},
    },
}


def document(plugins: Iterable[Plugin]) -> dict[str, object]:
    """The document as plain data."""
    events = public_types(plugins)
    names = {key.cloudevents_type: {"$ref": f"#/components/messages/{key.cloudevents_type}"} for key in events}
    channels = {name: {**channel, "messages": names} for name, channel in _CHANNELS.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Public events of the WSIS suite",
            "version": _version(),
            "description": _ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": MEDIA_TYPE,
        "channels": channels,
        "operations": {
            f"send_{name}": {"action": "send", "channel": {"$ref": f"#/channels/{name}"}, "title": channel["title"]}
            for name, channel in channels.items()
        },
        "components": {
            "messages": {key.cloudevents_type: _message(key, event) for key, event in events.items()},
            "schemas": {"CloudEvent": _ENVELOPE, **_schemas(events)},
        },
    }


def _message(key: EventKey, event: EventType) -> dict[str, object]:
    name = key.cloudevents_type
    data = {"anyOf": [{"$ref": f"#/components/schemas/{name}"}, {"type": "null"}]}
    return {
        "name": name,
        "title": event.summary,
        "contentType": MEDIA_TYPE,
        "payload": {
            "allOf": [{"$ref": "#/components/schemas/CloudEvent"}],
            "type": "object",
            "properties": {"type": {"const": name}, "data": data},
        },
        "examples": [{"payload": public_example(key.source, name, event.schema().dump(event.example), AT)}],
    }


def _schemas(events: dict[EventKey, EventType]) -> dict[str, object]:
    """JSON Schemas of the data by the name of the event, and those that they contain, without private fields."""
    marshmallow = json_schemas.marshmallow_plugin()
    spec = APISpec(title="", version="", openapi_version="3.1.0", plugins=[marshmallow])
    json_schemas.map_fields(marshmallow)
    for key, event in events.items():
        private = tuple(name for name in event.schema().fields if name in PRIVATE)
        own = type(event.schema.__name__, (event.schema,), {})  # several events may have one schema
        spec.components.schema(key.cloudevents_type, schema=own(exclude=private))
    found: dict[str, object] = json_schemas.json_data(spec.to_dict()["components"]["schemas"])
    return found


def _version() -> str:
    try:
        return version("wsis-agencies")
    except PackageNotFoundError:
        return "0"
