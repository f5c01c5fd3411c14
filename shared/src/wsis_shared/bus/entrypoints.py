"""The entrypoint `rpc`, and the base of all others."""

from __future__ import annotations

import functools
import json
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar, cast, overload

from kombu import Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint, register_entrypoint
from wsis_shared import context, inbox, paging
from wsis_shared.amqp import serializer, signatures, topology
from wsis_shared.amqp.client import TAKES_JSON
from wsis_shared.amqp.signatures import NotSigned
from wsis_shared.bus.arguments import Parameters
from wsis_shared.bus.consumer import Consumer, Subscription
from wsis_shared.bus.instrumentation import instrumented
from wsis_shared.bus.pools import Finished, Pool, Pools, Raised
from wsis_shared.bus.shared_client import SharedClient
from wsis_shared.bus.turns import in_turn
from wsis_shared.equal_times import evenly
from wsis_shared.errors import NotFound, SuiteError, Unavailable, to_wire
from wsis_shared.json_text import JsonText
from wsis_shared.metrics import DEAD_LETTERED, DROPPED, NOT_SIGNED
from wsis_shared.mongo import in_transaction

if TYPE_CHECKING:
    from kombu import Message
    from wsis_shared.bus.service import Service

_log = logging.getLogger(__name__)

# How long a handler retries while the store is unavailable, before the message is requeued (the consumer timeout of the
# broker is 30 min).
STORE_RETRY_SECONDS = 600.0

F = TypeVar("F", bound=Callable[..., object])  # a decorated method keeps its signature


class Malformed(ValueError):
    """The message violates the protocol: it is dead-lettered without a call of the handler."""


def delivery_count(message: Message) -> int:
    """How many times the message was delivered before. The first time the header is whatever its sender wrote."""
    count = message.headers.get("x-delivery-count")
    return min(max(count, 0), 1000) if isinstance(count, int) else 0


def reason_of(error: Exception) -> str:
    """Why a message cannot be read. The text of an error that is not ours may contain what its sender wrote."""
    return str(error) if isinstance(error, (Malformed, NotSigned, context.HeadersInvalid)) else type(error).__name__


def body_of(message: Message) -> dict[str, object]:
    """The JSON object of a message. Raises Malformed, whose text never contains the body."""
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
    """Base of the entrypoints: the consuming connection and the publishing one."""

    consumer = Consumer()
    shared = SharedClient()
    pools = Pools()
    subscription: Subscription | None = None
    in_flight = 0

    @property
    def service(self) -> str:
        """Name of the service."""
        return str(self.container.service_name)

    def stop(self) -> None:
        """Stop consuming, and wait until each message in flight has its worker; the container then waits for those."""
        self.shared.stop_requested.set()
        if self.subscription is not None:
            self.consumer.cancel(self.subscription)
        self.wait_for_in_flight()

    def wait_for_in_flight(self) -> None:
        """Wait until every function that was spawned has returned."""
        while self.in_flight:
            time.sleep(0.02)

    def spawn(self, message: Message, work: Callable[[Message], None]) -> None:
        """Run `work(message)` in a thread: it neither blocks the consuming thread nor ends the container when it
        raises. The message is then given back: none keeps its place for ever."""

        def safely() -> None:
            try:
                work(message)
            except Exception as error:  # noqa: BLE001 -- the broker delivers it again, up to its limit
                _log.error(
                    "message handling failed", extra={"handler": self.method_name, "error": type(error).__name__}
                )
                self.requeue_later(message)
            finally:
                self.in_flight -= 1

        self.in_flight += 1
        self.container.spawn_managed_thread(safely, identifier=self.method_name)

    def requeue_later(self, message: Message) -> None:
        """Return the message after a pause that grows, in no worker's place. The broker has no delay between
        deliveries, and a waiting thread is cheap. A stop ends the pause."""

        def requeue(message: Message) -> None:
            self.shared.stop_requested.wait(min(0.1 * 2 ** delivery_count(message), 5.0))
            self.consumer.requeue(message)

        if self.shared.stopping:  # nobody waits for further threads
            return self.consumer.requeue(message)
        self.spawn(message, requeue)

    def check_signature(self, message: Message, handler: str, routing_key: str, id: object) -> None:
        """Raises NotSigned, counted, before anything of the message is believed. The log names none of its content."""
        try:
            signatures.verify(routing_key, id, message.headers or {}, message.body)
        except NotSigned:
            NOT_SIGNED.labels(self.service, handler).inc()
            _log.error("message not signed", extra={"handler": handler, "bytes": len(message.body or b"")})
            raise

    def dead_letter(self, message: Message, reason: str) -> None:
        """Move the message to the dead-letter queue. The log gets its length and type, never the body."""
        DEAD_LETTERED.labels(self.service, self.method_name).inc()
        _log.error(
            "message dead-lettered",
            extra={
                "handler": self.method_name,
                "reason": reason,
                "bytes": len(message.body or b""),
                "content_type": message.content_type,
            },
        )
        self.consumer.dead_letter(message)


