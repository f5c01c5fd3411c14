"""One AMQP connection that connects and reconnects in a thread of its own.

Replies are matched by correlation id and publisher confirms by delivery tag: a hundred callers share one connection and
one round trip of confirms (group commit). Plain threads: gevent (gateway) and eventlet (services) patch them.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Self

from amqp import spec
from kombu import Queue
from wsis_shared.amqp import serializer, signatures, topology
from wsis_shared.amqp.confirms import Confirms
from wsis_shared.amqp.connection import ConnectionToOneOf, connect
from wsis_shared.amqp.drain import HEARTBEAT_SECONDS, drain
from wsis_shared.amqp.failures import broker_away, broker_full, broker_lost, unroutable
from wsis_shared.amqp.future import Future
from wsis_shared.amqp.messages import heard
from wsis_shared.amqp.read_buffer import buffer_reads
from wsis_shared.amqp.replies import replies_in
from wsis_shared.amqp.write_buffer import WriteBuffer
from wsis_shared.json_text import JsonText
from wsis_shared.metrics import WAITED

if TYPE_CHECKING:
    from amqp import Channel
    from kombu import Message

_log = logging.getLogger(__name__)


class ReconnectingConnection:
    """A connection over which any thread sends. `_send` adds a message to what is written, with the `Future` of its
    confirm; whoever awaits a reply puts a `Future` into `_replies`, under a correlation id of its own.

    `on_event(source, type, envelope)` is called for each of the `events`, in any version, while connected. Events are
    not queued while it is disconnected: after each connect it calls `on_connect()`, since state derived from earlier
    events may be stale.
    """

    def __init__(
        self,
        uri: str,
        name: str,
        *,
        events: Sequence[tuple[str, str]] = (),
        on_event: Callable[[str, str, Mapping[str, object]], None] | None = None,
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
        self._channel: Channel = None
        self._confirm_channel: Channel = None
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
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

    def problem(self) -> str:
        """Why a process that needs this client is not ready."""
        return "" if self.connected else "not connected"

    @property
    def blocked(self) -> bool:
        """True while the broker blocks publishers (memory or disk alarm)."""
        return self._blocked

    def wait_connected(self, seconds: float) -> bool:
        """True once connected, False after `seconds`."""
        return self._ready.wait(seconds)

    def _send(
        self,
        exchange: str,
        routing_key: str,
        payload: bytes,
        headers: Mapping[str, object],
        timeout: float,
        *,
        confirm: Future | None = None,
        confirms: Confirms | None = None,
        mandatory: bool = False,
        expects_reply: bool = False,
        **properties: object,
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
                payload,
                content_type=serializer.RESULT if is_result else serializer.CONTENT_TYPE,
                content_encoding=None if is_result else "utf-8",
                headers=dict(headers),
                properties={key: value for key, value in properties.items() if value is not None},
            )
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
                drain(
                    connection,
                    self._lock,
                    lambda: self._stopping or not self._ready.is_set(),
                    self._confirms.oldest,
                    lambda: self._blocked,
                )
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
            self._uri,
            heartbeat=HEARTBEAT_SECONDS,
            connect_timeout=3,
            transport_options={
                "on_blocked": self._on_blocked,
                "on_unblocked": self._on_unblocked,
                "read_timeout": None,
                "client_properties": {"connection_name": f"wsis {self.name}"},
            },
        )
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
        replies = topology.reply_queue(f"{self.name}-{self._reply_to}", self._reply_to)
        self._consume(replies, self._on_reply)
        connection.own_queue = replies.name
        for number, (source, event) in enumerate(self._events):
            listen = Queue(
                f"rpc.reply-{self.name}-{self._reply_to}-{number}",
                topology.event_exchange(source),
                routing_key=f"{event}.*",
                durable=False,
                exclusive=True,
                auto_delete=True,
            )
            self._consume(listen, self._on_event_message)
        self._blocked = False
        if self._on_connect is not None:
            self._on_connect()
        buffer_reads(connection.connection.transport)
        self._write_buffer = WriteBuffer(connection.connection.transport, self._ready.clear, self.name)
        self._ready.set()
        return connection

    def _consume(self, queue: Queue, callback: Callable[[object], None]) -> None:
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
            connection.drop()
        if self._write_buffer is not None:
            self._write_buffer.close()
            self._write_buffer = None

    # -- callbacks of the broker ---------------------------------------------------------------------------------------

    def _on_reply(self, message: object) -> None:
        for id, reply, error in replies_in(message):
            future = self._replies.get(id)
            if future is not None:
                future.resolve(reply, error)

    def _on_event_message(self, message: object) -> None:
        if self._on_event is not None:
            self._on_event(*heard(message))

    def _on_request_returned(self, _error: object, _exchange: str, routing_key: str, message: Message) -> None:
        future = self._replies.get(message.properties.get("correlation_id"))
        if future is not None:
            future.resolve(error=unroutable(routing_key))

    def _on_blocked(self, reason: str) -> None:
        _log.error("publishing blocked by the broker", extra={"connection": self.name, "reason": reason})
        self._blocked = True

    def _on_unblocked(self) -> None:
        self._blocked = False
