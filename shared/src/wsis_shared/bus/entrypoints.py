"""Entrypoints: rpc, every, and what those for messages share."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast, overload

from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint, register_entrypoint
from wsis_shared import context, inbox
from wsis_shared.amqp import serializer, topology
from wsis_shared.bus.consumer import Consumer, Subscription
from wsis_shared.bus.guard import guarded
from wsis_shared.bus.link import SharedLink
from wsis_shared.errors import NotFound, SuiteError, Unavailable, to_wire
from wsis_shared.metrics import PARKED
from wsis_shared.mongo import in_transaction

_log = logging.getLogger(__name__)

# How long an event's handler waits for an absent store before the message goes back (the broker's own limit is 30 min).
PATIENCE = 600.0

F = TypeVar("F", bound=Callable[..., Any])  # a decorated method keeps its signature for its readers


class Malformed(ValueError):
    """The message is not one of ours: it is put aside, never run."""


def tries(message: Any) -> int:
    """How often it was given back before."""
    return int(message.headers.get("x-delivery-count") or 0)


def body_of(message: Any) -> dict[str, Any]:
    """The JSON object of a message. Raises Malformed; never shows what is in it."""
    if message.content_type != serializer.CONTENT_TYPE:
        raise Malformed("content type")
    try:
        body = serializer.loads(message.body)
    except (ValueError, TypeError, RecursionError) as error:
        raise Malformed(type(error).__name__) from None
    if not isinstance(body, dict):
        raise Malformed("not an object")
    return body


class Handler(Entrypoint):
    """What the entrypoints share: the consuming connection and the publishing one."""

    consumer = Consumer()
    shared = SharedLink()
    subscription: Subscription | None = None
    in_hand = 0

    @property
    def service(self) -> str:
        """Name of the service."""
        return str(self.container.service_name)

    def stop(self) -> None:
        """Take nothing new, and see that each message in hand has its worker; the container then waits for those."""
        self.shared.stopping = True
        if self.subscription is not None:
            self.consumer.cancel(self.subscription)
        self.wait_for_background()

    def wait_for_background(self) -> None:
        """Until everything that was begun there has ended."""
        while self.in_hand:
            time.sleep(0.02)

    def in_background(self, work: Callable[[], None]) -> None:
        """Never block the consuming thread, and never let a fault of one message end the container."""

        def safely() -> None:
            try:
                work()
            except Exception as error:  # noqa: BLE001 -- the message stays unacknowledged and comes again
                _log.error("message not handled", extra={"handler": self.method_name, "error": type(error).__name__})
            finally:
                self.in_hand -= 1

        self.in_hand += 1
        self.container.spawn_managed_thread(safely, identifier=self.method_name)

    def put_aside(self, message: Any, why: str) -> None:
        """Log length and type, never the body, and leave the message to an operator."""
        PARKED.labels(self.service, self.method_name).inc()
        _log.error("message put aside", extra={
            "handler": self.method_name, "why": why, "bytes": len(message.body or b""),
            "content_type": message.content_type,
        })  # fmt: skip
        self.consumer.park(message)


class Rpc(Handler):
    """One method that others call. All of a service's methods share its request queue."""

    def setup(self) -> None:
        """Share the service's request queue."""
        requests = self.consumer.rpc
        if requests is None:
            requests = self.consumer.rpc = Requests(self)
            self.subscription = self.consumer.add(
                Subscription(topology.rpc_queue(self.service), self._in_hand(), requests.take)
            )
        requests.methods[self.method_name] = self

    def _in_hand(self) -> int:
        return self.container.service_cls.calls_in_hand or 2 * self.container.max_workers


