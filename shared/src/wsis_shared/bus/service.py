"""The base of every service, and the dependencies that its methods see."""

from __future__ import annotations

import inspect
import logging
import threading
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from kombu import Connection
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, DependencyProvider
from pymongo.database import Database
from pymongo.errors import PyMongoError
from wsis_shared import context, mongo, sessions
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.bus.consumer import declare
from wsis_shared.bus.entrypoints import rpc
from wsis_shared.bus.link import SharedLink
from wsis_shared.bus.subscriptions import Subscribe, SubscribeBatches
from wsis_shared.lease import Lease
from wsis_shared.metrics import OUTBOX, OUTBOX_AGE
from wsis_shared.mongo import Collection
from wsis_shared.outbox import Relay
from wsis_shared.plugin import discover

_log = logging.getLogger(__name__)


class Bus:
    """What a worker sees: the service's name and database, whether it is stopping, and the outbox's depth."""

    def __init__(self, service: str, db: Database[dict[str, Any]], shared: SharedLink, relay: Relay) -> None:
        self.service, self.db, self.relay = service, db, relay
        self._shared = shared
        self._leases: dict[str, Lease] = {}

    def stopping(self) -> bool:
        """True once a stop was asked for: wait for nothing that may take long."""
        return self._shared.stopping

    def lease(self, name: str, seconds: float) -> Lease:
        """This process's hold on work that one process does at a time."""
        if name not in self._leases:
            self._leases[name] = Lease(Collection(self.db["leases"]), name, seconds=seconds)
        return self._leases[name]


class BusProvider(DependencyProvider):
    """Runs the outbox relay beside the workers."""

    shared = SharedLink()

    def setup(self) -> None:
        """Make the relay of this service."""
        name = self.container.service_name
        db = mongo.database(name)
        collections = getattr(self.container.service_cls, "outboxes", ())
        relay = Relay(name, db, collections, self.shared.publish_events)
        self.sessions = sessions.register(db)
        self.bus = Bus(name, db, self.shared, relay)

    def start(self) -> None:
        """Send what waits, from the first moment on."""
        self._ended = threading.Event()
        spawn = self.container.spawn_managed_thread
        self._threads = [spawn(self._relay, identifier="outbox"), spawn(self._beat, identifier="beat")]

    def _relay(self) -> None:
        declare_expected(self.container.config["AMQP_URI"], self.container.service_name, self._ended.is_set)
        self.bus.relay.run(self._ended.is_set)

    def _beat(self) -> None:
        while True:
            try:
                self.sessions.beat()
            except PyMongoError as error:
                _log.warning("no sign of life given", extra={"error": type(error).__name__})
            if self._ended.wait(sessions.BEAT_SECONDS):
                return

    def stop(self) -> None:
        """After the workers: what they saved last is sent now or by the next process."""
        self._ended.set()
        for thread in self._threads:
            thread.wait()
        self.sessions.leave()

    def get_dependency(self, worker_ctx: Any) -> Bus:
        """The same narrow object for all workers."""
        return self.bus


class Provide(DependencyProvider):
    """`store = Provide(Store)`: one repository per process over the service's own database."""

    def __init__(self, repository: Callable[[Database[dict[str, Any]]], Any]) -> None:
        self._repository = repository

    def setup(self) -> None:
        """Make it."""
        self._made = self._repository(mongo.database(self.container.service_name))

    def get_dependency(self, worker_ctx: Any) -> Any:
        """The same repository for all workers."""
        return self._made


class Remote(DependencyProvider):
    """`accounts = Remote("accounts")`, then `self.accounts.contacts(ids=[...])`: a call to another service that ends
    with an answer, that service's SuiteError, or Unavailable after `timeout` seconds; never later, never for ever."""

    shared = SharedLink()

    def __init__(self, service: str, timeout: float = 5.0) -> None:
        self._service, self._timeout = service, timeout

    def get_dependency(self, worker_ctx: Any) -> RemoteService:
        """A caller under the context of this worker."""
        return RemoteService(self.shared.link, self._service, self._timeout)


class RemoteService:
    """Attributes are methods of the other service; only keyword arguments."""

    def __init__(self, link: AmqpClient, service: str, timeout: float) -> None:
        self._link, self._service, self._timeout = link, service, timeout

    def __getattr__(self, call: str) -> Callable[..., Any]:
        def remote(**arguments: Any) -> Any:
            return self._link.request(self._service, call, arguments, context.current(), timeout=self._timeout)

        return remote


class Service:
    """Base of the services. `outboxes` names the collections whose documents carry events. `calls_in_hand`: requests
    that a process takes at a time, where that must be few for its commands' sake; further ones wait in the queue."""

    name: str
    outboxes: tuple[str, ...] = ()
    calls_in_hand: int | None = None
    bus = BusProvider()

    @rpc
    def health(self) -> dict[str, Any]:
        """What `/readyz` shows of this service: version, the store's answer in milliseconds, the outbox's depth."""
        started = time.monotonic()
        self.bus.db.command("ping")
        took = time.monotonic() - started
        outbox = self.bus.relay.depth()
        OUTBOX.labels(self.name).set(outbox["waiting"])
        OUTBOX_AGE.labels(self.name).set(outbox["oldest_seconds"])
        return {
            "service": self.name,
            "version": _version(self.name),
            "store_ms": round(took * 1000, 1),
            "outbox": outbox,
        }


def _version(name: str) -> str:
    try:
        return version(f"wsis-{name}")
    except PackageNotFoundError:
        return "0"


def declare_queues(uri: str, service: type[Service]) -> list[str]:
    """Make the queues of all events that a service handles, before it runs for the first time: what others publish
    meanwhile waits in them. Returns their names."""
    handlers = [
        entrypoint
        for _, method in inspect.getmembers(service, callable)
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ())
        if isinstance(entrypoint, Subscribe | SubscribeBatches)
    ]
    queues = [queue for handler in handlers if (queue := handler.queue(service.name)) is not None]
    with Connection(uri, connect_timeout=3) as connection:
        channel = connection.channel()
        topology.DEAD_LETTERS(channel).declare()
        for queue in queues:
            declare(queue, channel)
    return sorted(queue.name for queue in queues)


def declare_expected(uri: str, source: str, stopping: Callable[[], bool]) -> None:
    """Make the queues of everybody who expects our events, also of services that have not run yet, and our exchange.

    An event published before its reader's queue exists is confirmed by the broker and vanishes (reliability, 1.1).
    """
    while not stopping():
        try:
            with Connection(uri, connect_timeout=3) as connection:
                channel = connection.channel()
                topology.event_exchange(source)(channel).declare()
                for plugin in discover():
                    for expected in plugin.depends_on:
                        if expected.source == source:
                            declare(topology.event_queue(plugin.name, [(source, expected.type)]), channel)
                return
        except Exception as error:  # noqa: BLE001 -- the broker is away or refuses: say so and try again
            _log.warning("event queues not declared yet", extra={"error": type(error).__name__})
            time.sleep(1)
