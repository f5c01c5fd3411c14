"""Entrypoints for events: one by one, or in batches where the rate is high."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Protocol, cast

from kombu import Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import register_entrypoint
from wsis_shared import context, inbox
from wsis_shared.amqp import topology
from wsis_shared.bus.batches import BatchHandler, run_with_bisection
from wsis_shared.bus.consumer import Subscription
from wsis_shared.bus.entrypoints import STORE_RETRY_SECONDS, F, Handler, Malformed, body_of, delivery_count
from wsis_shared.bus.instrumentation import instrumented
from wsis_shared.events import EventKey
from wsis_shared.mongo import in_transaction
from wsis_shared.plugin import Plugin, discover

Select = Callable[[Iterable[Plugin]], Sequence[EventKey]]  # called at start with all plugins


def event_of(message: Any) -> dict[str, Any]:
    """The CloudEvent of a message. Raises Malformed."""
    event = body_of(message)
    if event.get("specversion") != "1.0" or not isinstance(event.get("id"), str) or "data" not in event:
        raise Malformed("not a CloudEvent")
    return event


def context_of(event: dict[str, Any]) -> context.Context:
    """The context of the event's handler: the system actor, on the trace of the request that caused the event."""
    return context.Context(
        actor=context.SYSTEM, request_id=event.get("requestid", ""), traceparent=event.get("traceparent", "")
    )


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

    def __init__(self, select: Select, *, batches: bool = False, in_order: bool = False) -> None:
        self.select, self._options = select, {"batches": batches, "in_order": in_order}

    def queue(self, service: str, handler: str) -> Queue | None:
        """The queue of this handler with all its bindings; None when there are no events."""
        events = self.select(discover())
        return topology.selection_queue(service, handler, events, **self._options) if events else None


class Subscribe(Handler):
    """A handler of events; each event goes to one process of the service."""

    def __init__(self, events: Source, prefetch: int | None = None, **kwargs: Any) -> None:
        self.events, self.prefetch = events, prefetch
        super().__init__(**kwargs)

    def setup(self) -> None:
        """Declare the queue."""
        queue = self.events.queue(self.service, self.method_name)
        if queue is not None:
            prefetch = self.prefetch or 2 * self.pools.events.places
            self.subscription = self.consumer.add(Subscription(queue, prefetch, self.on_message))

    def on_message(self, message: Any) -> None:
        """Called for each message by the consuming thread."""
        self.spawn(partial(self._handle, message))

    def _handle(self, message: Any) -> None:
        try:
            event = event_of(message)
        except ValueError as error:
            return self.dead_letter(message, str(error))
        self.pools.events.take()
        try:
            self.pools.events.spawn(self, (context_of(event), event), {}, partial(self._finish, message))
        except ContainerBeingKilled:
            self.consumer.requeue(message)

    def _finish(self, message: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if exc_info is None:
            self.consumer.ack(message)
        else:
            self.requeue_later(message)
        return result, exc_info


class SubscribeBatches(BatchHandler):
    """The same for batches. An event that fails alone is requeued, and dead-lettered at the delivery limit."""

    def __init__(
        self, events: SelectedEvents, batch: int, min_interval: float, prefetch: int | None, **kwargs: Any
    ) -> None:
        self.events = events
        super().__init__(batch, min_interval, prefetch, **kwargs)

    def queue(self) -> Queue | None:
        """The queue with all its bindings; None when there are no events."""
        return self.events.queue(self.service, self.method_name)

    def parse(self, message: Any) -> dict[str, Any]:
        """The CloudEvent. Raises Malformed."""
        return event_of(message)

    def on_poison(self, message: Any) -> None:
        """Requeue after a back-off that delays no other message; dead-letter at the delivery limit."""
        if delivery_count(message) >= topology.DELIVERY_LIMIT:
            return self.dead_letter(message, "delivery limit reached")
        self.requeue_later(message)


def subscribe(source: str, event: str, *, version: int = 1, prefetch: int | None = None) -> Callable[[F], F]:
    """Handle `event` of `source` in this version: `method(event)` gets the whole CloudEvent and runs in one transaction
    with its inbox entry. Declare it in the manifest's `depends_on` too: publishers declare the queue from there.

    `prefetch` is the number of unacknowledged events per process, by default twice WSIS_EVENT_WORKERS; 1 handles one
    at a time."""
    return _subscribe(OneEvent(EventKey(source, event, version)), prefetch)


def subscribe_many(select: Select, *, prefetch: int | None = None) -> Callable[[F], F]:
    """Handle several events from one queue. `select(plugins)` returns them; name it in the manifest's `selects` too."""
    return _subscribe(SelectedEvents(select), prefetch)


def _subscribe(events: OneEvent | SelectedEvents, prefetch: int | None) -> Callable[[F], F]:
    def decorate(fn: F) -> F:
        @functools.wraps(fn)
        def served(self: Any, ctx: context.Context, event: dict[str, Any]) -> None:
            bus = self.bus

            def work() -> None:
                fn(self, event)
                inbox.forget_erased(bus.db, event)

            process = partial(inbox.process_once, bus.db, event["id"], fn.__name__, work)
            instrumented(
                bus.service,
                fn.__name__,
                ctx,
                partial(in_transaction, process),
                seconds=STORE_RETRY_SECONDS,
                stopping=bus.stopping,
            )

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
    """The same, up to `batch` events at a time: `method(events)` gets the unseen ones, in order, in one transaction
    with their inbox entries. At a high rate it costs the store a fraction. `prefetch` is by default twice the batch.
    `in_order`: one process of the service at a time gets them; set it in the manifest's `selects` too."""

    def decorate(fn: F) -> F:
        @functools.wraps(fn)
        def served(self: Any, events: Sequence[dict[str, Any]]) -> list[Any]:
            def work(some: Sequence[dict[str, Any]]) -> list[None]:
                if new := inbox.filter_unseen(self.bus.db, fn.__name__, some):
                    fn(self, new)
                return [None] * len(some)

            return run_with_bisection(self.bus, fn.__name__, events, context_of, work)

        served.wsis_kind = "event"  # type: ignore[attr-defined]  # read by tests and by the broker definitions
        source = SelectedEvents(select, batches=True, in_order=in_order)
        handler = SubscribeBatches(source, batch, min_interval, prefetch)
        return cast(F, register_entrypoint(served, handler) or served)

    return decorate
