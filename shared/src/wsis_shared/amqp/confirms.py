"""Publisher confirms of one channel, matched by delivery tag: many publishers share one round trip (group commit)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from wsis_shared.amqp.failures import unroutable
from wsis_shared.amqp.future import Future
from wsis_shared.errors import SuiteError, Unavailable

if TYPE_CHECKING:
    from kombu import Message


class Confirms:
    """The futures of messages of one channel that the broker has not confirmed yet. Tags begin at 1."""

    def __init__(self) -> None:
        self._futures: dict[int, Future] = {}
        self._next_tag = 1

    def add(self, future: Future) -> None:
        """Wait for the confirm of the message that is published next. Call it in the order of publishing."""
        self._futures[self._next_tag] = future
        self._next_tag += 1

    def oldest(self) -> int | None:
        """The tag of the message that waits longest."""
        return next(iter(list(self._futures)), None)

    def fail(self, error: SuiteError) -> None:
        """The channel is no more: nobody knows what became of the messages."""
        for future in list(self._futures.values()):
            future.resolve(error=error)

    def on_ack(self, delivery_tag: int, multiple: bool) -> None:
        """The broker has the message, or all up to it, on disk."""
        for future in self._pop(delivery_tag, multiple):
            future.resolve()

    def on_nack(self, delivery_tag: int, multiple: bool) -> None:
        """The broker rejects the message, or all up to it."""
        refused = Unavailable("suite.broker_full", "The message broker rejected the message.", retry_after=5)
        for future in self._pop(delivery_tag, multiple):
            future.refused = True
            future.resolve(error=refused)

    def on_return(self, _reason: object, _exchange: str, routing_key: str, message: Message) -> None:
        """No queue takes the message. The broker returns messages in the order of publishing, before it confirms them:
        it is the first with this id that is still open."""
        id = message.properties.get("message_id")
        for future in list(self._futures.values()):
            if future.id == id and not future.event.is_set():
                return future.resolve(error=unroutable(routing_key))

    def _pop(self, delivery_tag: int, multiple: bool) -> list[Future]:
        if not multiple:
            future = self._futures.pop(delivery_tag, None)
            return [future] if future is not None else []
        tags = [tag for tag in list(self._futures) if tag <= delivery_tag]  # a copy: other threads add
        return [self._futures.pop(tag) for tag in tags]


def wait_confirmed(future: Future, until: float) -> None:
    """Raises Unavailable, also where there is no confirm until that moment (of time.monotonic)."""
    if not future.wait(until - time.monotonic()):
        raise Unavailable("suite.broker_did_not_confirm", retry_after=2)
