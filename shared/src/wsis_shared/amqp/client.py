"""One AMQP connection with many requests in flight.

Replies are matched by correlation id and publisher confirms by delivery tag: a hundred callers share one connection and
one round trip of confirms (group commit). The client connects and reconnects in a thread of its own; no method waits
longer than the caller's deadline. Plain threads: gevent (gateway) and eventlet (services) patch them.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from amqp import spec
from kombu import Queue
from wsis_shared.amqp import serializer, signatures, topology
from wsis_shared.amqp.confirms import Confirms, wait_confirmed
from wsis_shared.amqp.connection import ConnectionToOneOf, connect
from wsis_shared.amqp.drain import HEARTBEAT_SECONDS, drain
from wsis_shared.amqp.failures import broker_away, broker_full, broker_lost, no_answer, unroutable
from wsis_shared.amqp.future import Future
from wsis_shared.amqp.messages import Message, encoded, heard
from wsis_shared.amqp.read_buffer import buffer_reads
from wsis_shared.amqp.replies import Reply, replies_in
from wsis_shared.amqp.write_buffer import WriteBuffer
from wsis_shared.context import Context, to_headers, with_timeout
from wsis_shared.errors import Unavailable, from_wire
from wsis_shared.json_text import JsonText
from wsis_shared.metrics import WAITED

_log = logging.getLogger(__name__)

REPLIES_PER_MESSAGE = 100
TAKES_JSON = "wsis-takes-json"  # header of a request whose reply may be a RESULT


class AmqpClient:
    """A connection for requests, commands and publishing. Make it after a fork, `start()` it, and share it between all
    threads of the process.

    `on_event(source, type, envelope)` is called for each of the `events`, in any version, while connected. Events are
    not queued while the client is disconnected: after each connect it calls `on_connect()`, since state derived from
    earlier events may be stale.
    """

    def __init__(
        self,
        uri: str,
        name: str,
        *,
        events: Sequence[tuple[str, str]] = (),
        on_event: Callable[[str, str, Mapping[str, Any]], None] | None = None,
        on_connect: Callable[[], None] | None = None,
    ) -> None:
        self.name, self._uri = name, uri
        self._events, self._on_event, self._on_connect = tuple(events), on_event, on_connect
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._stopping = False
        self._blocked = False
        self._replies: dict[str, Future] = {}
        self._confirms = Confirms()
        self._reply_to = ""
        self._connection: ConnectionToOneOf | None = None
        self._write_buffer: WriteBuffer | None = None
        self._channel: Any = None
        self._confirm_channel: Any = None
        self._thread: threading.Thread | None = None

    def start(self) -> AmqpClient:
        """Connect in the background."""
        self._thread = threading.Thread(target=self._run, name=f"amqp-{self.name}", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the connection; pending calls raise Unavailable."""
        self._stopping = True
        if self._ready.is_set() and (connection := self._connection) is not None:
            connection.ask_to_close(self._lock)
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=3)

    @property
    def connected(self) -> bool:
        """True while connected."""
        return self._ready.is_set()

    @property
    def blocked(self) -> bool:
        """True while the broker blocks publishers (memory or disk alarm)."""
        return self._blocked

    def wait_connected(self, seconds: float) -> bool:
        """True once connected, False after `seconds`."""
        return self._ready.wait(seconds)

    def request(
        self,
        service: str,
        method: str,
        arguments: Mapping[str, Any],
        context: Context,
        *,
        timeout: float,
        takes_json: bool = False,
    ) -> Any:
        """Call `service.method(**arguments)` and return its result (nameko's RPC protocol). `takes_json`: where the
        handler returns a JsonText, it is the result.

        Raises the SuiteError that the service raised, or Unavailable: no such service, no connection, or no
        reply within `timeout` seconds. A request that timed out expires in its queue: it does not run later.
        """
        context = with_timeout(context, timeout)
        timeout = context.remaining(timeout)
        until = time.monotonic() + timeout
        correlation_id, future = uuid.uuid4().hex, Future()
        self._replies[correlation_id] = future
        try:
            headers = {
                **to_headers(context),
                "nameko.call_id_stack": [f"{self.name}.{correlation_id}"],
            }
            if takes_json:
                headers[TAKES_JSON] = "1"
            self._send(
                topology.RPC.name, f"{service}.{method}",
                serializer.encode(topology.RPC.name, {"args": [], "kwargs": dict(arguments)}), headers, timeout,
                correlation_id=correlation_id, expects_reply=True, expiration=str(max(int(timeout * 1000), 1)),
                mandatory=True, delivery_mode=1,
            )  # fmt: skip
            if not future.wait(until - time.monotonic()):
                raise no_answer(service)
        finally:
            self._replies.pop(correlation_id, None)
        error = future.value.get("error")
        if error is not None:
            raise from_wire(error)
        return future.value.get("result")

    def command(
        self,
        service: str,
        method: str,
        payload: Mapping[str, Any],
        context: Context,
        *,
        message_id: str,
        wait: float,
        confirm: float = 3.0,
    ) -> tuple[bool, Any]:
        """Publish a command to the service's durable queue; return (done, outcome).

        The command is durable once this returns, done or not. Raises the SuiteError of the outcome, or Unavailable: no
        such service, or the broker did not confirm in time: the command may or may not be queued, and it is safe to
        send the same `message_id` again. Each call waits for a reply of its own, also where two have the same.
        """
        id, future, began = uuid.uuid4().hex, Future(), time.monotonic()
        self._replies[id] = future
        confirmed = Future(message_id, waiter=future)
        try:
            self._send(
                topology.COMMANDS.name, f"commands.{service}.{method}",
                serializer.encode(topology.COMMANDS.name, payload), to_headers(context), confirm, confirm=confirmed,
                message_id=message_id, correlation_id=id, expects_reply=True, mandatory=True, delivery_mode=2,
            )  # fmt: skip
            done = future.has_value(min(wait, confirm))  # and so was confirmed: one wait does for both
            if not done:
                wait_confirmed(confirmed, began + confirm)
                done = future.has_value(began + wait - time.monotonic())
        finally:
            self._replies.pop(id, None)
        if not done:
            return False, None
        error = future.value.get("error")
        if error is not None:
            raise from_wire(error)
        return True, future.value.get("result")

    def deliver(self, exchange: str, queue: str, body: Any, *, message_id: str, timeout: float) -> None:
        """Publish a message that a queue must take. Returns when the broker has it on disk. Raises Unavailable: no such
        queue, or no confirm in time; it is safe to send the same `message_id` again."""
        self.publish(exchange, queue, body, {}, timeout=timeout, message_id=message_id, mandatory=True)

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
        """Publish a persistent message and wait for the confirm. Raises Unavailable (outcome unknown)."""
        self.publish_all([(exchange, routing_key, body, headers, properties)], timeout=timeout)

    def publish_all(
        self, messages: Sequence[tuple[str, str, Any, Mapping[str, Any], Mapping[str, Any]]], *, timeout: float = 10.0
    ) -> None:
        """Publish many messages, then wait for all confirms: one round trip. Each is (exchange, routing key, body,
        headers, properties). An unroutable message is an error only if `mandatory`: an event may have no reader.
        Raises Invalid for one that is too large: then none is sent."""
        until = time.monotonic() + timeout
        for future in self.send([encoded(*each) for each in messages], timeout=timeout):
            wait_confirmed(future, until)

    def send(self, messages: Sequence[Message], *, timeout: float = 10.0) -> list[Future]:
        """Publish persistent messages in their order, over one connection; returns the confirm of each. Where one is
        not sent, none after it is, and their confirms are errors."""
        until, futures = time.monotonic() + timeout, [Future(each.properties.get("message_id")) for each in messages]
        self._ready.wait(max(min(timeout, 2.0), 0.0))
        confirms = self._confirms
        for place, message in enumerate(messages):
            try:
                self._send(*message[:4], until - time.monotonic(), confirm=futures[place], confirms=confirms,
                           delivery_mode=2, **message.properties)  # fmt: skip
            except Unavailable as error:
                for future in futures[place:]:
                    future.resolve(error=error)
                break
        return futures

    def reply(self, reply_to: str, correlation_id: str | None, payload: Mapping[str, Any] | JsonText) -> None:
        """Reply to a request, with a JsonText only to one that takes it. Without a confirm: a reply is of no use once
        the caller is gone. Raises Invalid for one that is too large."""
        body = serializer.encode(topology.RPC.name, payload)
        self._send(topology.RPC.name, reply_to, body, {}, 5.0, correlation_id=correlation_id, delivery_mode=1)

    def reply_all(self, reply_to: str, replies: Sequence[Reply]) -> None:
        """Reply to commands of one sender, many in a message. Raises Invalid where one of these is too large."""
        for start in range(0, len(replies), REPLIES_PER_MESSAGE):
            body = serializer.encode(topology.RPC.name, {"replies": replies[start : start + REPLIES_PER_MESSAGE]})
            self._send(topology.RPC.name, reply_to, body, {}, 5.0, delivery_mode=1)

    def _send(
        self,
        exchange: str,
        routing_key: str,
        payload: bytes,
        headers: Mapping[str, Any],
        timeout: float,
        *,
        confirm: Future | None = None,
        confirms: Confirms | None = None,
        mandatory: bool = False,
        expects_reply: bool = False,
        **properties: Any,
    ) -> None:
        until, is_result = time.monotonic() + timeout, isinstance(payload, JsonText)
        if signatures.is_due(exchange, expects_reply=expects_reply):
            id = properties.get("message_id") or properties.get("correlation_id")
            headers = {**headers, signatures.HEADER: signatures.sign(routing_key, id, headers, payload)}
        if not self._ready.is_set() and not self._ready.wait(max(min(timeout, 2.0), 0.0)):  # a wait takes a lock
            raise broker_away()
        if self._blocked:
            raise broker_full(exchange)
        with self._lock:
            while self._ready.is_set() and (write_buffer := self._write_buffer) and write_buffer.full:
                self._wait_for_room(write_buffer, exchange, until)
            channel = self._channel if confirm is None else self._confirm_channel
            if not self._ready.is_set():
                raise broker_away()
            if confirms is not None and confirms is not self._confirms:  # of a connection that is lost since
                raise broker_lost()
            if expects_reply:
                properties["reply_to"] = self._reply_to
            message = channel.prepare_message(
                payload, content_type=serializer.RESULT if is_result else serializer.CONTENT_TYPE,
                content_encoding=None if is_result else "utf-8", headers=dict(headers),
                properties={key: value for key, value in properties.items() if value is not None},
            )  # fmt: skip
            if confirm is not None:
                self._confirms.add(confirm)
            try:
                # Not channel.basic_publish: it reads from the socket, which only the connection's thread may do.
                channel.send_method(spec.Basic.Publish, "Bssbb", (0, exchange, routing_key, mandatory, False), message)
            except Exception as error:
                self._ready.clear()
                raise broker_lost() from error

    def _wait_for_room(self, write_buffer: WriteBuffer, exchange: str, until: float) -> None:
        """Without the lock meanwhile: the broker does not read, and what waits for it is held in memory."""
        WAITED.labels(exchange).inc()
        self._lock.release()
        try:
            in_time = write_buffer.wait_for_room(until - time.monotonic())
        finally:
            self._lock.acquire()
        if not in_time:
            raise broker_full(exchange)

    # -- the connection's thread -------------------------------------------------------------------------------------

    def _run(self) -> None:
        pause = 0.1
        while not self._stopping:
            try:
                connection = self._connect()
                pause = 0.1
                drain(connection, self._lock, lambda: self._stopping or not self._ready.is_set(),
                      self._confirms.oldest, lambda: self._blocked)  # fmt: skip
            except Exception as error:  # noqa: BLE001 -- after any error: connect again
                if not self._stopping:
                    _log.warning(
                        "connection lost",
                        extra={
                            "connection": self.name,
                            "error": type(error).__name__,
                            "text": str(error)[:200],
                            "pause": pause,
                        },
                    )
            finally:
                self._disconnect()
            if not self._stopping:
                time.sleep(pause)
                pause = min(pause * 2, 2.0)

    def _connect(self) -> ConnectionToOneOf:
        connection = self._connection = connect(
            self._uri, heartbeat=HEARTBEAT_SECONDS, connect_timeout=3,
            transport_options={"on_blocked": self._on_blocked, "on_unblocked": self._on_unblocked, "read_timeout": None,
                               "client_properties": {"connection_name": f"wsis {self.name}"}},
        )  # fmt: skip
        connection.connect()
        self._channel = connection.channel()
        self._channel.events["basic_return"].add(self._on_request_returned)
        self._confirm_channel, self._confirms = connection.channel(), Confirms()
        self._confirm_channel.confirm_select()
        self._confirm_channel.events["basic_ack"].add(self._confirms.on_ack)
        self._confirm_channel.events["basic_nack"].add(self._confirms.on_nack)
        self._confirm_channel.events["basic_return"].add(self._confirms.on_return)
        for exchange in (topology.RPC, topology.COMMANDS, topology.DEAD_LETTERS):
            exchange(self._channel).declare()
        self._reply_to = uuid.uuid4().hex
        self._consume(topology.reply_queue(f"{self.name}-{self._reply_to}", self._reply_to), self._on_reply)
        for number, (source, event) in enumerate(self._events):
            listen = Queue(f"rpc.reply-{self.name}-{self._reply_to}-{number}", topology.event_exchange(source),
                           routing_key=f"{event}.*", durable=False, exclusive=True, auto_delete=True)  # fmt: skip
            self._consume(listen, self._on_event_message)
        self._blocked = False
        if self._on_connect is not None:
            self._on_connect()
        buffer_reads(connection.connection.transport)
        self._write_buffer = WriteBuffer(connection.connection.transport, self._ready.clear, self.name)
        self._ready.set()
        return connection

    def _consume(self, queue: Queue, callback: Callable[[Any], None]) -> None:
        bound = queue(self._channel)
        bound.declare()
        self._channel.basic_consume(queue.name, no_ack=True, callback=callback)

    def _disconnect(self) -> None:
        self._ready.clear()
        with self._lock:  # whoever found it ready has added what they send: from here on nobody does
            confirms, self._confirms = self._confirms, Confirms()
        lost = broker_lost()
        confirms.fail(lost)
        for future in list(self._replies.values()):
            future.resolve(error=lost)
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.drop()
            except Exception as error:  # noqa: BLE001 -- closing a broken connection may raise anything
                _log.debug("closing", extra={"error": type(error).__name__})
        if self._write_buffer is not None:
            self._write_buffer.close()
            self._write_buffer = None

    # -- callbacks of the broker ---------------------------------------------------------------------------------------

    def _on_reply(self, message: Any) -> None:
        for id, reply, error in replies_in(message):
            future = self._replies.get(id)
            if future is not None:
                future.resolve(reply, error)

    def _on_event_message(self, message: Any) -> None:
        if self._on_event is not None:
            self._on_event(*heard(message))

    def _on_request_returned(self, _error: Any, _exchange: str, routing_key: str, message: Any) -> None:
        future = self._replies.get(message.properties.get("correlation_id"))
        if future is not None:
            future.resolve(error=unroutable(routing_key))

    def _on_blocked(self, reason: str) -> None:
        _log.error("publishing blocked by the broker", extra={"connection": self.name, "reason": reason})
        self._blocked = True

    def _on_unblocked(self) -> None:
        self._blocked = False
