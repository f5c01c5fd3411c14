"""The base of every service, and what its methods see as `self.bus`."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version

import eventlet
from nameko.extensions import DependencyProvider
from pymongo.errors import PyMongoError
from wsis_shared import auth, clock, export_audit, mongo, probes, process_registry
from wsis_shared.assignments import AssignmentCheck
from wsis_shared.blobs import store as blob_store
from wsis_shared.blobs.store import BlobStore
from wsis_shared.bus.dead_letter_api import DeadLetterApi
from wsis_shared.bus.job_api import JobApi
from wsis_shared.bus.marks import make_entrypoints
from wsis_shared.bus.queues import declare_consumer_queues
from wsis_shared.bus.shared_client import Report, SharedClient
from wsis_shared.bus.waiting_api import WaitingApi
from wsis_shared.collection import Collection
from wsis_shared.collection_specs import declare as declare_collections
from wsis_shared.errors import Unavailable
from wsis_shared.events import PendingEvent, envelope
from wsis_shared.jobs.repository import Jobs
from wsis_shared.lease import Lease, LeaseRow
from wsis_shared.migrations import Migration, Versions
from wsis_shared.migrations import of_plugin as migrations_of
from wsis_shared.moments import Moments
from wsis_shared.mongo_connection import Database
from wsis_shared.operations import every, rpc
from wsis_shared.outbox.relay import Relay
from wsis_shared.plugin import DiscoveryResult, discover
from wsis_shared.settings import Suite
from wsis_shared.waiting.repository import WaitingDocuments

_log = logging.getLogger(__name__)

STOP_SECONDS = 3.0  # for the thread of a part to end


class Bus:
    """What a handler sees as `self.bus`: the service's name, database and files, leases, whether it is stopping."""

    def __init__(
        self,
        service: str,
        db: Database,
        shared: SharedClient,
        relay: Relay,
        migrations: Sequence[Migration],
        found: DiscoveryResult,
    ) -> None:
        self.service, self.db, self.relay, self.migrations = service, db, relay, migrations
        self._shared = shared
        plugin = found.get(service)
        self.jobs = Jobs(db, service, Suite.load().jobs_kept_days)
        self.job_kinds = {kind.name: kind for kind in plugin.jobs} if plugin is not None else {}
        self.job_titles = plugin.job_titles if plugin is not None else {}
        self.moments = Moments(plugin.routes if plugin is not None else ())
        self.grants = auth.grants(each.grants for each in found)
        assignments = plugin.load("assignments") if plugin is not None else None
        self.assignment_check = AssignmentCheck(plugin, found, self.grants, assignments and assignments(db))
        self.waiting_titles = plugin.waiting_titles if plugin is not None else {}
        self.waiting = WaitingDocuments(db, plugin.waiting if plugin is not None else ())
        self._leases: dict[str, Lease] = {}

    @cached_property
    def blobs(self) -> BlobStore:
        """The files of this service."""
        return blob_store.of(self.service)

    def stopping(self) -> bool:
        """True after a stop was requested: start nothing that may take long."""
        return self._shared.stopping

    @property
    def problems(self) -> dict[str, str]:
        """The parts of this process that are not ready, with the reasons."""
        return probes.problems_of(self.service, self._shared.checks)

    @property
    def health(self) -> Mapping[str, Report]:
        """What the service itself reports of its health."""
        return self._shared.health

    def notify(self, *pending: PendingEvent) -> bool:
        """Publish events that nobody needs to receive: each says that a state has changed, for those who follow it, and
        whoever misses it reads the state later. Nothing is stored; False if the broker did not confirm them."""
        sequence = time.time_ns() // 1_000_000
        try:
            self._shared.publish_events(self.service, [envelope(self.service, each, sequence) for each in pending])
        except Unavailable:
            return False
        return True

    def wakeup(self, worker: str) -> None:
        """End the wait of a `@worker` of this process: there is something to do."""
        self._shared.loops[worker].wakeup()

    def lease(self, name: str, seconds: float) -> Lease:
        """The lease for work that only one process does at a time."""
        if name not in self._leases:
            self._leases[name] = Lease(Collection(self.db["leases"], LeaseRow), name, seconds=seconds)
        return self._leases[name]


