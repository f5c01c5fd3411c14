"""The envelope of public events as a JSON Schema, and the headers of webhooks."""

from __future__ import annotations

from wsis_shared.json_types import JsonObject

_REQUIRED = ("specversion", "id", "source", "type", "time", "subject", "sequence", "datacontenttype", "data")
_TEXT: JsonObject = {"type": "string"}
_NUMBER: JsonObject = {**_TEXT, "pattern": "^[0-9]{20}$"}
_PROPERTIES: dict[str, JsonObject] = {
    "specversion": {"const": "1.0", "description": "Version of CloudEvents"},
    "id": {**_TEXT, "description": "The same at every delivery"},
    "source": {**_TEXT, "format": "uri-reference", "description": "/wsis/ and the service that published it"},
    "type": {**_TEXT, "description": "The type of the event with its version"},
    "time": {**_TEXT, "format": "date-time", "description": "When it happened; UTC"},
    "subject": {**_TEXT, "description": "The id of what changed"},
    "sequence": {**_NUMBER, "description": "Its number in the log"},
    "previous": {
        **_NUMBER,
        "description": "Of webhooks and queues: the number of the event before it that this subscription gets; none "
        "for the first one. Where a receiver does not know that number, it has missed events",
    },
    "datacontenttype": {"const": "application/json", "description": "Media type of the data"},
}
HEADERS: JsonObject = {
    "title": "WebhookHeaders",
    "description": "Headers of a webhook, by Standard Webhooks 1.0; queue and feed have none of them",
    "type": "object",
    "properties": {
        "webhook-id": {**_TEXT, "description": "The `id` of the event"},
        "webhook-timestamp": {**_TEXT, "description": "When it was sent, in seconds since 1970"},
        "webhook-signature": {
            **_TEXT,
            "description": "Signatures with blanks between them: `v1,` HMAC-SHA-256 by each valid secret, and `v1a,` "
            "Ed25519 by the key of /v1/events/keys, over id.timestamp.body",
        },
    },
}
CLOUD_EVENT: JsonObject = {
    "title": "CloudEvent",
    "description": "A CloudEvent 1.0 in structured mode",
    "type": "object",
    "required": list(_REQUIRED),
    "properties": _PROPERTIES,
}


def direct_envelope(type: str, data: JsonObject) -> JsonObject:
    """The schema of the envelope of an event of this type that is not in the log, and so has no number."""
    own: dict[str, JsonObject] = {"type": {**_PROPERTIES["type"], "const": type}, "data": data}
    required = [name for name in _REQUIRED if name != "sequence"]
    return {
        "type": "object",
        "required": required,
        "properties": {name: own.get(name) or _PROPERTIES[name] for name in required},
    }
