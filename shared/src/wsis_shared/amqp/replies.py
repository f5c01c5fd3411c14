"""What a message to a reply queue holds: the reply to a request, or those to many commands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wsis_shared.amqp import serializer
from wsis_shared.errors import SuiteError
from wsis_shared.json_text import JsonText
from wsis_shared.json_types import JsonObject

if TYPE_CHECKING:
    from kombu import Message

Reply = tuple[str, JsonObject]  # correlation id, and `result` and `error` as in nameko's RPC protocol


def replies_in(message: Message) -> Iterator[tuple[str, JsonObject | None, SuiteError | None]]:
    """(correlation id, reply, error) of each. A message that cannot be decoded is an error for who waits for it."""
    correlation_id = message.properties.get("correlation_id")
    try:
        if message.properties.get("content_type") == serializer.RESULT:
            yield correlation_id, {"result": JsonText(message.body), "error": None}, None
            return
        body = serializer.loads(message.body)
        replies = body["replies"] if correlation_id is None else [(correlation_id, body)]
        found = [(id, reply, None) for id, reply in replies]
    except (ValueError, TypeError, KeyError):
        yield correlation_id, None, SuiteError("suite.internal_error", "The reply could not be decoded.")
        return
    yield from found
