"""The AsyncAPI 3 document of the public events (https://www.asyncapi.com/docs/reference/specification/v3.0.0).

It follows from the manifests: a message and two models per event, and the three channels by which agencies get them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

from wsis_shared.events import EventKey, EventType
from wsis_shared.json_types import JsonObject
from wsis_shared.plugin import Plugin

from wsis_agencies.event_log.events import public_types
from wsis_agencies.event_log.rules.direct import DIRECT, DirectEvent
from wsis_agencies.event_log.rules.log import EXAMPLE_ID, KEPT_DAYS, public_example
from wsis_agencies.event_log.use_cases.envelopes import CLOUD_EVENT, HEADERS, direct_envelope
from wsis_agencies.event_log.use_cases.event_models import model_name, names_of, schemas_of
from wsis_agencies.settings import Settings

MEDIA_TYPE = "application/cloudevents+json"
AT = datetime(2017, 5, 2, 9, tzinfo=UTC)  # of the examples

_ABOUT = f"""\
Public events of the WSIS process, as CloudEvents 1.0 in JSON. One log numbers them without gaps (`sequence`) and \
keeps them for {KEPT_DAYS} days; `data` is null after a takedown. Events of one `subject` come in order. An event may \
come twice, with the same `id`. New fields, types and codes may appear at any time; a change of meaning is a new \
version of the type."""
_CHANNELS: dict[str, JsonObject] = {
    "webhook": {
        "address": None,
        "title": "Webhook",
        "description": "POST to the URL of a subscription, signed as Standard Webhooks 1.0 says.",
        "servers": [{"$ref": "#/servers/receiver"}],
        "bindings": {"http": {}},
    },
    "queue": {
        "address": "sub.{agency}.{subscription}",
        "title": "Queue",
        "description": "A durable queue of a subscription, bounded: what does not fit waits in the log. Its reader may "
        "do nothing but consume it.",
        "parameters": {"agency": {"description": "Code of the agency"}, "subscription": {"description": "Its id"}},
        "servers": [{"$ref": "#/servers/queues"}],
        "bindings": {"amqp": {"is": "queue", "queue": {"durable": True, "exclusive": False, "autoDelete": False}}},
    },
    "feed": {
        "address": "/v1/events",
        "title": "Pull feed",
        "description": "GET with `after`: a page of events, `{items, next, position}`; `Prefer: wait=20` waits for the "
        "next one, `Accept: text/event-stream` follows. 410 where `after` is no longer kept.",
        "servers": [{"$ref": "#/servers/gateway"}],
        "bindings": {"http": {}},
    },
}


def document(plugins: Iterable[Plugin]) -> JsonObject:
    """The document as plain data."""
    events = public_types(plugins)
    names = names_of(events)
    logged = {key.cloudevents_type: _message(names[key], key, event) for key, event in events.items()}
    direct = {event.type: _direct_message(event) for event in DIRECT}
    channels = {
        name: {**channel, "messages": _links([*logged, *(event.type for event in DIRECT if name in event.channels)])}
        for name, channel in _CHANNELS.items()
    }
    envelopes = {f"{names[key]}Event": _logged_envelope(names[key], key, event) for key, event in events.items()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Public events of the WSIS suite",
            "version": _version(),
            "description": _ABOUT,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": MEDIA_TYPE,
        "servers": _servers(Settings.current()),
        "channels": channels,
        "operations": {
            f"send_{name}": {"action": "send", "channel": {"$ref": f"#/channels/{name}"}, "title": channel["title"]}
            for name, channel in channels.items()
        },
        "components": {
            "messages": {**logged, **direct},
            "schemas": {
                "CloudEvent": CLOUD_EVENT,
                "WebhookHeaders": HEADERS,
                **schemas_of(events),
                **envelopes,
                **{model: schema for event in DIRECT for model, schema in _direct_models(event)},
            },
            "securitySchemes": _SECURITY,
        },
    }


_SECURITY: dict[str, JsonObject] = {
    "signature": {
        "type": "httpApiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks 1.0: what a receiver verifies with the secret of its subscription (v1), or "
        "with the keys of GET /v1/events/keys (v1a)",
    },
    "login": {"type": "userPassword", "description": "In the `uri` that the creation of a subscription returns, once"},
}


def _servers(settings: Settings) -> JsonObject:
    gateway = urlsplit(settings.public_url)
    broker = urlsplit(settings.agencies_amqp_uri.split(";")[0])
    return {
        "gateway": {
            "host": gateway.netloc,
            "protocol": gateway.scheme,
            "description": "The API of the suite; public events need no sign-in",
        },
        "queues": {
            "host": broker.netloc.rpartition("@")[2],
            "protocol": broker.scheme,
            "pathname": f"/{settings.agencies_vhost}",
            "description": "The broker for agencies, where queues are offered (AMQP 0-9-1)",
            "security": [{"$ref": "#/components/securitySchemes/login"}],
        },
        "receiver": {
            "host": "{receiver}",
            "protocol": "https",
            "description": "The receiver of an agency, at the `url` of its subscription",
            "variables": {"receiver": {"description": "Host of that URL", "examples": ["hooks.example.org"]}},
            "security": [{"$ref": "#/components/securitySchemes/signature"}],
        },
    }


def _links(types: Iterable[str]) -> JsonObject:
    return {type: {"$ref": f"#/components/messages/{type}"} for type in types}


def _message(name: str, key: EventKey, event: EventType) -> JsonObject:
    type = key.cloudevents_type
    data = event.schema().dump(event.example)
    return _as_message(type, event.summary, f"{name}Event", public_example(key.source, type, data, AT))


def _direct_message(event: DirectEvent) -> JsonObject:
    payload = event.message("5c1d", event.example, AT, EXAMPLE_ID)
    return _as_message(event.type, event.title, f"{model_name(event.kind)}Event", payload)


def _as_message(type: str, title: str, model: str, payload: JsonObject) -> JsonObject:
    return {
        "name": type,
        "title": title,
        "contentType": MEDIA_TYPE,
        "headers": {"$ref": "#/components/schemas/WebhookHeaders"},
        "payload": {"$ref": f"#/components/schemas/{model}"},
        "examples": [{"payload": payload}],
    }


def _logged_envelope(name: str, key: EventKey, event: EventType) -> JsonObject:
    data = {"anyOf": [{"$ref": f"#/components/schemas/{name}"}, {"type": "null"}]}
    return {
        "title": f"{name}Event",
        "description": event.summary,
        "allOf": [{"$ref": "#/components/schemas/CloudEvent"}],
        "type": "object",
        "properties": {
            "type": {"const": key.cloudevents_type, "description": "The type of the event with its version"},
            "data": {**data, "description": "What happened; null after a takedown"},
        },
    }


def _direct_models(event: DirectEvent) -> Iterable[tuple[str, JsonObject]]:
    name = model_name(event.kind)
    whole = direct_envelope(event.type, {"$ref": f"#/components/schemas/{name}"})
    yield name, {"title": name, "description": event.title, **event.schema()}
    yield f"{name}Event", {"title": f"{name}Event", "description": event.title, **whole}


def _version() -> str:
    try:
        return version("wsis-agencies")
    except PackageNotFoundError:
        return "0"