class Rpc(Handler):
    """One RPC method. All methods of a service share its request queue."""

    def setup(self) -> None:
        """Subscribe to the request queue of the service, once for all its methods, and to that of probes."""
        if self.consumer.rpc is None:
            self.consumer.rpc = Requests(self, self.pools.requests)
        requests = self.consumer.rpc
        requests.methods[self.method_name] = self
        if self.method_name == topology.HEALTH:
            probes = Requests(self, self.pools.probes)
            probes.methods[topology.PROBE] = self
            self._subscribe(topology.probe_queue(self.service), 2 * self.pools.probes.places, probes)
        elif not requests.subscribed:
            requests.subscribed = True
            prefetch = self.container.service_cls.max_in_flight or 2 * self.pools.requests.places
            self._subscribe(topology.rpc_queue(self.service), prefetch, requests)

    def _subscribe(self, queue: Queue, prefetch: int, requests: Requests) -> None:
        self.subscription = self.consumer.add(Subscription(queue, prefetch, requests.on_message, requests.refuse))


class Requests:
    """Dispatches the requests of one queue to the methods of the service."""

    def __init__(self, entrypoint: Rpc, pool: Pool) -> None:
        self.methods: dict[str, Rpc] = {}
        self.subscribed = False
        self._any, self._pool = entrypoint, pool
        NOT_SIGNED.labels(entrypoint.service, "rpc")  # from 0 on: the alert sees the first one
        for reason in ("late", "waited"):
            DROPPED.labels(entrypoint.service, reason)

    def on_message(self, message: Message) -> None:
        """Called for each message by the consuming thread."""
        self._any.spawn(message, self._handle)

    def refuse(self, message: Message, reason: str) -> None:
        """Dead-letter it without holding up the consuming thread."""
        self._any.spawn(message, partial(self._dead_letter, reason=reason))

    def _handle(self, message: Message) -> None:
        any_, properties = self._any, message.properties
        name = str(message.delivery_info["routing_key"]).removeprefix(f"{any_.service}.")
        try:
            any_.check_signature(message, "rpc", f"{any_.service}.{name}", properties.get("correlation_id"))
        except NotSigned:  # nobody of ours waits for an answer, and it is no work that could be lost
            return any_.consumer.ack(message)
        try:
            stack = (message.headers or {}).get("nameko.call_id_stack")
            if not isinstance(properties.get("reply_to"), str) or not isinstance(stack, list):
                raise Malformed("envelope")
            body = body_of(message)
            kwargs = body.get("kwargs")
            if not isinstance(kwargs, dict) or body.get("args"):
                raise Malformed("arguments")
            ctx = replace(context.from_headers(message.headers), message_id=properties.get("correlation_id"))
        except Exception as error:  # noqa: BLE001 -- whatever its sender provokes
            return self._dead_letter(message, reason_of(error))
        method = self.methods.get(name)
        if ctx.expired:
            return self._drop(message, "late")
        if method is None:
            self._reply(message, None, NotFound("suite.method_unknown"))
            return any_.consumer.ack(message)
        if delivery_count(message) >= inbox.TRIES:
            self._reply(message, None, SuiteError("suite.internal_error"))
            return self._dead_letter(message, "delivery limit reached")
        if not self._pool.take(ctx.remaining(STORE_RETRY_SECONDS)):
            return self._drop(message, "waited")
        try:
            self._pool.spawn(method, (ctx,), kwargs, partial(self._finish, message))
        except ContainerBeingKilled:
            any_.consumer.requeue(message)

    def _drop(self, message: Message, reason: str) -> None:
        # Its caller has left: counted, since a clock that is wrong looks like this too.
        DROPPED.labels(self._any.service, reason).inc()
        self._any.consumer.ack(message)

    def _dead_letter(self, message: Message, reason: str) -> None:
        # The request queue has no dead-letter exchange, since requests expire by design: publish a copy.
        any_ = self._any
        key = f"{any_.service}.rpc"
        any_.shared.client.publish(
            topology.DEAD_LETTERS.name, key, {"reason": reason, "raw": repr(message.body)[:10_000]}, {}
        )
        any_.dead_letter(message, reason)

    def _finish(self, message: Message, _worker: object, result: object, exc_info: Raised) -> Finished:
        self._reply(message, result, exc_info[1] if exc_info else None)
        self._any.consumer.ack(message)
        return result, exc_info

    def _reply(self, message: Message, result: object, error: BaseException | None) -> None:
        reply_to, correlation_id = message.properties["reply_to"], message.properties.get("correlation_id")
        payload: dict[str, object] | JsonText = (
            {"result": None, "error": to_wire(error)} if error else {"result": result, "error": None}
        )
        if error is None and isinstance(result, JsonText):
            payload = result if TAKES_JSON in message.headers else {"result": json.loads(result), "error": None}
        client = self._any.shared.client
        try:
            client.reply(reply_to, correlation_id, payload)
        except Unavailable:
            _log.warning("reply not sent: the caller will time out")
        except Exception as unfit:  # noqa: BLE001 -- too large, too deep, or no JSON
            name = str(message.delivery_info["routing_key"])
            _log.error("result cannot be sent", extra={"handler": name, "error": type(unfit).__name__})
            if error is None:
                self._reply(message, None, unfit)