class BusProvider(DependencyProvider):
    """Runs the outbox relay and the heartbeat beside the workers."""

    shared = SharedClient()

    def setup(self) -> None:
        """Make the relay of this service."""
        name = self.container.service_name
        db = mongo.database(name)
        found = discover(routes=False)
        plugin = found.get(name)
        if plugin:
            declare_collections(db, plugin.load("collections") or ())
        relay = Relay(name, db, self.shared.send, self.shared.wake_relays)
        migrations = migrations_of(plugin) if plugin else ()
        self.registry = process_registry.register(db)
        self.bus = Bus(name, db, self.shared, relay, migrations, found)

    def start(self) -> None:
        """Start the relay and the heartbeat."""
        self._ended = threading.Event()
        spawn = self.container.spawn_managed_thread
        self._threads = [spawn(self._relay, identifier="outbox"), spawn(self._heartbeat, identifier="heartbeat")]

    def _relay(self) -> None:
        declare_consumer_queues(self.container.config["AMQP_URI"], self.bus.service, self._ended.is_set)
        self.bus.relay.run(self._ended.is_set)

    def _heartbeat(self) -> None:
        while True:
            try:
                if self.registry.heartbeat():
                    self.bus.relay.wake()  # perhaps one of the dead had its lease
            except PyMongoError as error:
                _log.warning("heartbeat failed", extra={"error": type(error).__name__})
            if self._ended.wait(process_registry.HEARTBEAT_SECONDS):
                return

    def stop(self) -> None:
        """Called after the workers have ended; the next process publishes the events that are left. What waits for a
        store that hangs is not waited for: the container kills it."""
        self._ended.set()
        self.bus.relay.wake()
        with eventlet.Timeout(STOP_SECONDS, False):
            for thread in self._threads:
                thread.wait()
        self.registry.deregister()

    def get_dependency(self, worker_ctx: object) -> Bus:
        """The same object for all workers."""
        return self.bus


class Service(JobApi, DeadLetterApi, WaitingApi):
    """Base of the services. `max_in_flight` limits the RPC requests in flight per process, so that commands keep
    enough workers; others wait in the queue."""

    name: str
    max_in_flight: int | None = None
    bus = BusProvider()
    use_cases: Mapping[type, object]  # of what was composed (wsis_shared.bus.operations)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        make_entrypoints(cls)

    @rpc
    def health(self) -> dict[str, object]:
        """The entry of this service in `/readyz`: version, latency of the store in milliseconds, unsent events, the
        steps of migrations that are still to run, and what is not ready in the process that answers."""
        started = time.monotonic()
        self.bus.db.command("ping")
        latency = time.monotonic() - started
        outbox = self.bus.relay.stats()
        problems = self.bus.problems
        return {
            "service": self.name,
            "ready": not problems,
            **({"problems": problems} if problems else {}),
            "version": _version(self.name),
            "store_ms": round(latency * 1000, 1),
            "outbox": outbox,
            "migrations": [
                f"{item.collection} {item.to_version}: not {item.step}"
                for item in Versions(self.bus.db).pending(self.bus.migrations)
            ],
            **{name: report() for name, report in self.bus.health.items()},
        }

    @rpc(writes=True)
    def record_export(self, path: str, format: str, filters: list[str]) -> None:
        """Audit that the actor exports a list. The gateway calls it before it sends the first row."""
        export_audit.record(self.bus.db, self.name, path, format, filters)

    @rpc(writes=True)
    def record_page(self, path: str, filters: list[str]) -> None:
        """Audit that the actor reads a page of a list of people. The gateway calls it before it sends the page."""
        export_audit.record_page(self.bus.db, self.name, path, filters)

    @every(600)
    def remove_expired_blobs(self) -> None:
        """Remove the files that this service does not keep."""
        self.bus.blobs.expire(clock.now())


make_entrypoints(Service)


def _version(name: str) -> str:
    try:
        return version(f"wsis-{name}")
    except PackageNotFoundError:
        return "0"
