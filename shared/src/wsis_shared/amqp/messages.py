"""Messages as they go to the broker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from wsis_shared import clock, tracing
from wsis_shared.amqp import serializer, topology


class Message(NamedTuple):
    """`body` is encoded; `properties` are those of AMQP, such as `message_id`."""

    exchange: str
    routing_key: str
    body: bytes
    headers: Mapping[str, Any]
    properties: Mapping[str, Any]


def encoded(
    exchange: str, routing_key: str, body: object, headers: Mapping[str, object], properties: Mapping[str, object]
) -> Message:
    """The message with that body. Raises what `serializer.encode` raises."""
    return Message(exchange, routing_key, serializer.encode(exchange, body), headers, properties)


def event_message(source: str, event: Mapping[str, Any]) -> Message:
    """A CloudEvent of `source` in structured mode. Raises what `serializer.encode` raises."""
    headers = {"traceparent": tracing.child(event.get("traceparent")), "wsis-received-at": clock.iso(clock.now())}
    routing_key = ".".join(event["type"].split(".")[-2:])
    return encoded(topology.event_exchange(source).name, routing_key, event, headers, {"message_id": event["id"]})


def heard(message: Any) -> tuple[str, str, Mapping[str, Any]]:
    """(source, type, CloudEvent) of an event that was received; an empty one where the body is none."""
    exchange, routing_key = message.delivery_info["exchange"], message.delivery_info["routing_key"]
    try:
        envelope = serializer.loads(message.body)
    except ValueError:
        envelope = None
    source, type = exchange.removesuffix(".events"), routing_key.partition(".")[0]
    return source, type, envelope if isinstance(envelope, dict) else {}
