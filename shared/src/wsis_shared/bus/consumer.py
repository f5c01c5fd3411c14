"""One consuming connection per process, kept until the last message in work is acknowledged.

nameko's own consumer closes its connection while workers still run, so that the broker redelivers what they have done;
it acknowledges, and so loses, what a handler failed on; and it logs the raw body of what it cannot decode. This one
cancels first, waits for the workers, and closes last; the entrypoint says what becomes of each message.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kombu import Connection, Queue
from nameko.extensions import SharedExtension
from wsis_shared.amqp import topology
from wsis_shared.amqp.write_buffer import WriteBuffer

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Subscription:
    """A queue, how many unacknowledged messages we hold of it, and what takes each."""

    queue: Queue
    prefetch: int
    take: Callable[[Any], None]
    channel: Any = field(default=None, repr=False)
    tag: str = ""
    cancelled: bool = False


class Consumer(SharedExtension):
    """Takes messages for all entrypoints of a service."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []
        self._lock = threading.Lock()
        self._stopping = False
        self._thread: Any = None
        self.ready = threading.Event()
        self.rpc: Any = None  # what takes the requests, shared by all methods of the service
        super().__init__()

    def add(self, subscription: Subscription) -> Subscription:
        """Register in `setup`, before consuming starts."""
        self._subscriptions.append(subscription)
        return subscription

    def start(self) -> None:
        """Begin to consume, and again after each loss of the broker, for ever."""
        if self._thread is None:
            self._thread = self.container.spawn_managed_thread(self._run, identifier="consumer")

    def stop(self) -> None:
        """Called last, when no worker runs any more."""
        self._stopping = True
        if self._thread is not None:
            self._thread.wait()

    def kill(self) -> None:
        """Leave at once; what is unacknowledged goes back to the broker."""
        self._stopping = True

    def cancel(self, subscription: Subscription) -> None:
        """Take no further messages; those in hand go on."""
        with self._lock:
            subscription.cancelled = True
            if subscription.channel is not None and subscription.channel.connection is not None:
                try:
                    subscription.channel.basic_cancel(subscription.tag, nowait=True)
                except Exception as error:  # noqa: BLE001 -- a broken connection has cancelled it already
                    _log.debug("cancel", extra={"error": type(error).__name__})

    def ack(self, message: Any, *, multiple: bool = False) -> None:
        """Done. Where the connection was lost meanwhile the broker redelivers, and the inbox finds it done."""
        self._answer(message, partial(message.ack, multiple=multiple))

    def requeue(self, message: Any) -> None:
        """Try again; the broker counts."""
        self._answer(message, message.requeue)

    def park(self, message: Any) -> None:
        """Put aside for an operator (dead-letter)."""
        self._answer(message, message.reject)

    def _answer(self, message: Any, answer: Callable[[], None]) -> None:
        with self._lock:
            if message.channel.connection is None or message.acknowledged:
                return
            try:
                answer()
            except Exception as error:  # noqa: BLE001 -- whatever the socket raises, the broker will redeliver
                _log.warning("not acknowledged", extra={"error": type(error).__name__})

    def _run(self) -> None:
        pause = 0.1
        while not self._stopping:
            named = {"connection_name": f"wsis {self.container.service_name} consumer"}
            connection = Connection(
                self.container.config["AMQP_URI"],
                heartbeat=20,
                connect_timeout=3,
                transport_options={"client_properties": named},
            )
            gathered = None
            try:
                connection.connect()
                # Acknowledgements of many workers leave together; from here on a failure to send ends the draining.
                broken = threading.Event()
                gathered = WriteBuffer(
                    connection.connection.transport, broken.set, f"{self.container.service_name}-acks"
                )
                self._consume(connection)
                pause = 0.1
                self._drain(connection, broken)
            except Exception as error:  # noqa: BLE001 -- any fault means: connect again
                if not self._stopping:
                    _log.warning("connection lost", extra={"error": type(error).__name__, "text": str(error)[:200]})
            finally:
                self.ready.clear()
                self._close(connection)
                if gathered is not None:
                    gathered.close()
            if not self._stopping:
                time.sleep(pause)
                pause = min(pause * 2, 2.0)

    def _close(self, connection: Connection) -> None:
        try:
            connection.release() if self._stopping else connection.collect(1)
        except Exception as error:  # noqa: BLE001 -- closing what is broken may fail in any way
            _log.debug("closing", extra={"error": type(error).__name__})

    def _consume(self, connection: Connection) -> None:
        declaring = connection.channel()
        for exchange in (topology.RPC, topology.COMMANDS, topology.DEAD_LETTERS):
            exchange(declaring).declare()
        topology.dead_letter_queue(self.container.service_name)(declaring).declare()
        for subscription in self._subscriptions:
            declare(subscription.queue, declaring)
        # Only when every queue stands: whoever hears that this service answers may send it anything.
        for subscription in self._subscriptions:
            channel = connection.channel()
            channel.basic_qos(0, subscription.prefetch, False)
            subscription.channel = channel
            if not subscription.cancelled:
                on_message = partial(self._on_message, subscription, channel)
                subscription.tag = channel.basic_consume(subscription.queue.name, callback=on_message)
        self.ready.set()

    def _on_message(self, subscription: Subscription, channel: Any, raw: Any) -> None:
        if not subscription.cancelled:  # else it stays unacknowledged and goes to another process
            subscription.take(channel.message_to_python(raw))

    def _drain(self, connection: Connection, broken: threading.Event) -> None:
        beat = time.monotonic()
        while not self._stopping and not broken.is_set():
            try:
                connection.drain_events(timeout=0.5)
            except TimeoutError:
                pass
            if time.monotonic() - beat > 5:
                beat = time.monotonic()
                with self._lock:
                    connection.heartbeat_check(rate=2)


def declare(queue: Queue, channel: Any) -> None:
    """Declare a queue with the exchange or exchanges that it is bound to."""
    for bound in queue.bindings or ():
        bound.exchange(channel).declare()
    queue(channel).declare()
