"""Entrypoints for events: one by one, or in batches where the rate is high."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Sequence
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from kombu import Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import register_entrypoint
from wsis_shared import context, inbox
from wsis_shared.amqp import topology
from wsis_shared.bus.batches import BatchHandler
from wsis_shared.bus.bisection import PoisonMessage, run_suspect, run_with_bisection
from wsis_shared.bus.consumer import Subscription
from wsis_shared.bus.entrypoints import (
    STORE_RETRY_SECONDS,
    F,
    Handler,
    Malformed,
    body_of,
    delivery_count,
    reason_of,
)
from wsis_shared.bus.instrumentation import instrumented
from wsis_shared.bus.pools import Finished, Raised
from wsis_shared.bus.tries import GivenUp, counted
from wsis_shared.events import EventKey
from wsis_shared.json_types import Input
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import Select
from wsis_shared.plugin import discover

if TYPE_CHECKING:
    from kombu import Message
    from wsis_shared.bus.service import Bus, Service


def event_of(message: Message) -> Input:
    """The CloudEvent of a message. Raises Malformed."""
    event: Input = body_of(message)
    if event.get("specversion") != "1.0" or not isinstance(event.get("id"), str) or "data" not in event:
        raise Malformed("not a CloudEvent")
    texts = ("source", "subject", "sequence", "requestid", "traceparent")
    if any(not isinstance(event.get(name, ""), str) for name in texts):
        raise Malformed("attributes")
    event["id"].encode()  # it becomes an id in the store
    return event


def context_of(event: Input) -> context.Context:
    """The context of the event's handler: the system actor, on the trace of the request that caused the event."""
    return context.Context(
        actor=context.SYSTEM, request_id=event.get("requestid", ""), traceparent=event.get("traceparent", "")
    )


def subject_of(event: Input) -> Hashable:
    """What the event is about, where it says so; else the event itself."""
    return (event.get("source"), event["subject"]) if event.get("subject") else event["id"]


class Source(Protocol):
    """Where a handler's messages come from."""

    def queue(self, service: str, handler: str) -> Queue | None:
        """The queue of this handler; None when there is nothing to consume."""


class OneEvent:
    """Subscribes to one event."""

    def __init__(self, key: EventKey) -> None:
        self.key = key

    def queue(self, service: str, handler: str) -> Queue:
        """The queue of this handler."""
        return topology.event_queue(service, handler, self.key)


class SelectedEvents:
    """Subscribes to the events that `select` returns."""

    def __init__(self, select: Select, *, in_order: bool = False) -> None:
        self.select, self._in_order = select, in_order

    def queue(self, service: str, handler: str) -> Queue | None:
        """The queue of this handler with all its bindings; None when there are no events."""
        events = self.select(discover(routes=False))
        return topology.selection_queue(service, handler, events, in_order=self._in_order) if events else None


class Subscribe(Handler):
    """A handler of events; each event goes to one process of the service."""

    def __init__(self, events: Source, prefetch: int | None = None, **kwargs: object) -> None:
        self.events, self.prefetch = events, prefetch
        super().__init__(**kwargs)

    def setup(self) -> None:
        """Declare the queue."""
        queue = self.events.queue(self.service, self.method_name)
        if queue is not None:
            prefetch = self.prefetch or 2 * self.pools.events.places
            self.subscription = self.consumer.add(Subscription(queue, prefetch, self.on_message, self.dead_letter))

    def on_message(self, message: Message) -> None:
        """Called for each message by the consuming thread."""
        self.spawn(message, self._handle)

    def _handle(self, message: Message) -> None:
        try:
            event = event_of(message)
        except Exception as error:  # noqa: BLE001 -- whatever its sender provokes
            return self.dead_letter(message, reason_of(error))
        if not self.pools.events.take(STORE_RETRY_SECONDS):
            return self.consumer.requeue(message)  # before the broker ends a delivery that takes too long
        if not message.channel.is_open:  # the connection was lost meanwhile: the broker delivers it again
            return self.pools.events.leave()
        arguments = context_of(event), event, delivery_count(message) > 0
        try:
            self.pools.events.spawn(self, arguments, {}, partial(self._finish, message))
        except ContainerBeingKilled:
            self.consumer.requeue(message)

    def _finish(self, message: Message, _worker: object, result: object, exc_info: Raised) -> Finished:
        if exc_info is None:
            self.consumer.ack(message)
        elif isinstance(exc_info[1], GivenUp):
            self.dead_letter(message, "failed too often")
        else:
            self.requeue_later(message)
        return result, exc_info


