"""Publisher confirms of one channel, matched by delivery tag: many publishers share one round trip (group commit)."""

from __future__ import annotations

from wsis_shared.amqp.future import Future
from wsis_shared.errors import Unavailable


class Confirms:
    """The futures of messages that the broker has not confirmed yet. Tags begin at 1 on each channel."""

    def __init__(self) -> None:
        self._futures: dict[int, Future] = {}
        self._next_tag = 1

    def add(self, future: Future) -> None:
        """Wait for the confirm of the message that is published next. Call it in the order of publishing."""
        self._futures[self._next_tag] = future
        self._next_tag += 1

    def reset(self) -> list[Future]:
        """Begin a new channel; returns the futures that the former one left open."""
        left = list(self._futures.values())
        self._futures, self._next_tag = {}, 1
        return left

    def on_ack(self, delivery_tag: int, multiple: bool) -> None:
        """The broker has the message, or all up to it, on disk."""
        for future in self._pop(delivery_tag, multiple):
            future.resolve()

    def on_nack(self, delivery_tag: int, multiple: bool) -> None:
        """The broker rejects the message, or all up to it."""
        refused = Unavailable("suite.broker_full", "The message broker rejected the message.", retry_after=5)
        for future in self._pop(delivery_tag, multiple):
            future.resolve(error=refused)

    def _pop(self, delivery_tag: int, multiple: bool) -> list[Future]:
        if not multiple:
            future = self._futures.pop(delivery_tag, None)
            return [future] if future is not None else []
        tags = [tag for tag in self._futures if tag <= delivery_tag]
        return [self._futures.pop(tag) for tag in tags]
