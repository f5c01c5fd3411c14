"""A service's own methods in the process of the test, which "dies" at a command to the store that the test chooses.

Unlike `crash_at` it needs no process for each place, so a test can try them all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import count
from types import SimpleNamespace
from typing import Any, TypeVar

from pymongo import monitoring
from wsis_shared import clock, mongo
from wsis_shared.blobs import store as blobs
from wsis_shared.bus.composition import Composed
from wsis_shared.bus.service import Bus
from wsis_shared.context import ANONYMOUS, Actor, Context
from wsis_shared.jobs.events import JOB_DUE, JOB_PROGRESSED
from wsis_shared.jobs.states import LIVE
from wsis_shared.parts import Parts
from wsis_shared.plugin import discover
from wsis_testkit import make_context, unsent

Kind = TypeVar("Kind")
WRITES = frozenset({"insert", "update", "delete", "findAndModify"})
COMMIT = "commitTransaction"
_RANDOM = re.compile(r"[0-9a-f]{32}|00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]")
_TODAY = re.compile(r"20[2-9]\d-\d\d-\d\d[T ][\d:.]+(Z|\+00:00)?")
_TRANSPORT = ("leases", "processes")
# How often somebody took a job up, and the number of its writes; the moment of the store; an id that the store made.
_BOOKKEEPING = {"jobs": {"claims", "version"}, "outbox": {"at"}, "chunks": {"_id"}}
_OF_JOBS = {f".{event.type}." for event in (JOB_DUE, JOB_PROGRESSED)}


class Died(BaseException):
    """What no handler of errors catches, as the end of a process."""


class Interruption(monitoring.CommandListener):
    """Does something at a place that a test chooses: before a command that writes, or after a commit."""

    def __init__(self) -> None:
        self.places = self.free = 0  # that work came to; free: nothing is written yet in the open transaction
        self.at, self.what, self.among_free = 0, _nothing, False
        self.changed: set[str] = set()  # "database.collection" of all writes
        self._written: set[int] = set()  # transactions

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """A command is about to be sent."""
        command = event.command
        if event.command_name in WRITES and command[event.command_name] != "leases":
            self.changed.add(f"{event.database_name}.{command[event.command_name]}")
            number = command["txnNumber"] if command.get("autocommit") is False else None
            self._reach(number not in self._written)
            if number is not None:
                self._written.add(number)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """The store has done it."""
        if event.command_name == COMMIT:
            self._written.clear()
            self._reach(True)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """The store has refused it."""

    def _reach(self, is_free: bool) -> None:
        self.places += 1
        self.free += is_free
        if self.at == (self.free if self.among_free else self.places) and (is_free or not self.among_free):
            self.at = 0
            self.what()

    def during(
        self, work: Callable[[], Any], at: int = 0, what: Callable[[], Any] | None = None, *, among_free: bool = False
    ) -> None:
        """Do `work`, and `what` at the place of that number, among all or the free ones. A slower run may have more of
        them: a job reports its progress by the clock."""
        self.places, self.free, self.at, self.what, self.among_free = 0, 0, at, what or _nothing, among_free
        self._written.clear()
        try:
            work()
        finally:
            self.at = 0


def _nothing() -> None:
    """Where nothing is interrupted."""


# Only clients that are created later have the listener, so it is registered before any test.
INTERRUPTION = Interruption()
monitoring.register(INTERRUPTION)


def places_of(work: Callable[[], Any]) -> int:
    """Do `work`; returns at how many places it can be interrupted: `die_at` takes 1 to that number."""
    INTERRUPTION.during(work)
    return INTERRUPTION.places


def die_at(place: int, work: Callable[[], Any]) -> bool:
    """Do `work` in a process that dies at that place; False where it did not come to it."""

    def die() -> None:
        raise Died

    try:
        INTERRUPTION.during(work, place, die)
    except Died:
        return True
    return False


def overlaps_of(work: Callable[[], Any]) -> range:
    """Do `work`; returns the numbers of the places at which another process can do something: nothing is locked
    there."""
    INTERRUPTION.during(work)
    return range(1, INTERRUPTION.free + 1)


def overlap_at(place: int, work: Callable[[], Any], other: Callable[[], Any]) -> bool:
    """Do `work`, and all of `other` in another thread while it stands at that place; False where it did not come to it.
    What `other` raises is raised."""
    done: list[Future[Any]] = []

    def meanwhile() -> None:
        with ThreadPoolExecutor(1) as pool:
            done.append(pool.submit(other))

    INTERRUPTION.during(work, place, meanwhile, among_free=True)
    for future in done:
        future.result()
    return bool(done)


class InProcess:
    """A service in this process, with `clients` for the others: `{"accounts": {"profile": function}}`.

    Its methods run as for a message: under a context, in a transaction, with the inbox. Events stay in the outbox.
    """

    def __init__(self, name: str, db: Any, clients: Mapping[str, Mapping[str, Callable[..., Any]]]) -> None:
        found = discover(only=(name,))
        plugin = found.get(name)
        assert plugin is not None, f"{name} is not installed"
        self.db, self._class = db, plugin.load("service")
        shared: Any = SimpleNamespace(stopping=False)

        def client(service: str, timeout: float = 5.0) -> Any:
            return SimpleNamespace(**clients[service])

        parts = Parts(db, client)
        composed = {
            attribute: provider._compose(parts)
            for attribute in dir(self._class)
            if isinstance(provider := getattr(self._class, attribute), Composed)
        }
        self.bus = Bus(name, db, shared, shared, (), found)
        self._read: dict[str, tuple[Any, list[dict[str, Any]]]] = {}
        self.service = self._class()
        vars(self.service).update(composed, bus=self.bus)

    def use_case(self, kind: type[Kind]) -> Kind:
        """The object of a class of use cases."""
        found: Kind = self.service.use_cases[kind]
        return found

    def call(self, method: str, who: Actor = ANONYMOUS, /, *, key: str = "", at: datetime, **arguments: Any) -> Any:
        """Call a method at a moment, under an Idempotency-Key. Moments among the arguments are texts, as on the bus."""
        context = make_context(who, received_at=at, idempotency_key=key or None)
        sent = json.loads(json.dumps(arguments, default=clock.iso))
        return getattr(self.service, method)(context, **sent)

    def handle(self, method: str, event: dict[str, Any]) -> None:
        """Let a handler of events or of mails have one."""
        getattr(self.service, method)(Context(), event)

    def run(self, kind: str) -> None:
        """Carry the live job of a kind, if there is one, from its last checkpoint."""
        job = self.db["jobs"].find_one({"kind": kind, "state": {"$in": list(LIVE)}})
        if job is not None:
            getattr(self.service, kind)(Context(), job["_id"], job["dispatch"], kind)

    def outbox(self, event: str) -> list[dict[str, Any]]:
        """The stored events of a type that are to be published, in their order."""
        return unsent(self.db, event)

    def content(self) -> list[str]:
        """All that is stored, without what differs from run to run: random ids and the time of this machine."""
        return sorted(
            f"{name} {_normal(row, _BOOKKEEPING.get(name, set()))}"
            for name, rows in self.documents().items()
            if name not in _TRANSPORT
            for row in rows
            if not (name == "outbox" and any(event in row["event"]["type"] for event in _OF_JOBS))
        )

    def documents(self) -> dict[str, list[dict[str, Any]]]:
        """All documents by collection, and the files with their bytes. Reads again what has changed."""
        own = {name: self.db[name] for name in self.db.list_collection_names()}
        stored = mongo.database(blobs.DATABASE)
        files = {name: stored[f"{self.bus.service}.{name}"] for name in ("files", "chunks")}
        changed, INTERRUPTION.changed = INTERRUPTION.changed, set()
        for name, collection in {**own, **files}.items():
            if name not in self._read or collection.full_name in changed:
                self._read[name] = collection, list(collection.find())
        return {name: rows for name, (_, rows) in self._read.items()}

    def restore(self, documents: Mapping[str, list[dict[str, Any]]]) -> None:
        """Store these documents and no others."""
        for name, rows in self.documents().items():
            wanted, (collection, _) = documents.get(name, []), self._read[name]
            if rows != wanted:
                collection.delete_many({})
                if wanted:
                    collection.insert_many(wanted)


def check_done_once(
    service: InProcess, act: Callable[[], Any], check: Callable[[], Any] = _nothing, *, overlapped: bool = True
) -> None:
    """Do `act` undisturbed and `check` what is stored then. The same must be stored where the process dies at any place
    and `act` is done again, and, with `overlapped`, where another replica does all of it amid the first."""
    prepared, before = service.documents(), service.content()
    overlaps = overlaps_of(act)
    wanted = service.content()
    assert wanted != before
    check()
    service.restore(prepared)
    for place in count(1):  # as many as each run has
        service.restore(prepared)
        if not die_at(place, act):
            break
        act()
        assert service.content() == wanted, f"died at place {place}"
    assert place >= len(overlaps), "it died at no place"
    for place in count(1) if overlapped else ():
        service.restore(prepared)
        if not overlap_at(place, act, act):
            break
        assert service.content() == wanted, f"overlapped at place {place}"
    assert not overlapped or place >= len(overlaps) - 1, "nothing came amid it"  # less a report of the progress


def _normal(row: dict[str, Any], hidden: set[str]) -> str:
    shown = {name: row[name] for name in row.keys() - hidden}
    return _TODAY.sub("now", _RANDOM.sub("#", json.dumps(shown, sort_keys=True, default=str)))