class SubscribeBatches(BatchHandler[Input]):
    """The same for batches. An event that fails alone stays in flight until its next try."""

    def __init__(
        self,
        events: SelectedEvents,
        batch: int,
        min_interval: float,
        prefetch: int | None,
        in_order: bool,
        **kwargs: object,
    ) -> None:
        self.events, self.in_order = events, in_order
        super().__init__(batch, min_interval, prefetch, **kwargs)

    def queue(self) -> Queue | None:
        """The queue with all its bindings; None when there are no events."""
        return self.events.queue(self.service, self.method_name)

    def parse(self, message: Message) -> Input:
        """The CloudEvent. Raises Malformed."""
        return event_of(message)

    def key(self, message: Message, event: Input) -> Hashable:
        """Events of a subject come in their order."""
        return subject_of(event) if self.in_order else super().key(message, event)


def handle_event(
    bus: Bus, handler: str, ctx: context.Context, id: str, work: Callable[[], None], *, again: bool
) -> None:
    """Run `work` once, in one transaction with the note that it is done. `again`: it was delivered before."""
    once = partial(in_transaction, partial(inbox.process_once, bus.db, id, handler, work))
    with counted(bus, handler, id) if again else nullcontext():
        instrumented(bus.service, handler, ctx, once, seconds=STORE_RETRY_SECONDS, stopping=bus.stopping)


def subscribe(source: str, event: str, *, version: int = 1, prefetch: int | None = None) -> Callable[[F], F]:
    """The entrypoint of `wsis_shared.operations.subscribe`."""
    return _subscribe(OneEvent(EventKey(source, event, version)), prefetch)


def subscribe_many(select: Select, *, prefetch: int | None = None) -> Callable[[F], F]:
    """The entrypoint of `wsis_shared.operations.subscribe_many`."""
    return _subscribe(SelectedEvents(select), prefetch)


def _subscribe(events: OneEvent | SelectedEvents, prefetch: int | None) -> Callable[[F], F]:
    def decorate(fn: F) -> F:
        @functools.wraps(fn)
        def served(self: Service, ctx: context.Context, event: Input, again: bool = False) -> None:
            bus = self.bus

            def work() -> None:
                fn(self, event)
                inbox.forget_erased(bus.db, event)

            handle_event(bus, fn.__name__, ctx, event["id"], work, again=again)

        served.wsis_kind = "event"  # type: ignore[attr-defined]  # read by tests and by the broker definitions
        return cast(F, register_entrypoint(served, Subscribe(events, prefetch)) or served)

    return decorate


def subscribe_batches(
    select: Select,
    *,
    batch: int = 100,
    min_interval: float = 0.02,
    prefetch: int | None = None,
    in_order: bool = False,
) -> Callable[[F], F]:
    """The entrypoint of `wsis_shared.operations.subscribe_batches`."""

    def decorate(fn: F) -> F:
        @functools.wraps(fn)
        def served(self: Service, events: Sequence[Input], suspect: bool) -> list[object]:
            def work(some: Sequence[Input]) -> list[None]:
                if new := inbox.filter_unseen(self.bus.db, fn.__name__, some):
                    fn(self, new)
                return [None] * len(some)

            key_of = subject_of if in_order else None
            failed_too_often = partial(inbox.has_failed_too_often, self.bus.db, fn.__name__)
            run = partial(run_with_bisection, self.bus, fn.__name__, events, context_of, work, key_of)
            outcomes = run_suspect(self.bus, fn.__name__, events[0]["id"], run) if suspect else run()
            for event, outcome in zip(events, outcomes, strict=True):
                if isinstance(outcome, PoisonMessage) and outcome.is_final is None:
                    outcome.is_final = not suspect and failed_too_often(event["id"])  # a suspect is counted already
            return outcomes

        served.wsis_kind = "event"  # type: ignore[attr-defined]  # read by tests and by the broker definitions
        source = SelectedEvents(select, in_order=in_order)
        handler = SubscribeBatches(source, batch, min_interval, prefetch, in_order)
        return cast(F, register_entrypoint(served, handler) or served)

    return decorate
