"""Publishes events to queues of agencies, and waits for the confirms of the broker."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

from wsis_shared.amqp.connection import connect
from wsis_shared.errors import Unavailable

CONFIRM_SECONDS = 5.0  # without a confirm: then the next connection is to another node, where there is one
FULL, MISSING = "queue_full", "queue_missing"
MEDIA_TYPE = "application/cloudevents+json"  # structured mode


class Message(NamedTuple):
    """An event for a queue."""

    queue: str
    envelope: Mapping[str, object]


class Publisher:
    """One connection, for one thread. `with Publisher(uri) as publisher: ...`"""

    def __init__(self, uri: str) -> None:
        self._connection = connect(uri, connect_timeout=3)
        self._waiting: dict[int, int] = {}  # delivery tag -> index of the message
        self._errors: list[str | None] = []
        self._returned: set[str] = set()
        self._next_tag = 1

    def __enter__(self) -> Self:
        self._channel = self._connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.release()

    def publish(self, messages: Sequence[Message]) -> list[str | None]:
        """Publish persistent messages in their order; returns for each None, or why its queue has not got it: FULL or
        MISSING. Raises Unavailable where the broker does not confirm in time: the outcome is unknown."""
        self._errors, self._returned = [FULL] * len(messages), set()
        for index, (queue, envelope) in enumerate(messages):
            body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":"))
            message = self._channel.prepare_message(
                body,
                content_type=MEDIA_TYPE,
                content_encoding="utf-8",
                properties={"delivery_mode": 2, "message_id": envelope["id"], "type": envelope["type"]},
            )
            self._waiting[self._next_tag], self._next_tag = index, self._next_tag + 1
            self._channel.basic_publish(message, exchange="", routing_key=queue, mandatory=True)
        while self._waiting:
            try:
                self._connection.drain_events(timeout=CONFIRM_SECONDS)
            except TimeoutError:
                raise Unavailable("notifications.queues_away", retry_after=10) from self._connection.leave(
                    "does not confirm"
                )
        pairs = zip(self._errors, messages, strict=True)
        return [MISSING if queue in self._returned else error for error, (queue, _) in pairs]

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        self._resolve(delivery_tag, multiple, accepted=True)

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:
        self._resolve(delivery_tag, multiple, accepted=False)

    def _on_return(self, _error: object, _exchange: str, routing_key: str, _message: object) -> None:
        self._returned.add(routing_key)

    def _resolve(self, delivery_tag: int, multiple: bool, *, accepted: bool) -> None:
        tags = [tag for tag in self._waiting if tag <= delivery_tag] if multiple else [delivery_tag]
        for tag in tags:
            self._errors[self._waiting.pop(tag)] = None if accepted else FULL
