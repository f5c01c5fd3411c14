"""Messages as they go to the broker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from wsis_shared import clock, tracing
from wsis_shared.amqp import serializer, topology
from wsis_shared.json_types import Input

if TYPE_CHECKING:
    from kombu import Message as Received
    from wsis_shared.events import CloudEvent


class Properties(TypedDict, total=False):
    """What a sender says of a message: its id, and whether a queue must take it."""

    message_id: str | None
    mandatory: bool


class Message(NamedTuple):
    """`body` is encoded."""

    exchange: str
    routing_key: str
    body: bytes
    headers: Mapping[str, object]
    properties: Properties


def encoded(
    exchange: str, routing_key: str, body: object, headers: Mapping[str, object], properties: Properties
) -> Message:
    """The message with that body. Raises what `serializer.encode` raises."""
    return Message(exchange, routing_key, serializer.encode(exchange, body), headers, properties)


def event_message(source: str, event: CloudEvent) -> Message:
    """A CloudEvent of `source` in structured mode. Raises what `serializer.encode` raises."""
    headers = {"traceparent": tracing.child(event.get("traceparent")), "wsis-received-at": clock.iso(clock.now())}
    routing_key = ".".join(event["type"].split(".")[-2:])
    return encoded(topology.event_exchange(source).name, routing_key, event, headers, {"message_id": event["id"]})


def heard(message: Received) -> tuple[str, str, Input]:
    """(source, type, CloudEvent) of an event that was received; an empty one where the body is none."""
    exchange, routing_key = message.delivery_info["exchange"], message.delivery_info["routing_key"]
    try:
        envelope = serializer.loads(message.body)
    except ValueError:
        envelope = None
    source, type = exchange.removesuffix(".events"), routing_key.partition(".")[0]
    return source, type, envelope if isinstance(envelope, dict) else {}
