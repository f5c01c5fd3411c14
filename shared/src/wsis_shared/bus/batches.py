"""Batch consumers for high message rates (docs/decisions/0002-bus.md).

A batch runs in one transaction, then its messages are acknowledged. When a batch fails, it is bisected until the poison
message is alone: that one is dead-lettered, or tried again while it stays in flight, the others are committed.
Where a batch must be given back, since the store is away, everything in flight is.
A handler `in_order` gets the messages of a key in the order of the queue, whatever fails: those behind a poison message
wait for its end.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from kombu import Queue
from nameko.exceptions import ContainerBeingKilled
from wsis_shared.bus.bisection import BEHIND, PoisonMessage
from wsis_shared.bus.consumer import Subscription
from wsis_shared.bus.entrypoints import Handler, delivery_count, reason_of
from wsis_shared.bus.pools import Finished, Raised
from wsis_shared.metrics import BATCH

if TYPE_CHECKING:
    from eventlet.greenthread import GreenThread
    from kombu import Message

_log = logging.getLogger(__name__)

Item = TypeVar("Item")
LINGER = 0.005  # seconds to wait for further messages after the first
GIVE_BACK_SECONDS = 0.5  # before the next batch: the broker makes no pause
SUSPECT_DELIVERIES = 4
MAX_PREFETCH = 2000  # unacknowledged messages per queue and process


Taken = tuple["Message", Item]


@dataclass
class Held(Generic[Item]):
    """Messages of a key that wait in flight, in their order, for the next try of the first one."""

    messages: deque[Taken[Item]] = field(default_factory=deque)
    until: float = 0.0
    tries: int = 0

    def put_off(self, tries: int) -> None:
        """The first one has failed after so many tries."""
        self.tries, self.until = tries, time.monotonic() + min(0.1 * 2**tries, 5.0)


class BatchHandler(Handler, Generic[Item]):
    """Handles up to `batch` messages at a time, one batch at a time per process. Batches start at least `min_interval`
    seconds apart: most of the cost of a batch is the same for one message and for fifty. A subclass defines the
    `queue`, how to `parse` a message, and what follows. The queue of one `in_order` has one consumer at a time."""

    in_order = False
    _loop: GreenThread  # from `start` on

    def __init__(self, batch: int, min_interval: float, prefetch: int | None = None, **kwargs: object) -> None:
        self.batch, self.min_interval = batch, min_interval
        self.prefetch = prefetch or min(2 * batch, MAX_PREFETCH)
        self._waiting: deque[Taken[Item]] = deque()
        self._held: dict[Hashable, Held[Item]] = {}
        self._not_empty, self._full, self._stopping = threading.Event(), threading.Event(), False
        super().__init__(**kwargs)

    def queue(self) -> Queue | None:
        """The queue to consume from; None when there is none."""
        raise NotImplementedError

    def parse(self, message: Message) -> Item:
        """The argument for the method. A message for which it raises is dead-lettered."""
        raise NotImplementedError

    def key(self, message: Message, item: Item) -> Hashable:
        """What waits for the end of this message, if it fails: other messages of the same key. By default, none."""
        return message.channel, message.delivery_tag

    def on_committed(self, messages: Sequence[Message], outcomes: Sequence[object]) -> None:
        """Called when a batch is committed, before its messages are acknowledged."""

    def setup(self) -> None:
        """Declare the queue."""
        queue = self.queue()
        if queue is not None:
            self.subscription = self.consumer.add(Subscription(queue, self.prefetch, self.on_message, self.dead_letter))

    def start(self) -> None:
        """Start the thread that handles the batches."""
        if self.subscription is not None:
            self._loop = self.container.spawn_managed_thread(self._run, identifier=f"batches {self.method_name}")

    def stop(self) -> None:
        """Stop consuming, finish the messages in flight, and return. In order, only the batch that runs: another
        process gets later messages as soon as this one consumes no more."""
        self.shared.stop_requested.set()
        if self.subscription is not None:
            if not self.in_order:
                self.consumer.cancel(self.subscription)
            self._stopping = True
            self._not_empty.set()
            self._full.set()
            self._loop.wait()
            self.subscription.cancelled = True
            self.consumer.give_back(self.subscription)
        self.wait_for_in_flight()

    def on_message(self, message: Message) -> None:
        """Called for each message by the consuming thread; it is cheap enough to decode here."""
        try:
            item = self.parse(message)
        except Exception as error:  # noqa: BLE001 -- whatever its sender provokes
            return self.dead_letter(message, reason_of(error))
        self._waiting.append((message, item))
        self._not_empty.set()
        if len(self._waiting) >= self.batch:
            self._full.set()

    def _run(self) -> None:
        next_at = 0.0
        while True:
            retry_at = min((held.until for held in self._held.values()), default=None)
            self._not_empty.wait(None if retry_at is None else max(retry_at - time.monotonic(), 0.0))
            if self._stopping and (self.in_order or not self._waiting):
                return
            if retry_at is not None and time.monotonic() >= retry_at:
                self._retry()
            if not self._waiting:
                self._not_empty.clear()
                continue
            if len(self._waiting) < self.batch and not self._stopping:
                self._full.clear()
                self._full.wait(max(LINGER, next_at - time.monotonic()))
            next_at = time.monotonic() + self.min_interval
            if taken := self._take():
                self._handle(taken)

    def _take(self) -> list[Taken[Item]]:
        """The next ones, without those of a key that waits."""
        taken: list[Taken[Item]] = []
        while self._waiting and self._has_room(taken, self._waiting[0]):
            message, item = self._waiting.popleft()
            held = self._held.get(self.key(message, item)) if self._held else None
            (taken if held is None else held.messages).append((message, item))
        return taken

    def _has_room(self, taken: list[Taken[Item]], following: Taken[Item]) -> bool:
        return not taken or len(taken) < self.batch and not (is_suspect(taken[0]) or is_suspect(following))

    def _retry(self) -> None:
        """Try those again whose time has come."""
        now = time.monotonic()
        for key in [key for key, held in self._held.items() if held.until <= now]:
            held = self._held.pop(key, None)  # none where the last one has given everything back
            if held is not None:
                first: list[Taken[Item]] = []
                while held.messages and self._has_room(first, held.messages[0]):
                    first.append(held.messages.popleft())
                self._handle(first, held)

    def _handle(self, taken: list[Taken[Item]], held: Held[Item] | None = None) -> None:
        """Run them as a batch. `held`: what waits behind them, where they were tried before."""
        # The broker redelivers the messages of a lost connection over the next one: skip them here.
        alive = [(message, item) for message, item in taken if message.channel.is_open]
        try:
            outcomes = self._outcomes(alive) if alive else []
            if outcomes is None:
                return self._give_back(alive)
            messages = [message for message, _ in alive]
            self.on_committed(messages, outcomes)
            if held is None and not self._held and _all_done(messages, outcomes):
                # Batches run one after the other and no message is left: everything up to here is acknowledged.
                return self.consumer.ack(messages[-1], multiple=True)
            self._settle(alive, outcomes, held)
        except Exception as error:  # noqa: BLE001 -- give back, and go on with the next batch
            _log.error("batch failed", extra={"handler": self.method_name, "error": type(error).__name__})
            self._give_back(alive)

    def _outcomes(self, alive: list[Taken[Item]]) -> list[object] | None:
        """Of the method; None where it has raised."""
        finished = threading.Event()
        outcomes: list[object] = []

        def finish(_worker: object, result: object, exc_info: Raised) -> Finished:
            outcomes.extend(result if isinstance(result, list) else [])
            finished.set()
            return result, exc_info

        BATCH.labels(self.service, self.method_name).observe(len(alive))
        try:
            arguments = [item for _, item in alive], is_suspect(alive[0])
            self.container.spawn_worker(self, arguments, {}, handle_result=finish)
        except ContainerBeingKilled:
            return None
        finished.wait()
        return outcomes if len(outcomes) == len(alive) else None

    def _settle(self, alive: list[Taken[Item]], outcomes: list[object], retried: Held[Item] | None) -> None:
        """Acknowledge, dead-letter or hold each."""
        for (message, item), outcome in zip(alive, outcomes, strict=True):
            if outcome is not BEHIND and not isinstance(outcome, PoisonMessage):
                self.consumer.ack(message)
            elif isinstance(outcome, PoisonMessage) and outcome.is_final is not False:
                self.dead_letter(message, "poison message")
            else:
                held = self._held.setdefault(self.key(message, item), Held())
                held.messages.append((message, item))
                if outcome is not BEHIND:  # the first of its key
                    held.put_off(retried.tries + 1 if retried else 0)
        if retried is not None and retried.messages:
            key = self.key(*retried.messages[0])
            self._held.setdefault(key, Held()).messages.extend(retried.messages)

    def _give_back(self, taken: list[Taken[Item]]) -> None:
        """With all that waits: what would run after it, alone where it is a suspect, would wait for the store in turn,
        and the broker ends a delivery that takes too long. Those that were not tried come first the next time."""
        held = [each for held in self._held.values() for each in held.messages]
        back = [*self._waiting, *held, *taken]
        self._waiting.clear()
        self._held.clear()
        if self.subscription is not None and self.in_order:
            self.consumer.give_back(self.subscription)
        else:
            for message, _ in back:
                self.consumer.requeue(message)
        time.sleep(GIVE_BACK_SECONDS)


def is_suspect(taken: Taken[object]) -> bool:
    """Whether the message has come back so often that it may be what ends the process: then it runs alone. Those that
    were delivered with it have come back too, and so do all while the store is away."""
    return delivery_count(taken[0]) >= SUSPECT_DELIVERIES


def _all_done(messages: list[Message], outcomes: list[object]) -> bool:
    one_channel = bool(messages) and messages[-1].channel is messages[0].channel
    return one_channel and not any(outcome is BEHIND or isinstance(outcome, PoisonMessage) for outcome in outcomes)
