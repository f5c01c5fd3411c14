"""One AMQP connection with many requests in flight.

Replies are matched by correlation id and publisher confirms by delivery tag, so that a hundred callers share one
connection and one round trip of confirms (group commit). It connects by itself, and again after a fault; nothing here
waits longer than the caller's deadline. Plain threads: gevent (gateway) and eventlet (services) patch them.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from amqp import spec
from kombu import Connection, Queue
from wsis_shared.amqp import serializer, topology
from wsis_shared.amqp.gathering import Gathered
from wsis_shared.amqp.waiter import Waiter
from wsis_shared.context import Context, to_headers
from wsis_shared.errors import SuiteError, Unavailable, from_wire

_log = logging.getLogger(__name__)

Reply = tuple[str, Mapping[str, Any]]  # correlation id, and `result` and `error` as in nameko's RPC protocol
REPLIES = 100  # at most in one message


class Link:
    """A publishing connection. Make it after a fork, `start()` it, share it between all threads of the process.

    `on_event(source, type)` is told of each of the `events` while the connection stands (nothing is kept meanwhile, so
    `on_connect()` says when it stands anew: what was learnt from events before may be out of date).
    """

    def __init__(
        self,
        uri: str,
        name: str,
        *,
        events: Sequence[tuple[str, str]] = (),
        on_event: Callable[[str, str], None] | None = None,
        on_connect: Callable[[], None] | None = None,
    ) -> None:
        self.name = name
        self._uri = uri
        self._events, self._on_event, self._on_connect = tuple(events), on_event, on_connect
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._stopping = False
        self._blocked = False
        self._replies: dict[str, Waiter] = {}
        self._confirms: dict[int, Waiter] = {}
        self._reply_to = ""
        self._connection: Connection | None = None
        self._gathered: Gathered | None = None
        self._plain: Any = None
        self._confirmed: Any = None
        self._next_tag = 1
        self._thread: threading.Thread | None = None

    # -- life ----------------------------------------------------------------------------------------------------

    def start(self) -> Link:
        """Connect in the background."""
        self._thread = threading.Thread(target=self._run, name=f"link-{self.name}", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the connection; whoever waits gets Unavailable."""
        self._stopping = True
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=3)

    @property
    def connected(self) -> bool:
        """True while the connection stands."""
        return self._ready.is_set()

    @property
    def blocked(self) -> bool:
        """True while the broker takes nothing (memory or disk alarm)."""
        return self._blocked

    def wait_connected(self, seconds: float) -> bool:
        """True once connected; False when the time is up."""
        return self._ready.wait(seconds)

    # -- sending -------------------------------------------------------------------------------------------------

    def request(
        self, service: str, call: str, arguments: Mapping[str, Any], context: Context, *, timeout: float
    ) -> Any:
        """Call `service.call(**arguments)` and return its result (nameko's RPC protocol).

        Raises the SuiteError that the service raised, or Unavailable: no such service, no connection, no answer in
        time. A request that timed out expires in its queue, so it does not run later.
        """
        timeout = context.remaining(timeout)
        until = time.monotonic() + timeout
        correlation_id, waiter = uuid.uuid4().hex, Waiter()
        self._replies[correlation_id] = waiter
        try:
            headers = {
                **to_headers(context),
                "wsis-deadline": f"{time.time() + timeout:.3f}",
                "nameko.call_id_stack": [f"{self.name}.{correlation_id}"],
            }
            self._send(
                topology.RPC.name, f"{service}.{call}", {"args": [], "kwargs": dict(arguments)}, headers, timeout,
                correlation_id=correlation_id, answers=True, expiration=str(max(int(timeout * 1000), 1)),
                mandatory=True, delivery_mode=1,
            )  # fmt: skip
            if not waiter.wait(until - time.monotonic()):
                raise Unavailable("suite.no_answer_in_time", f"{service} did not answer in time.", retry_after=2)
        finally:
            self._replies.pop(correlation_id, None)
        error = waiter.value.get("error")
        if error is not None:
            raise from_wire(error)
        return waiter.value.get("result")

    def command(
        self,
        service: str,
        call: str,
        payload: Mapping[str, Any],
        context: Context,
        *,
        message_id: str,
        wait: float,
        confirm: float = 3.0,
    ) -> tuple[bool, Any]:
        """Put a command into the service's durable queue; return (settled, outcome).

        The command is safe once this returns, settled or not. Raises the SuiteError that decided it, or Unavailable
        when the broker did not confirm in time: it may or may not be there; the same `message_id` may be sent again.
        """
        waiter = Waiter()
        self._replies[message_id] = waiter
        try:
            self.publish(
                topology.COMMANDS.name, f"commands.{service}.{call}", payload, to_headers(context), timeout=confirm,
                message_id=message_id, correlation_id=message_id, answers=True, mandatory=True,
            )  # fmt: skip
            settled = waiter.wait(wait) if wait > 0 else waiter.event.is_set()
        finally:
            self._replies.pop(message_id, None)
        if not settled:
            return False, None
        error = waiter.value.get("error")
        if error is not None:
            raise from_wire(error)
        return True, waiter.value.get("result")

    def publish(
        self,
        exchange: str,
        routing_key: str,
        body: Any,
        headers: Mapping[str, Any],
        *,
        timeout: float = 5.0,
        **properties: Any,
    ) -> None:
        """Publish persistently and return when the broker has it on disk. Raises Unavailable (outcome unknown)."""
        self.publish_all([(exchange, routing_key, body, headers, properties)], timeout=timeout)

    def publish_all(
        self, messages: Sequence[tuple[str, str, Any, Mapping[str, Any], Mapping[str, Any]]], *, timeout: float = 10.0
    ) -> None:
        """Publish many, then wait for all confirms: one round trip for the lot. Each: (exchange, routing key, body,
        headers, properties). Only a `command` is an error when no queue takes it: an event may have no subscriber."""
        until = time.monotonic() + timeout
        waiters = []
        for exchange, routing_key, body, headers, properties in messages:
            waiter = Waiter()
            waiters.append(waiter)
            self._send(exchange, routing_key, body, headers, until - time.monotonic(), confirm=waiter, delivery_mode=2,
                       **properties)  # fmt: skip
        for waiter in waiters:
            if not waiter.wait(until - time.monotonic()):
                raise Unavailable("suite.broker_did_not_confirm", "The broker did not confirm in time.", retry_after=2)

    def reply(self, reply_to: str, correlation_id: str | None, payload: Mapping[str, Any]) -> None:
        """Answer a request. Not confirmed: a caller that is gone is nobody's loss."""
        self._send(topology.RPC.name, reply_to, payload, {}, 5.0, correlation_id=correlation_id, delivery_mode=1)

    def reply_all(self, reply_to: str, replies: Sequence[Reply]) -> None:
        """Answer commands of one sender, many in a message."""
        for start in range(0, len(replies), REPLIES):
            payload = {"replies": replies[start : start + REPLIES]}
            self._send(topology.RPC.name, reply_to, payload, {}, 5.0, delivery_mode=1)

    def _send(
        self,
        exchange: str,
        routing_key: str,
        body: Any,
        headers: Mapping[str, Any],
        timeout: float,
        *,
        confirm: Waiter | None = None,
        mandatory: bool = False,
        answers: bool = False,
        **properties: Any,
    ) -> None:
        payload = serializer.dumps(body)
        if not self._ready.wait(max(min(timeout, 2.0), 0.0)):
            raise Unavailable("suite.broker_away", "The message broker cannot be reached.", retry_after=2)
        if self._blocked:
            raise Unavailable("suite.broker_full", "The message broker takes nothing at the moment.", retry_after=5)
        with self._lock:
            channel = self._plain if confirm is None else self._confirmed
            if not self._ready.is_set():
                raise Unavailable("suite.broker_away", "The message broker cannot be reached.", retry_after=2)
            if answers:
                properties["reply_to"] = self._reply_to
            message = channel.prepare_message(
                payload, content_type=serializer.CONTENT_TYPE, content_encoding="utf-8", headers=dict(headers),
                properties={key: value for key, value in properties.items() if value is not None},
            )  # fmt: skip
            if confirm is not None:
                self._confirms[self._next_tag] = confirm
                self._next_tag += 1
            try:
                # Not channel.basic_publish: that reads from the socket, which is our own thread's alone to do.
                channel.send_method(spec.Basic.Publish, "Bssbb", (0, exchange, routing_key, mandatory, False), message)
            except Exception as error:
                self._ready.clear()
                raise Unavailable("suite.broker_away", "The message broker was lost.", retry_after=2) from error

    # -- the connection's own thread ---------------------------------------------------------------------------------

    def _run(self) -> None:
        pause = 0.1
        while not self._stopping:
            try:
                connection = self._connect()
                pause = 0.1
                self._drain(connection)
            except Exception as error:  # noqa: BLE001 -- any fault means: connect again
                if not self._stopping:
                    _log.warning(
                        "broker lost", extra={"link": self.name, "error": type(error).__name__, "pause": pause}
                    )
            finally:
                self._disconnect()
            if not self._stopping:
                time.sleep(pause)
                pause = min(pause * 2, 2.0)

    def _connect(self) -> Connection:
        connection = Connection(
            self._uri, heartbeat=20, connect_timeout=3,
            transport_options={"on_blocked": self._on_blocked, "on_unblocked": self._on_unblocked, "read_timeout": None,
                               "client_properties": {"connection_name": f"wsis {self.name}"}},
        )  # fmt: skip
        self._connection = connection
        connection.connect()
        self._plain = connection.channel()
        self._plain.events["basic_return"].add(self._on_return_plain)
        self._confirmed = connection.channel()
        self._confirmed.confirm_select()
        self._confirmed.events["basic_ack"].add(self._on_ack)
        self._confirmed.events["basic_nack"].add(self._on_nack)
        self._confirmed.events["basic_return"].add(self._on_return_confirmed)
        self._next_tag = 1
        for exchange in (topology.RPC, topology.COMMANDS, topology.DEAD):
            exchange(self._plain).declare()
        self._reply_to = uuid.uuid4().hex
        self._consume(topology.reply_queue(f"{self.name}-{self._reply_to}", self._reply_to), self._on_reply)
        for number, (source, event) in enumerate(self._events):
            listen = Queue(f"listen.{self.name}-{self._reply_to}-{number}", topology.event_exchange(source),
                           routing_key=event, durable=False, exclusive=True, auto_delete=True)  # fmt: skip
            self._consume(listen, self._on_listened)
        self._blocked = False
        if self._on_connect is not None:
            self._on_connect()
        self._gathered = Gathered(connection.connection.transport, self._ready.clear, self.name)
        self._ready.set()
        return connection

    def _consume(self, queue: Queue, callback: Callable[[Any], None]) -> None:
        bound = queue(self._plain)
        bound.declare()
        self._plain.basic_consume(queue.name, no_ack=True, callback=callback)

    def _drain(self, connection: Connection) -> None:
        beat = time.monotonic()
        while not self._stopping and self._ready.is_set():
            try:
                connection.drain_events(timeout=1)
            except TimeoutError:
                pass
            if time.monotonic() - beat > 5:
                beat = time.monotonic()
                with self._lock:
                    connection.heartbeat_check(rate=2)

    def _disconnect(self) -> None:
        self._ready.clear()
        lost = Unavailable("suite.broker_away", "The message broker was lost.", retry_after=2)
        waiting = [*self._replies.values(), *self._confirms.values()]
        self._confirms = {}
        for waiter in waiting:
            waiter.settle(error=lost)
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.collect(1) if not self._stopping else connection.release()
            except Exception as error:  # noqa: BLE001 -- closing what is broken may fail in any way
                _log.debug("closing", extra={"error": type(error).__name__})
        if self._gathered is not None:
            self._gathered.close()
            self._gathered = None

    # -- what the broker says ------------------------------------------------------------------------------------------

    def _on_reply(self, message: Any) -> None:
        correlation_id, error = message.properties.get("correlation_id"), None
        try:
            body = serializer.loads(message.body)
            replies = body["replies"] if correlation_id is None else [(correlation_id, body)]
        except (ValueError, TypeError, KeyError):
            replies = [(correlation_id, None)]
            error = SuiteError("suite.internal_error", "The answer could not be read.")
        for id, reply in replies:
            waiter = self._replies.get(id)
            if waiter is not None:
                waiter.settle(reply, error)

    def _on_listened(self, message: Any) -> None:
        if self._on_event is not None:
            exchange = message.delivery_info["exchange"]
            self._on_event(exchange.removesuffix(".events"), message.delivery_info["routing_key"])

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        for waiter in self._settled(delivery_tag, multiple):
            waiter.settle()

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:
        refused = Unavailable("suite.broker_full", "The message broker did not take the message.", retry_after=5)
        for waiter in self._settled(delivery_tag, multiple):
            waiter.settle(error=refused)

    def _settled(self, delivery_tag: int, multiple: bool) -> list[Waiter]:
        if not multiple:
            waiter = self._confirms.pop(delivery_tag, None)
            return [waiter] if waiter is not None else []
        tags = [tag for tag in self._confirms if tag <= delivery_tag]
        return [self._confirms.pop(tag) for tag in tags]

    def _on_return_plain(self, _error: Any, _exchange: str, routing_key: str, message: Any) -> None:
        waiter = self._replies.get(message.properties.get("correlation_id"))
        if waiter is not None:
            waiter.settle(error=nobody(routing_key))

    def _on_return_confirmed(self, _error: Any, _exchange: str, routing_key: str, message: Any) -> None:
        # The return comes before its ack, which would settle the oldest waiter of that message as done.
        waiter = self._replies.get(message.properties.get("message_id"))
        if waiter is not None:
            waiter.settle(error=nobody(routing_key))

    def _on_blocked(self, reason: str) -> None:
        _log.error("the broker is blocked", extra={"link": self.name, "reason": reason})
        self._blocked = True

    def _on_unblocked(self) -> None:
        self._blocked = False


def nobody(routing_key: str) -> Unavailable:
    """No queue takes messages for this key: the service has never run here."""
    return Unavailable("suite.service_away", f"Nothing serves {routing_key} at the moment.", retry_after=5)
