"""Batch consumers for high message rates (docs/decisions/0002-bus.md).

A batch runs in one transaction, then its messages are acknowledged. When a batch fails, it is bisected until the poison
message is alone: the handler decides what happens to that one, the others are committed. A message that keeps crashing
the process is dead-lettered with everything in flight.
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
from wsis_shared.bus.entrypoints import STORE_RETRY_SECONDS, Handler
from wsis_shared.bus.instrumentation import instrumented
from wsis_shared.errors import SuiteError, Unavailable
from wsis_shared.metrics import BATCH
from wsis_shared.mongo import in_transaction

_log = logging.getLogger(__name__)

Item = TypeVar("Item")
LINGER = 0.005  # seconds to wait for further messages after the first
MAX_PREFETCH = 2000  # unacknowledged messages per queue and process


class PoisonMessage(SuiteError):
    """The outcome of a message whose handler fails even when it runs alone. `reply` is what its sender is told, where
    that is more than an internal error."""

    reply: SuiteError | None = None


class BatchHandler(Handler):
    """Handles up to `batch` messages at a time, one batch at a time per process. Batches start at least `min_interval`
    seconds apart: most of the cost of a batch is the same for one message and for fifty. A subclass defines the
    `queue`, how to `parse` a message, and what follows."""

    def __init__(self, batch: int, min_interval: float, prefetch: int | None = None, **kwargs: Any) -> None:
        self.batch, self.min_interval = batch, min_interval
        self.prefetch = prefetch or min(2 * batch, MAX_PREFETCH)
        self._waiting: deque[tuple[Any, Any]] = deque()
        self._not_empty, self._full, self._stopping = threading.Event(), threading.Event(), False
        self._loop: Any = None
        super().__init__(**kwargs)

    def queue(self) -> Queue | None:
        """The queue to consume from; None when there is none."""
        raise NotImplementedError

    def parse(self, message: Any) -> Any:
        """The argument for the method. Raises ValueError for a malformed message, which is then dead-lettered."""
        raise NotImplementedError

    def on_committed(self, messages: Sequence[Any], outcomes: Sequence[Any]) -> None:
        """Called when a batch is committed, before its messages are acknowledged."""

    def on_poison(self, message: Any) -> None:
        """Called for a message that fails alone; the subclass must acknowledge, requeue or dead-letter it."""
        raise NotImplementedError

    def setup(self) -> None:
        """Declare the queue."""
        queue = self.queue()
        if queue is not None:
            self.subscription = self.consumer.add(Subscription(queue, self.prefetch, self.on_message))

    def start(self) -> None:
        """Start the thread that handles the batches."""
        if self.subscription is not None:
            self._loop = self.container.spawn_managed_thread(self._run, identifier=f"batches {self.method_name}")

    def stop(self) -> None:
        """Stop consuming, finish the messages in flight, and return."""
        self.shared.stop_requested.set()
        if self.subscription is not None:
            self.consumer.cancel(self.subscription)
            self._stopping = True
            self._not_empty.set()
            self._full.set()
            self._loop.wait()
        self.wait_for_in_flight()

    def on_message(self, message: Any) -> None:
        """Called for each message by the consuming thread; it is cheap enough to decode here."""
        try:
            item = self.parse(message)
        except ValueError as error:
            return self.dead_letter(message, str(error))
        self._waiting.append((message, item))
        self._not_empty.set()
        if len(self._waiting) >= self.batch:
            self._full.set()

    def _run(self) -> None:
        next_at = 0.0
        while True:
            self._not_empty.wait()
            if not self._waiting:
                if self._stopping:
                    return
                self._not_empty.clear()
                continue
            if len(self._waiting) < self.batch and not self._stopping:
                self._full.clear()
                self._full.wait(max(LINGER, next_at - time.monotonic()))
            next_at = time.monotonic() + self.min_interval
            taken = [self._waiting.popleft() for _ in range(min(self.batch, len(self._waiting)))]
            try:
                self._process(taken)
            except Exception as error:  # noqa: BLE001 -- requeue, and go on with the next batch
                _log.error("batch failed", extra={"handler": self.method_name, "error": type(error).__name__})
                self._requeue(taken)

    def _process(self, taken: list[tuple[Any, Any]]) -> None:
        # The broker redelivers the messages of a lost connection over the next one: skip them here.
        alive = [(message, item) for message, item in taken if message.channel.connection is not None]
        if not alive:
            return
        finished = threading.Event()
        outcomes: list[Any] = []

        def finish(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            outcomes.extend(result or [])
            finished.set()
            return result, exc_info

        BATCH.labels(self.service, self.method_name).observe(len(alive))
        try:
            self.container.spawn_worker(self, ([item for _, item in alive],), {}, handle_result=finish)
        except ContainerBeingKilled:
            return self._requeue(alive)
        finished.wait()
        if len(outcomes) != len(alive):
            return self._requeue(alive)
        messages = [message for message, _ in alive]
        self.on_committed(messages, outcomes)
        self._acknowledge(messages, outcomes)

    def _acknowledge(self, messages: list[Any], outcomes: list[Any]) -> None:
        one_channel = messages[-1].channel is messages[0].channel
        if one_channel and not self.in_flight and not any(isinstance(outcome, PoisonMessage) for outcome in outcomes):
            # Batches run one after the other and no message is left to requeue: everything up to here is acknowledged.
            return self.consumer.ack(messages[-1], multiple=True)
        for message, outcome in zip(messages, outcomes, strict=True):
            if isinstance(outcome, PoisonMessage):
                self.on_poison(message)
            else:
                self.consumer.ack(message)

    def _requeue(self, taken: list[tuple[Any, Any]]) -> None:
        for message, _ in taken:
            self.consumer.requeue(message)
        time.sleep(0.5)


def run_with_bisection(
    bus: Any,
    handler: str,
    items: Sequence[Item],
    context_of: Callable[[Item], context.Context],
    work: Callable[[Sequence[Item]], Sequence[Any]],
) -> list[Any]:
    """Run `work(items)` in one transaction, in the context of the first item; it returns an outcome per item. When it
    fails, run each half by itself: the outcome of an item that fails alone is a PoisonMessage. Raises Unavailable when
    the store stays unavailable."""
    try:
        outcomes = instrumented(
            bus.service, handler, context_of(items[0]), partial(in_transaction, partial(work, items)),
            seconds=STORE_RETRY_SECONDS, stopping=bus.stopping,
        )  # fmt: skip
        if len(outcomes) != len(items):
            raise AssertionError(f"{handler} returned {len(outcomes)} outcomes for {len(items)} messages")
        return list(outcomes)
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001 -- `instrumented` has logged it; the other messages must not fail with it
        if len(items) == 1:
            return [PoisonMessage("suite.internal_error")]
        middle = len(items) // 2
        halves = items[:middle], items[middle:]
        return [outcome for half in halves for outcome in run_with_bisection(bus, handler, half, context_of, work)]