class Requests:
    """The requests of one service."""

    def __init__(self, entrypoint: Rpc) -> None:
        self.methods: dict[str, Rpc] = {}
        self._any = entrypoint

    def take(self, message: Any) -> None:
        """Called for each message by the consuming thread."""
        self._any.in_background(partial(self._handle, message))

    def _handle(self, message: Any) -> None:
        any_, properties = self._any, message.properties
        try:
            stack = (message.headers or {}).get("nameko.call_id_stack")
            if not isinstance(properties.get("reply_to"), str) or not isinstance(stack, list):
                raise Malformed("envelope")
            body = body_of(message)
            kwargs = body.get("kwargs")
            if not isinstance(kwargs, dict) or body.get("args"):
                raise Malformed("arguments")
            ctx = context.from_headers(message.headers)
        except ValueError as error:
            return self._park(message, str(error))
        method = self.methods.get(str(message.delivery_info["routing_key"]).split(".")[-1])
        if ctx.expired:
            return any_.consumer.ack(message)
        if method is None:
            self._reply(message, None, NotFound("suite.method_unknown", "The service has no such method."))
            return any_.consumer.ack(message)
        if tries(message) >= topology.DELIVERY_LIMIT:
            self._reply(message, None, SuiteError("suite.internal_error"))
            return self._park(message, "it ended the service too often")
        try:
            any_.container.spawn_worker(method, (ctx,), kwargs, handle_result=partial(self._finish, message))
        except ContainerBeingKilled:
            any_.consumer.requeue(message)

    def _park(self, message: Any, why: str) -> None:
        # The request queue has no dead-letter exchange (requests expire by design): put it there ourselves.
        any_ = self._any
        key = f"{any_.service}.rpc"
        any_.shared.link.publish(topology.DEAD_LETTERS.name, key, {"why": why, "raw": repr(message.body)[:10_000]}, {})
        any_.put_aside(message, why)

    def _finish(self, message: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        self._reply(message, result, exc_info[1] if exc_info else None)
        self._any.consumer.ack(message)
        return result, exc_info

    def _reply(self, message: Any, result: Any, error: BaseException | None) -> None:
        reply_to, correlation_id = message.properties["reply_to"], message.properties.get("correlation_id")
        payload = {"result": None, "error": to_wire(error)} if error else {"result": result, "error": None}
        link = self._any.shared.link
        try:
            link.reply(reply_to, correlation_id, payload)
        except Unavailable:
            _log.warning("reply not sent: the caller sees a time-out")
        except (TypeError, ValueError) as unfit:
            _log.error("result is not data", extra={"error": type(unfit).__name__})
            link.reply(reply_to, correlation_id, {"result": None, "error": to_wire(unfit)})


@overload
def rpc(method: F) -> F: ...
@overload
def rpc(*, writes: bool = False, store_response: bool = True) -> Callable[[F], F]: ...
def rpc(method: Callable[..., Any] | None = None, *, writes: bool = False, store_response: bool = True) -> Any:
    """A method that the gateway and other services call with keyword arguments.

    `writes=True` runs it in one transaction with the answer kept for a repeat under the same Idempotency-Key: a repeat
    has no second effect. It may run several times on a write conflict; what it does outside the store must bear that.

    `store_response=False` is for writes whose answer holds secrets, or whose refusal must leave a trace (a wrong guess
    that counts): nothing is kept for a repeat, and the method opens its transactions itself (`mongo.in_transaction`).
    """

    def decorate(fn: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(fn)
        def served(self: Any, ctx: context.Context, **kwargs: Any) -> Any:
            bus = self.bus
            work: Callable[[], Any] = partial(fn, self, **kwargs)
            if writes and store_response:
                once = partial(inbox.repeatable, bus.db, ctx, fn.__name__, kwargs, work)
                work = partial(in_transaction, once)
            return guarded(bus.service, fn.__name__, ctx, work, seconds=ctx.remaining(10.0), stopping=bus.stopping)

        served.wsis_kind = "write" if writes else "read"  # type: ignore[attr-defined]  # a note for tests
        return register_entrypoint(served, Rpc()) or served

    return decorate(method) if method is not None else decorate


class Every(Handler):
    """A timer. Unless told otherwise, one process of the service holds its lease and the others rest."""

    def __init__(self, seconds: float, alone: bool, **kwargs: Any) -> None:
        self.seconds, self.alone = seconds, alone
        self._stop = threading.Event()
        super().__init__(**kwargs)

    def start(self) -> None:
        """Begin to tick."""
        self.container.spawn_managed_thread(self._run, identifier=f"every {self.method_name}")

    def stop(self) -> None:
        """Tick no more; a run in hand goes on."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(self.seconds):
            done = threading.Event()

            def finish(_worker: Any, result: Any, exc_info: Any, done: threading.Event = done) -> tuple[Any, Any]:
                done.set()
                return result, exc_info

            try:
                self.container.spawn_worker(self, (), {}, handle_result=finish)
            except ContainerBeingKilled:
                return
            done.wait()


def every(seconds: float, *, alone: bool = True) -> Callable[[F], F]:
    """Call `method()` every `seconds` after the last run ended. `alone`: in one process of the service only."""

    def decorate(fn: F) -> F:
        @functools.wraps(fn)
        def served(self: Any) -> None:
            bus = self.bus

            def work() -> None:
                if not alone or bus.lease(fn.__name__, max(30, 2 * seconds)).hold():
                    fn(self)

            guarded(bus.service, fn.__name__, context.current(), work, seconds=5.0, stopping=bus.stopping)

        served.wsis_kind = "timer"  # type: ignore[attr-defined]  # a note for tests
        return cast(F, register_entrypoint(served, Every(seconds, alone)) or served)

    return decorate
