"""What tests of the suite use: real broker, real store, services in processes of their own (docs/testing.md).

The test process itself is never monkey-patched; a service under test runs in a process of its own (`programs.py`).
"""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from kombu import Connection, Queue
from wsis_local.patience import Deadline, factor, load
from wsis_shared import clock
from wsis_shared.amqp import serializer, topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.context import ANONYMOUS, Actor, Context
from wsis_shared.errors import NotFound, SuiteError, to_wire
from wsis_shared.events import EventKey
from wsis_shared.jobs.states import is_live
from wsis_shared.tracing import new_traceparent
from wsis_testkit import programs

T = TypeVar("T")


def wait_for(condition: Callable[[], T], seconds: float = 15.0, what: str = "") -> T:
    """Poll until `condition()` is true and return what it returned; AssertionError when the time is up.
    `seconds` are those of a quiet machine. A condition may cost a request: who waits long asks less often."""
    deadline, pause = Deadline(seconds), 0.02
    while True:
        value = condition()
        if value:
            return value
        if deadline.passed:
            raise AssertionError(f"not within {seconds} s: {what or condition} ({load()})")
        time.sleep(pause)
        pause = min(pause * 1.2, 0.1)


def unsent(db: Any, event: str) -> list[dict[str, Any]]:
    """The CloudEvents of a type that a service has stored and not published yet, in their order."""
    events = [row["event"] for row in db["outbox"].find().sort("at", 1)]
    return [found for found in events if found["type"].split(".")[-2] == event]


@contextmanager
def refused(code: str, **params: Any) -> Iterator[pytest.ExceptionInfo[SuiteError]]:
    """The block must raise the error of this code, with these among its params: clients branch on them."""
    with pytest.raises(SuiteError) as raised:
        yield raised
    error = raised.value
    assert (error.code, {name: error.params.get(name) for name in params}) == (code, params)


def actor(*roles: str, id: str = "", agency: str | None = None) -> Actor:
    """A signed-in account with roles, for example `actor("officer")`; `member` is always included."""
    return Actor(id or uuid.uuid4().hex, ("member", *roles), "session", agency)


def make_context(who: Actor = ANONYMOUS, **more: Any) -> Context:
    """The context that the gateway would make; `received_at=`, `locale=`, `idempotency_key=` as needed."""
    return replace(Context(actor=who, request_id=uuid.uuid4().hex, traceparent=new_traceparent()), **more)


def crash_at(place: str) -> dict[str, str]:
    """The environment of a service that dies, as by kill -9, at "module:Class.method:before" or "...:after"; the fork
    server reads it."""
    return {"CRASH_AT": place}


def skewed(seconds: float) -> dict[str, str]:
    """The environment of a process whose wall clock is wrong by so much."""
    paths = [str(Path(__file__).with_name("skewed")), os.environ.get("PYTHONPATH", "")]
    return {"SKEW_SECONDS": str(seconds), "PYTHONPATH": os.pathsep.join(filter(None, paths))}


@dataclass
class Served:
    """A service that runs in a process of its own."""

    name: str
    process: programs.Running
    amqp_client: AmqpClient
    log: Path

    def call(
        self,
        method: str,
        who: Actor = ANONYMOUS,
        /,
        *,
        timeout: float = 10.0,
        context: Mapping[str, Any] | None = None,
        **arguments: Any,
    ) -> Any:
        """Call a method as the gateway does; raises the SuiteError that it raised."""
        ctx = make_context(who, **(context or {}))
        return self.amqp_client.request(self.name, method, arguments, ctx, timeout=timeout * factor())

    def run_job(self, method: str, who: Actor, /, *, seconds: float = 60.0, **arguments: Any) -> Any:
        """Call a method that starts a job, and return its result; AssertionError where it did not succeed."""
        started = self.call(method, who, **arguments)

        def ended() -> Any:
            job = self.call("read_job", who, job=started["id"])
            return job if not is_live(job) else None

        job = wait_for(ended, seconds, f"the job of {method}")
        assert job["state"] == "succeeded", job
        return job["result"]

    def command(
        self,
        method: str,
        who: Actor,
        args: dict[str, Any],
        body: dict[str, Any],
        *,
        wait: float = 10.0,
        message_id: str = "",
        **more: Any,
    ) -> Any:
        """Send a command and return its outcome; AssertionError where none came in time."""
        payload = {"args": args, "body": body}
        id = message_id or uuid.uuid4().hex
        context = make_context(who, **more)
        wait *= factor()
        done, outcome = self.amqp_client.command(self.name, method, payload, context, message_id=id, wait=wait)
        assert done, f"{self.name}.{method} did not finish in {wait} s"
        return outcome

    def healthy(self) -> bool:
        """Does it answer?"""
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended: {self.log.read_text('utf-8')[-3000:]}")
        if b'"serving"' not in self.log.read_bytes():
            return False  # another process of the same service would answer for it
        try:
            return bool(self.call("health", timeout=1.0))
        except SuiteError:
            return False

    def wait_healthy(self) -> Served:
        """Wait until it answers."""
        wait_for(self.healthy, 90, f"{self.name} to answer")
        return self

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30.0) -> int:
        """Send a signal and wait for the end; returns the exit status."""
        return programs.stop(self.process, number, seconds)


def serve(
    name: str,
    environment: Mapping[str, str],
    amqp_client: AmqpClient,
    folder: Path,
    *,
    wait: bool = True,
    real: bool = False,
) -> Served:
    """Start the installed service `name` and wait until it answers; `real` as in `programs.start`."""
    log = folder / f"{name}-{uuid.uuid4().hex[:6]}.log"
    served = Served(name, programs.start("service", [name], environment, log, real=real), amqp_client, log)
    return served.wait_healthy() if wait else served


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
                raise NotFound("suite.method_unknown", "The service has no such method.")
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
    key = EventKey(source, event, version)
    envelope = {
        "specversion": "1.0",
        "id": id or uuid.uuid4().hex,
        "source": f"/wsis/{source}",
        "type": key.cloudevents_type,
        "time": clock.iso(time or clock.now()),
        "subject": subject,
        "datacontenttype": "application/json",
        "traceparent": new_traceparent(),
        "sequence": f"{sequence:020d}",
        "data": dict(data),
    }
    amqp_client.publish(topology.event_exchange(source).name, key.routing_key, envelope, {}, message_id=envelope["id"])
    return str(envelope["id"])


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
