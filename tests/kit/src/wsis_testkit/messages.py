"""The other side of the broker: who subscribes to events, who answers in place of a service, who publishes."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kombu import Connection, Queue
from wsis_local.patience import factor
from wsis_shared import clock
from wsis_shared.amqp import serializer, topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.errors import NotFound, to_wire
from wsis_shared.events import EventKey
from wsis_shared.tracing import new_traceparent
from wsis_testkit.waiting import wait_for


@dataclass
class Published:
    """The events of one service, as a subscriber sees them."""

    events: list[dict[str, Any]] = field(default_factory=list)

    def of(self, event: str) -> list[dict[str, Any]]:
        """The CloudEvents of that type so far, for example `of("voting_closed")`."""
        return [seen for seen in self.events if f".{event}." in seen["type"]]

    def wait(self, event: str, count: int = 1, seconds: float = 15.0) -> list[dict[str, Any]]:
        """Wait for `count` of them."""
        return wait_for(lambda: self.of(event) if len(self.of(event)) >= count else [], seconds, f"{count} {event}")


class Background:
    """A consuming thread of a test: `take(channel, message)` for each message of a queue."""

    def __init__(self, uri: str, queue: Queue, take: Callable[[Any, Any], None]) -> None:
        self._uri, self._queue, self._take = uri, queue, take
        self._stop, self._ready = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        if not self._ready.wait(10 * factor()):
            raise AssertionError(f"cannot consume from {queue.name}")

    def _run(self) -> None:
        with Connection(self._uri) as connection:
            channel = connection.channel()
            for exchange in (topology.RPC, topology.COMMANDS, topology.DEAD_LETTERS):
                exchange(channel).declare()
            self._queue(channel).declare()
            channel.basic_consume(
                self._queue.name, no_ack=True, callback=lambda raw: self._take(channel, channel.message_to_python(raw))
            )
            self._ready.set()
            while not self._stop.is_set():
                try:
                    connection.drain_events(timeout=0.2)
                except TimeoutError:
                    continue

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        self._thread.join(5)


def collect(uri: str, source: str) -> tuple[Published, Background]:
    """Subscribe to all events of `source` from now on."""
    published = Published()

    def take(_channel: Any, message: Any) -> None:
        event = serializer.loads(message.body)
        if "type" in event:  # what wakes relays has none
            published.events.append(event)

    queue = Queue(
        f"test.{uuid.uuid4().hex}",
        topology.event_exchange(source),
        routing_key="#",
        exclusive=True,
        auto_delete=True,
        durable=False,
    )
    return published, Background(uri, queue, take)


def fake_service(uri: str, service: str, methods: Mapping[str, Callable[..., Any]]) -> Background:
    """A service whose methods are the given functions: `fake_service(uri, "accounts", {"contacts": fn})`."""

    def take(channel: Any, message: Any) -> None:
        method = message.delivery_info["routing_key"].split(".")[-1]
        kwargs = serializer.loads(message.body)["kwargs"]
        try:
            if method not in methods:
                raise NotFound("suite.method_unknown")
            payload = {"result": methods[method](**kwargs), "error": None}
        except Exception as error:  # noqa: BLE001 -- crosses the wire as it would from a service
            payload = {"result": None, "error": to_wire(error)}
        reply = channel.prepare_message(
            serializer.dumps(payload),
            content_type=serializer.CONTENT_TYPE,
            content_encoding="utf-8",
            properties={"correlation_id": message.properties["correlation_id"]},
        )
        channel.basic_publish(reply, exchange=topology.RPC.name, routing_key=message.properties["reply_to"])

    return Background(uri, topology.rpc_queue(service), take)


def publish(
    amqp_client: AmqpClient,
    source: str,
    event: str,
    data: Mapping[str, Any],
    *,
    subject: str = "test",
    sequence: int = 1,
    version: int = 1,
    id: str = "",
    time: datetime | None = None,
) -> str:
    """Publish an event as the service `source` would, of now or of another moment; returns its id."""
    key, id = EventKey(source, event, version), id or uuid.uuid4().hex
    envelope = {
        "specversion": "1.0",
        "id": id,
        "source": f"/wsis/{source}",
        "type": key.cloudevents_type,
        "time": clock.iso(time or clock.now()),
        "subject": subject,
        "datacontenttype": "application/json",
        "traceparent": new_traceparent(),
        "sequence": f"{sequence:020d}",
        "data": dict(data),
    }
    amqp_client.publish(topology.event_exchange(source).name, key.routing_key, envelope, {}, message_id=id)
    return id


def publish_mail(
    amqp_client: AmqpClient,
    service: str,
    handler: str,
    *,
    recipient: str,
    sender: str = "",
    blob: str = "",
    id: str = "",
) -> str:
    """Hand a mail to the `@inbound_mail` method of a service as the listener would; returns its id."""
    id = id or uuid.uuid4().hex
    event = {
        "specversion": "1.0",
        "id": id,
        "source": "/wsis/mail",
        "type": "wsis.mail.received.v1",
        "time": clock.iso(clock.now()),
        "datacontenttype": "application/json",
        "traceparent": new_traceparent(),
        "data": {"recipient": recipient, "sender": sender, "blob": blob, "size": 0},
    }
    queue = topology.mail_queue(service, handler).name
    amqp_client.deliver(topology.MAIL.name, queue, event, message_id=id, timeout=5.0 * factor())
    return id