@overload
def rpc(method: F) -> F: ...
@overload
def rpc(
    *,
    writes: bool = False,
    store_response: bool = True,
    repeatable: bool = False,
    turn: str = "",
    at_least: timedelta = timedelta(),
) -> Callable[[F], F]: ...
def rpc(
    method: Callable[..., object] | None = None,
    *,
    writes: bool = False,
    store_response: bool = True,
    repeatable: bool = False,
    turn: str = "",
    at_least: timedelta = timedelta(),
) -> object:
    """The entrypoint of `wsis_shared.operations.rpc`."""

    def decorate(fn: Callable[..., object]) -> Callable[..., object]:
        parameters = Parameters.of(fn)

        @functools.wraps(fn)
        def served(self: Service, ctx: context.Context, /, **arguments: object) -> object:
            bus = self.bus
            kwargs = parameters.select(bus.service, fn.__name__, arguments)
            work: Callable[[], object] = paging.bound_to_list(f"{bus.service}.{fn.__name__}", kwargs)(
                partial(fn, self, **bus.moments.read(fn.__name__, kwargs))
            )
            if writes and store_response:
                work = partial(inbox.idempotent, bus.db, ctx, fn.__name__, kwargs, work)
                work = partial(in_transaction, work)
            elif writes and not repeatable:
                work = partial(inbox.done_once, bus.db, ctx, fn.__name__, work)
            if turn:
                work = partial(in_turn, turn, ctx, work)
            if at_least:
                work = evenly(at_least)(work)
            return instrumented(bus.service, fn.__name__, ctx, work, seconds=ctx.remaining(10.0), stopping=bus.stopping)

        served.wsis_kind = "write" if writes else "read"  # type: ignore[attr-defined]  # read by tests and by the broker definitions
        return cast(Callable[..., object], register_entrypoint(served, Rpc()) or served)

    return decorate(method) if method is not None else decorate
