"""The dead letters of a service: read without being removed, returned to their queue of origin, or dropped.

A reader is a consumer that acknowledges nothing and ends, so that the broker returns what it had. While it reads,
`queue_stats.dead_letters` counts it: nobody takes the queue for empty.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from amqp.exceptions import ChannelError, NotFound
from kombu import Connection
from wsis_shared.amqp import topology
from wsis_shared.amqp.connection import connect

if TYPE_CHECKING:
    from amqp import Channel
    from kombu import Message

SCAN = 1000  # messages that one reader looks at, the oldest ones
NO_ROUTE = 312  # of AMQP: a mandatory message that no queue takes
READ_SECONDS = 5.0  # that it waits for them
_COUNTERS = ("x-delivery-count", "x-acquired-count")  # of the former queue: a returned message begins anew
_PLAIN = ("specversion", "type", "source", "datacontenttype")  # attributes of an event that name nobody


@dataclass(frozen=True)
class DeadLetter:
    """A message that could not be processed.

    `id` is stable while it is in the queue; `queue` is that of origin, "" for a request, which nobody waits for any
    more. `reason` is the broker's: rejected, delivery_limit, maxlen or expired.
    """

    id: str
    queue: str
    reason: str
    at: datetime | None
    message_id: str
    type: str
    size: int
    body: str

    @property
    def redacted(self) -> str:
        """The body with the names of its fields and without their values."""
        try:
            return json.dumps(_redacted(json.loads(self.body)), ensure_ascii=False)
        except (ValueError, RecursionError):
            return f"({self.size} bytes)"

    def matches(self, queue: str | None, words: str | None, *, in_body: bool = True) -> bool:
        """Whether it came from `queue`, and has `words` anywhere."""
        text = f"{self.queue} {self.reason} {self.message_id} {self.type} {self.body if in_body else ''}".casefold()
        return queue in (None, self.queue) and (not words or words.casefold() in text)


class QueueGone(LookupError):
    """There is no such queue."""

    def __init__(self, queue: str) -> None:
        super().__init__(f"no queue {queue}")
        self.queue = queue


class Reading:
    """The messages that one reader has."""

    def __init__(self, connection: Connection, channel: Channel, messages: list[Message]) -> None:
        self._connection, self._channel = connection, channel
        self._messages = {letter.id: (letter, message) for message in messages for letter in [_letter(message)]}
        self.removed = 0

    @property
    def letters(self) -> list[DeadLetter]:
        """The oldest first."""
        return [letter for letter, _ in self._messages.values()]

    def chosen(self, ids: Collection[str]) -> list[DeadLetter]:
        """Those with these ids."""
        return [letter for letter in self.letters if letter.id in ids]

    def returnable(self, ids: Collection[str]) -> list[DeadLetter]:
        """Those of them that have a queue of origin: a request has none. Raises QueueGone where it no longer exists."""
        found = [letter for letter in self.chosen(ids) if letter.queue]
        for name in sorted({letter.queue for letter in found}):
            with self._connection.channel() as channel:  # the broker closes it where there is no such queue
                message_count(channel, name)
        return found

    def requeue(self, ids: Collection[str]) -> list[DeadLetter]:
        """Return the returnable ones of those to their queues of origin; returns them. Raises QueueGone: a queue is no
        more, and none was returned; or no consumer of this version has bound it, and its letters stay."""
        letters = self.returnable(ids)
        for letter in letters:
            _, message = self._messages[letter.id]
            for name in _COUNTERS:
                (message.headers or {}).pop(name, None)
            # Confirm, then acknowledge: after a crash in between it is in both queues, and the inbox drops one.
            try:
                self._channel.basic_publish_confirm(
                    message, exchange=topology.REQUEUE.name, routing_key=letter.queue, mandatory=True
                )
            except ChannelError as error:
                if error.reply_code != NO_ROUTE:
                    raise
                raise QueueGone(letter.queue) from None
            self._remove(message)
        return letters

    def drop(self, ids: Collection[str]) -> list[DeadLetter]:
        """Delete those; returns them."""
        letters = self.chosen(ids)
        for letter in letters:
            self._remove(self._messages[letter.id][1])
        return letters

    def _remove(self, message: Message) -> None:
        self._channel.basic_ack(message.delivery_tag)
        self.removed += 1


@contextmanager
def reading(uri: str, service: str) -> Iterator[Reading]:
    """Read the dead letters of a service, with the rights of the service or of an operator.

    Raises QueueGone where the service has no such queue, and what kombu raises when the broker is unreachable."""
    with connect(uri, connect_timeout=3) as connection:
        channel = connection.channel()
        name = topology.dead_letter_queue(service).name
        count = min(message_count(channel, name), SCAN)
        channel.confirm_select()
        messages: list[Message] = []
        if count:
            channel.basic_qos(0, SCAN, False)
            channel.basic_consume(name, callback=messages.append)
            _drain(connection, lambda: len(messages) >= count)
        found = Reading(connection, channel, messages)
        try:
            yield found
        finally:
            # Wait until the broker has returned the rest: who looks next must not take the queue for empty.
            channel.close()
            after, left = connection.channel(), count - found.removed
            _wait(lambda: message_count(after, name) >= left)


def message_count(channel: Channel, queue: str) -> int:
    """Of a queue. A passive declare creates none: a mistyped name raises QueueGone."""
    try:
        return int(channel.queue_declare(queue, passive=True).message_count)
    except NotFound:
        raise QueueGone(queue) from None


def _wait(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + READ_SECONDS
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)


def _drain(connection: Connection, done: Callable[[], bool]) -> None:
    until = time.monotonic() + READ_SECONDS
    while not done() and (left := until - time.monotonic()) > 0:
        try:
            connection.drain_events(timeout=left)
        except TimeoutError:
            return


def _letter(message: Message) -> DeadLetter:
    headers, properties = message.headers or {}, message.properties
    queue = str(headers.get("x-first-death-queue") or "")
    reason = str(headers.get("x-first-death-reason") or "rejected by its consumer")
    body = message.body if isinstance(message.body, str) else bytes(message.body).decode("utf-8", "replace")
    message_id = str(properties.get("message_id") or properties.get("correlation_id") or "")
    deaths = headers.get("x-death") or [{}]
    # A hash of its body would tell what that is, where few are possible: an operator sees the id, and not the vote.
    digest = hashlib.sha256("\0".join((queue, message_id or body)).encode()).hexdigest()
    return DeadLetter(
        digest[:24], queue, reason, deaths[0].get("time"), message_id, _type(body, queue), len(body.encode()), body
    )


def _type(body: str, queue: str) -> str:
    """What it is: the type of an event, or the queue of a command."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(content["type"]) if isinstance(content, dict) and isinstance(content.get("type"), str) else queue


def _redacted(value: object, name: str = "") -> object:
    if isinstance(value, dict):
        return {key: _redacted(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [_redacted(item) for item in value[:3]] + (["..."] if len(value) > 3 else [])
    return value if value is None or name in _PLAIN else f"({type(value).__name__})"
