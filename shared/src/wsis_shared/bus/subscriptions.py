"""Entrypoints for events: one by one, or in batches where they come in floods."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

from kombu import Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import register_entrypoint
from wsis_shared import context, inbox
from wsis_shared.amqp import topology
from wsis_shared.bus.batches import Batches, in_parts
from wsis_shared.bus.consumer import Subscription
from wsis_shared.bus.entrypoints import PATIENCE, F, Handler, Malformed, body_of, tries
from wsis_shared.bus.guard import guarded
from wsis_shared.mongo import in_transaction

Events = Callable[[], Sequence[tuple[str, str]]]  # (source, type) of each, asked for at start


def event_of(message: Any) -> dict[str, Any]:
    """The CloudEvent of a message. Raises Malformed."""
    event = body_of(message)
    if event.get("specversion") != "1.0" or not isinstance(event.get("id"), str) or "data" not in event:
        raise Malformed("not a CloudEvent")
    return event


def context_of(event: dict[str, Any]) -> context.Context:
    """The suite itself, on the trace of whoever caused the event."""
    return context.Context(
        actor=context.SYSTEM, request_id=event.get("requestid", ""), traceparent=event.get("traceparent", "")
    )


def queue_of(events: Events, service: str, name: str, limit: int) -> Queue | None:
    """The queue with all its bindings; None where there is nothing to take."""
    taken = events()
    return topology.event_queue(service, taken, name, limit) if taken else None


def pause_before_next_try(message: Any) -> None:
    """The broker has no delay between tries; a sleeping thread is cheap and the limit is small."""
    time.sleep(min(0.1 * 2 ** tries(message), 5.0))


class Subscribe(Handler):
    """A handler of events, each taken once by one instance of the service."""

    def __init__(self, events: Events, name: str = "", prefetch: int = 0, **kwargs: Any) -> None:
        self._events, self._name, self._prefetch = events, name, prefetch
        super().__init__(**kwargs)

    def queue(self, service: str) -> Queue | None:
        """The queue with all its bindings; None where there is nothing to take."""
        return queue_of(self._events, service, self._name, topology.DELIVERY_LIMIT)

    def setup(self) -> None:
        """Declare the queue."""
        queue = self.queue(self.service)
        if queue is not None:
            prefetch = self._prefetch or self.container.max_workers
            self.subscription = self.consumer.add(Subscription(queue, prefetch, self.take))

    def take(self, message: Any) -> None:
        """Called for each message by the consuming thread."""
        self.in_background(partial(self._handle, message))

    def _handle(self, message: Any) -> None:
        try:
            event = event_of(message)
        except ValueError as error:
            return self.put_aside(message, str(error))
        try:
            self.container.spawn_worker(
                self, (context_of(event), event), {}, handle_result=partial(self._finish, message)
            )
        except ContainerBeingKilled:
            self.consumer.requeue(message)

    def _finish(self, message: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if exc_info is None:
            self.consumer.ack(message)
        else:
            pause_before_next_try(message)
            self.consumer.requeue(message)
        return result, exc_info


class SubscribeBatches(Batches):
    """The same for batches. An event that fails alone goes back to the broker, and is put aside in the end."""

    def __init__(self, events: Events, name: str, batch: int, apart: float, **kwargs: Any) -> None:
        self._events, self._name = events, name
        super().__init__(batch, apart, **kwargs)

    def queue(self, service: str) -> Queue | None:
        """The queue with all its bindings; None where there is nothing to take."""
        return queue_of(self._events, service, self._name, topology.BATCH_DELIVERY_LIMIT)

    def parse(self, message: Any) -> dict[str, Any]:
        """The CloudEvent. Raises Malformed."""
        return event_of(message)

    def undecidable(self, message: Any) -> None:
        """Back to the broker after a pause, which holds up nobody; put aside after the last try."""
        if tries(message) >= topology.DELIVERY_LIMIT:
            return self.put_aside(message, "it failed too often")

        def again() -> None:
            pause_before_next_try(message)
            self.consumer.requeue(message)

        self.in_background(again)


def subscribe(source: str, event: str) -> Callable[[F], F]:
    """Handle `event` of `source`: `method(event)` with the whole CloudEvent, in one transaction with the note that it
    is done. Declare it in the manifest's `expects` too: the queue is made from there."""
    return subscribe_each(lambda: [(source, event)])


def subscribe_each(events: Events, *, name: str = "", prefetch: int = 0) -> Callable[[F], F]:
    """Handle several events through one queue called `name`; `events` is asked at start."""

    def decorate(fn: F) -> F:
        @functools.wraps(fn)
        def served(self: Any, ctx: context.Context, event: dict[str, Any]) -> None:
            bus = self.bus
            work = partial(fn, self, event)
            once = partial(inbox.once, bus.db, event["id"], fn.__name__, work)
            guarded(
                bus.service, fn.__name__, ctx, partial(in_transaction, once), seconds=PATIENCE, stopping=bus.stopping
            )

        served.wsis_kind = "event"  # type: ignore[attr-defined]  # a note for tests
        return cast(F, register_entrypoint(served, Subscribe(events, name, prefetch)) or served)

    return decorate


def subscribe_batches(events: Events, *, name: str, batch: int = 100, apart: float = 0.02) -> Callable[[F], F]:
    """The same, up to `batch` events at a time: `method(events)` gets those that are new, in order, in one transaction
    with the notes that they are done. Where they come in floods it costs the store a fraction."""

    def decorate(fn: F) -> F:
        @functools.wraps(fn)
        def served(self: Any, events: Sequence[dict[str, Any]]) -> list[Any]:
            def work(some: Sequence[dict[str, Any]]) -> list[None]:
                if new := inbox.first_time(self.bus.db, fn.__name__, some):
                    fn(self, new)
                return [None] * len(some)

            return in_parts(self.bus, fn.__name__, events, context_of, work)

        served.wsis_kind = "event"  # type: ignore[attr-defined]  # a note for tests
        return cast(F, register_entrypoint(served, SubscribeBatches(events, name, batch, apart)) or served)

    return decorate
