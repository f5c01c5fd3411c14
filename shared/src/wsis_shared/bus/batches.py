"""Messages taken together: what comes in floods is decided a batch at a time (docs/decisions/0002-bus.md).

All of a batch is decided in one transaction, then acknowledged. A batch that fails is split until the message that
cannot be decided stands alone; what becomes of that one is its handler's to say, the others are done. One that ends the
process itself, again and again, takes those in hand along: they all wait in the dead-letter queue for an operator.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from kombu import Queue
from nameko.exceptions import ContainerBeingKilled
from wsis_shared import context
from wsis_shared.bus.consumer import Subscription
from wsis_shared.bus.entrypoints import PATIENCE, Handler
from wsis_shared.bus.guard import guarded
from wsis_shared.errors import SuiteError, Unavailable
from wsis_shared.metrics import BATCH
from wsis_shared.mongo import in_transaction

_log = logging.getLogger(__name__)

Item = TypeVar("Item")
LINGER = 0.005  # seconds in which others can come along with the first
MOST_IN_HAND = 2000  # messages that a process holds of one queue


class Undecidable(SuiteError):
    """The outcome of a message whose handler fails whatever else is in the batch."""


class Batches(Handler):
    """Has messages decided, up to `batch` at a time; one batch at a time per process. Batches begin at least `apart`
    seconds one after the other: most of what one costs is the same for one message and for fifty. Whoever derives from
    it says which `queue`, how to `parse`, and what follows."""

    def __init__(self, batch: int, apart: float, **kwargs: Any) -> None:
        self.batch, self.apart = batch, apart
        self._waiting: deque[tuple[Any, Any]] = deque()
        self._some, self._full, self._stopping = threading.Event(), threading.Event(), False
        self._loop: Any = None
        super().__init__(**kwargs)

    def queue(self, service: str) -> Queue | None:
        """What to take from; None where there is nothing to take."""
        raise NotImplementedError

    def parse(self, message: Any) -> Any:
        """What the method sees of a message. Raises ValueError where it is not one of ours: it is put aside."""
        raise NotImplementedError

    def decided(self, messages: Sequence[Any], outcomes: Sequence[Any]) -> None:
        """Called once the outcomes of a batch are stored, before its messages are acknowledged."""

    def undecidable(self, message: Any) -> None:
        """Called for a message that fails alone; it is ours to settle."""
        raise NotImplementedError

    def setup(self) -> None:
        """Declare the queue."""
        queue = self.queue(self.service)
        if queue is not None:
            self.subscription = self.consumer.add(Subscription(queue, min(2 * self.batch, MOST_IN_HAND), self.take))

    def start(self) -> None:
        """Begin to decide."""
        if self.subscription is not None:
            self._loop = self.container.spawn_managed_thread(self._run, identifier=f"batches {self.method_name}")

    def stop(self) -> None:
        """Take nothing new, decide what is in hand, and return."""
        self.shared.stopping = True
        if self.subscription is not None:
            self.consumer.cancel(self.subscription)
            self._stopping = True
            self._some.set()
            self._full.set()
            self._loop.wait()
        self.wait_for_background()

    def take(self, message: Any) -> None:
        """Called for each message by the consuming thread; decoding is cheap enough to be done here."""
        try:
            item = self.parse(message)
        except ValueError as error:
            return self.put_aside(message, str(error))
        self._waiting.append((message, item))
        self._some.set()
        if len(self._waiting) >= self.batch:
            self._full.set()

    def _run(self) -> None:
        next_at = 0.0
        while True:
            self._some.wait()
            if not self._waiting:
                if self._stopping:
                    return
                self._some.clear()
                continue
            if len(self._waiting) < self.batch and not self._stopping:
                self._full.clear()
                self._full.wait(max(LINGER, next_at - time.monotonic()))
            next_at = time.monotonic() + self.apart
            taken = [self._waiting.popleft() for _ in range(min(self.batch, len(self._waiting)))]
            try:
                self._decide(taken)
            except Exception as error:  # noqa: BLE001 -- the messages go back, and the next batch gets its chance
                _log.error("batch not handled", extra={"handler": self.method_name, "error": type(error).__name__})
                self._give_back(taken)

    def _decide(self, taken: list[tuple[Any, Any]]) -> None:
        # Whoever was taken over a connection that is lost comes again over the next: deciding it here is double work.
        alive = [(message, item) for message, item in taken if message.channel.connection is not None]
        if not alive:
            return
        decided = threading.Event()
        outcomes: list[Any] = []

        def finish(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            outcomes.extend(result or [])
            decided.set()
            return result, exc_info

        BATCH.labels(self.service, self.method_name).observe(len(alive))
        try:
            self.container.spawn_worker(self, ([item for _, item in alive],), {}, handle_result=finish)
        except ContainerBeingKilled:
            return self._give_back(alive)
        decided.wait()
        if len(outcomes) != len(alive):
            return self._give_back(alive)
        messages = [message for message, _ in alive]
        self.decided(messages, outcomes)
        self._settle(messages, outcomes)

    def _settle(self, messages: list[Any], outcomes: list[Any]) -> None:
        one_channel = messages[-1].channel is messages[0].channel
        if one_channel and not self.in_hand and not any(isinstance(outcome, Undecidable) for outcome in outcomes):
            # All of this channel up to here is settled: batches go one after the other, and none is left to be given
            # back later.
            return self.consumer.ack(messages[-1], multiple=True)
        for message, outcome in zip(messages, outcomes, strict=True):
            if isinstance(outcome, Undecidable):
                self.undecidable(message)
            else:
                self.consumer.ack(message)

    def _give_back(self, taken: list[tuple[Any, Any]]) -> None:
        for message, _ in taken:
            self.consumer.requeue(message)
        time.sleep(0.5)


def in_parts(
    bus: Any,
    handler: str,
    items: Sequence[Item],
    context_of: Callable[[Item], context.Context],
    work: Callable[[Sequence[Item]], Sequence[Any]],
) -> list[Any]:
    """Run `work(items)` in one transaction, in the context of the first; it returns an outcome for each. Where it
    fails, in halves: an item that fails alone has Undecidable for its outcome. Raises Unavailable where the store stays
    away."""
    try:
        outcomes = guarded(
            bus.service, handler, context_of(items[0]), partial(in_transaction, partial(work, items)),
            seconds=PATIENCE, stopping=bus.stopping,
        )  # fmt: skip
        if len(outcomes) != len(items):
            raise AssertionError(f"{handler} returned {len(outcomes)} outcomes for {len(items)} messages")
        return list(outcomes)
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001 -- logged by the guard; one bad message must not take the batch along
        if len(items) == 1:
            return [Undecidable("suite.internal_error")]
        middle = len(items) // 2
        halves = items[:middle], items[middle:]
        return [outcome for half in halves for outcome in in_parts(bus, handler, half, context_of, work)]
