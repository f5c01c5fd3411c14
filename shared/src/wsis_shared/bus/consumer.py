"""One consuming connection per process, open until the last message in flight is acknowledged.

nameko's own consumer closes its connection while workers still run, so the broker redelivers what they have done; it
acknowledges, and so loses, a message whose handler failed; and it logs the raw body of a message that it cannot decode.
This one cancels first, waits for the workers, and closes last; the entrypoint decides what happens to each message.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import eventlet
from amqp import spec
from kombu import Connection, Queue
from nameko.extensions import SharedExtension
from wsis_shared.amqp import topology
from wsis_shared.amqp.connection import ConnectionToOneOf, connect
from wsis_shared.amqp.declare import declare
from wsis_shared.amqp.drain import HEARTBEAT_SECONDS, drain
from wsis_shared.amqp.properties import UNREADABLE
from wsis_shared.amqp.read_buffer import buffer_reads
from wsis_shared.amqp.write_buffer import WriteBuffer

if TYPE_CHECKING:
    from amqp import Channel
    from eventlet.greenthread import GreenThread
    from kombu import Message
    from wsis_shared.bus.entrypoints import Requests
    from wsis_shared.bus.jobs import Messages

_log = logging.getLogger(__name__)

STOP_SECONDS = 3.0  # for the connection to close


@dataclass(eq=False)
class Subscription:
    """A queue, the limit of unacknowledged messages, and the callback for each message. `refuse(message, reason)`
    dead-letters one that cannot be read."""

    queue: Queue
    prefetch: int
    on_message: Callable[[Message], None]
    refuse: Callable[[Message, str], None]
    channel: Channel = field(default=None, repr=False)
    tag: str = ""
    opening: bool = False
    given_back: bool = False  # while it opened
    cancelled: bool = False


class Consumer(SharedExtension):
    """Consumes messages for all entrypoints of a service."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []
        self._lock = threading.Lock()
        self._stopping = False
        self._to_open = False  # whether a subscription has no channel and wants one
        self._thread: GreenThread | None = None
        self._connection: ConnectionToOneOf | None = None  # while it is open
        self.ready = threading.Event()
        self.jobs: Messages | None = None  # the handler of all messages of jobs
        self.rpc: Requests | None = None  # the dispatcher of RPC requests, shared by all methods of the service
        super().__init__()

    def add(self, subscription: Subscription) -> Subscription:
        """Register a subscription in `setup`, before the consumer starts."""
        self._subscriptions.append(subscription)
        return subscription

    def start(self) -> None:
        """Start to consume; reconnect whenever the connection is lost."""
        if self._thread is None:
            self._thread = self.container.spawn_managed_thread(self._run, identifier="consumer")

    def stop(self) -> None:
        """Called last, after all workers have ended."""
        self._stopping = True
        if self._connection is not None:
            self._connection.ask_to_close(self._lock)
        if self._thread is not None:
            with eventlet.Timeout(STOP_SECONDS, False):  # a broker that hangs is not waited for
                self._thread.wait()

    def kill(self) -> None:
        """Stop at once; the broker requeues unacknowledged messages."""
        self._stopping = True

    def cancel(self, subscription: Subscription) -> None:
        """Stop deliveries of a subscription; messages in flight continue."""
        with self._lock:
            subscription.cancelled = True
            if subscription.channel is not None and subscription.channel.connection is not None:
                try:
                    subscription.channel.basic_cancel(subscription.tag, nowait=True)
                except Exception as error:  # noqa: BLE001 -- a broken connection has cancelled it already
                    _log.debug("cancel", extra={"error": type(error).__name__})

    def give_back(self, subscription: Subscription) -> None:
        """Close the channel of a subscription: the broker has all its messages back in one step, in their order, before
        it delivers one of them again, here or elsewhere. A new channel follows, unless it is cancelled."""
        with self._lock:
            if subscription.opening:  # it has no message yet, and its opening waits for the broker's answer
                subscription.given_back = True
            else:
                self._close_channel(subscription)

    def _close_channel(self, subscription: Subscription) -> None:
        channel, subscription.channel, self._to_open = subscription.channel, None, True
        if channel is not None and channel.is_open:
            channel.is_open = False
            try:
                # Without a wait for the answer, which wakes the connection's own thread: only that one may read.
                channel.send_method(spec.Channel.Close, "BsBB", (0, "", 0, 0))
            except Exception as error:  # noqa: BLE001 -- the end of the connection gives them back too
                _log.debug("give back", extra={"error": type(error).__name__})

    def ack(self, message: Message, *, multiple: bool = False) -> None:
        """Acknowledge. If the connection is lost, the broker redelivers the message and the inbox drops it."""
        self._send(message, partial(message.ack, multiple=multiple))

    def requeue(self, message: Message) -> None:
        """Return the message to its queue; the broker counts deliveries."""
        self._send(message, message.requeue)

    def dead_letter(self, message: Message) -> None:
        """Reject without requeue: the broker moves the message to the dead-letter queue."""
        self._send(message, message.reject)

    def _send(self, message: Message, acknowledgement: Callable[[], None]) -> None:
        with self._lock:
            if not message.channel.is_open or message.acknowledged:
                return
            try:
                acknowledgement()
            except Exception as error:  # noqa: BLE001 -- whatever the socket raises, the broker redelivers
                _log.warning("message not acknowledged", extra={"error": type(error).__name__})

    def _run(self) -> None:
        pause = 0.1
        while not self._stopping:
            properties = {"connection_name": f"wsis {self.container.service_name} consumer"}
            connection = connect(
                self.container.config["AMQP_URI"],
                heartbeat=HEARTBEAT_SECONDS,
                connect_timeout=3,
                transport_options={"client_properties": properties},
            )
            write_buffer = None
            try:
                connection.connect()
                buffer_reads(connection.connection.transport)
                # One write sends the acknowledgements of many workers; from here on a failed send ends the loop.
                broken = threading.Event()
                write_buffer = WriteBuffer(
                    connection.connection.transport, broken.set, f"{self.container.service_name}-acks"
                )
                self._consume(connection)
                pause = 0.1
                self._connection = connection
                while not self._stopping and not broken.is_set():
                    drain(connection, self._lock, partial(self._is_wanted, broken))
                    self._open_all(connection)
            except Exception as error:  # noqa: BLE001 -- after any error: connect again
                if not self._stopping:
                    _log.warning("connection lost", extra={"error": type(error).__name__, "text": str(error)[:200]})
            finally:
                self._connection = None
                self.ready.clear()
                connection.drop()
                if write_buffer is not None:
                    write_buffer.close()
            if not self._stopping:
                time.sleep(pause)
                pause = min(pause * 2, 2.0)

    def _is_wanted(self, broken: threading.Event) -> bool:
        return self._stopping or broken.is_set() or self._to_open

    def _consume(self, connection: Connection) -> None:
        declaring = connection.channel()
        for exchange in (topology.RPC, topology.COMMANDS, topology.DEAD_LETTERS, topology.REQUEUE):
            exchange(declaring).declare()
        queues = [subscription.queue for subscription in self._subscriptions]
        declare([topology.dead_letter_queue(self.container.service_name), *queues], connection)
        for queue in filter(topology.returns_dead_letters, queues):
            declaring.queue_bind(queue.name, topology.REQUEUE.name, queue.name)
        for subscription in self._subscriptions:
            subscription.channel = None  # that of the connection before
        # Only after every queue is declared: a client that sees this service respond may send it anything.
        self._open_all(connection)
        self.ready.set()

    def _open_all(self, connection: Connection) -> None:
        self._to_open = False
        for subscription in self._subscriptions:
            if subscription.channel is None and not subscription.cancelled:
                self._open(connection, subscription)

    def _open(self, connection: Connection, subscription: Subscription) -> None:
        subscription.opening, subscription.given_back = True, False
        channel = connection.channel()
        channel.auto_decode = False  # by an encoding that the sender names: some are slow
        channel.basic_qos(0, subscription.prefetch, False)
        subscription.channel = channel
        on_message = partial(self._on_message, subscription, channel)
        subscription.tag = channel.basic_consume(subscription.queue.name, callback=on_message)
        with self._lock:
            subscription.opening = False
            if subscription.given_back:
                self._close_channel(subscription)

    def _on_message(self, subscription: Subscription, channel: Channel, raw: object) -> None:
        if subscription.cancelled or channel is not subscription.channel:  # the broker has it back
            return
        message = channel.message_to_python(raw)
        if unreadable := message.headers.get(UNREADABLE):
            return subscription.refuse(message, f"properties: {unreadable}")
        try:
            subscription.on_message(message)
        except Exception as error:  # noqa: BLE001 -- one message must not end the connection of all
            subscription.refuse(message, type(error).__name__)
