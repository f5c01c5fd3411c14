"""Registry of the processes of a service: ends the transactions and leases of a crashed process.

A process that is killed in a transaction leaves its documents locked until the store aborts the transaction, after a
minute by default (`transactionLifetimeLimitSeconds`); the broker redelivers its messages long before, and they would
wait. So each process registers its sessions and sends a heartbeat; another process that misses the heartbeat ends the
sessions (`killSessions`) and the leases. The store lets a user end its own sessions alone, so a process looks after
those with the store's user of its own. For a process that is only slow this is harmless: its transaction fails and
runs again. Two processes may briefly do the work of one lease: that work is idempotent or checks the fencing token.
"""

from __future__ import annotations

import logging
import math
import os
import socket
import threading
import time
import uuid
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import NotRequired, TypedDict
from urllib.parse import urlsplit

import pymongo
from bson.binary import UUID_SUBTYPE, Binary
from pymongo import WriteConcern
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError
from wsis_shared import clock
from wsis_shared.collection import Collection as Documents
from wsis_shared.mongo_connection import TIMEOUTS, Database, connect
from wsis_shared.settings import Suite

HEARTBEAT_SECONDS = 3.0
DEAD_AFTER_SECONDS = 12.0
DEREGISTER_SECONDS = 3.0  # at most, of a stop
# After which the store has forgotten a session that nothing uses, and pymongo takes another: thousands in a month, all
# of which each heartbeat would read.
SESSION_SECONDS = 1800.0

_log = logging.getLogger(__name__)
_lock = threading.Lock()


@cache
def process_id() -> str:
    """Identifies this process in the registry and in leases, from its first use on: what was imported before a fork
    has none yet."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@cache
def place() -> str:
    """Where the id of this process means this process: the boot of this machine and the PID namespace. Containers may
    share the name of a host and have PID namespaces of their own. Empty where the system does not say."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


class Registered(TypedDict):
    """A process with the moment of its last heartbeat, and its sessions. One of an earlier version does not say where
    it runs, nor by which user of the store."""

    _id: str
    at: datetime
    sessions: NotRequired[list[Binary]]
    host: NotRequired[str]
    place: NotRequired[str]
    pid: int
    user: NotRequired[str]


class ProcessRegistry:
    """The entry of this process in the service's `processes` collection. `stable_since` is the time (monotonic) since
    when its heartbeats have had no gap."""

    def __init__(self, db: Database, stable_since: float = math.inf) -> None:
        self._db, self._leases = db, db["leases"]
        self._processes = Documents(db["processes"], Registered)
        # A sign of life is not worth a journal flush.
        self._beats = Documents(db.get_collection("processes", write_concern=WriteConcern(w=1)), Registered)
        self._registered: dict[bytes, float] = {}  # when a transaction of each session began last (monotonic)
        self._stable_since, self._last_heartbeat = stable_since, -math.inf
        self._alone, self._looked = False, -math.inf

    def register_session(self, session: ClientSession) -> None:
        """Called before a transaction; writes only for a new session."""
        lsid = bytes(session.session_id["id"])
        if lsid not in self._registered:
            self._write(self._processes, {"$addToSet": {"sessions": session.session_id["id"]}})
        self._registered[lsid] = time.monotonic()

    def heartbeat(self) -> int:
        """Write a heartbeat, follow the store's clock and reap dead processes; call it every HEARTBEAT_SECONDS. Who was
        alone at the last look looks less often. Returns how many were dead."""
        if time.monotonic() - self._last_heartbeat > DEAD_AFTER_SECONDS:
            self._stable_since = time.monotonic()
        asked_at = time.monotonic()
        now = self._write(self._beats, self._without_unused())
        if found := clock.follow(now, asked_at):
            _log.warning("clock differs from the store's", extra={"seconds": round(found, 1)})
        self._last_heartbeat = time.monotonic()
        if not self._alone or time.monotonic() - self._looked > DEAD_AFTER_SECONDS:
            return self.reap(now)
        return 0

    def problem(self) -> str:
        """Why this process is not ready: its heartbeats do not reach the store."""
        silent = time.monotonic() - self._last_heartbeat
        return "" if silent < DEAD_AFTER_SECONDS else "no heartbeat reaches the store"

    def _write(self, processes: Documents[Registered], more: Mapping[str, object]) -> datetime:
        """Returns the store's time."""
        ours = processes.find_one_and_update(
            {"_id": process_id()},
            {**_heartbeat_update(), **more},
            {"at": 1, "sessions": 1},
            upsert=True,
            after=True,
        )
        # Where another process reaped our entry, this one is new: register the sessions again.
        there = {bytes(lsid) for lsid in ours.get("sessions", ())}
        for lsid in set(self._registered) - there:
            self._registered.pop(lsid, None)
        return ours["at"]

    def _without_unused(self) -> Mapping[str, object]:
        before = time.monotonic() - SESSION_SECONDS
        unused = [lsid for lsid, began in list(self._registered.items()) if began < before]
        return {"$pull": {"sessions": {"$in": [Binary(lsid, UUID_SUBTYPE) for lsid in unused]}}} if unused else {}

    def reap(self, now: datetime | None = None) -> int:
        """End the sessions and leases of dead processes; returns the number of these processes. `now` by the store."""
        if not _lock.acquire(blocking=False):
            return 0
        try:
            ours = {
                "_id": {"$ne": process_id()},
                "user": {"$in": [_user(), None]},
            }  # None: a process of an earlier version
            others, self._looked = list(self._processes.find(ours)), time.monotonic()
            self._alone = not others
            now = now or store_time(self._db)
            return sum(self._end(other) for other in others if self._is_dead(other, now))
        finally:
            _lock.release()

    def _is_dead(self, other: Registered, now: datetime) -> bool:
        # One of an earlier version is known by its silence alone.
        if other.get("place") and other["place"] == place() and not _is_running(other["pid"]):
            return True
        # A process that could not reach the store cannot know who else could: give all others time for a heartbeat.
        stable = time.monotonic() - self._stable_since > DEAD_AFTER_SECONDS
        return stable and (now - other["at"]).total_seconds() > DEAD_AFTER_SECONDS

    def _end(self, other: Registered) -> bool:
        if not self._processes.delete_one({"_id": other["_id"], "at": other["at"]}).deleted_count:
            return False  # it is alive after all, or another process was faster
        end_sessions(other.get("sessions", []))
        self._end_leases(other["_id"])
        return True

    def deregister(self) -> None:
        """Remove the entry and the leases at a regular stop: no other process has to wait. Where the store is away
        they wait until the heartbeats are missed."""
        try:
            with pymongo.timeout(DEREGISTER_SECONDS):
                self._end_leases(process_id())
                self._processes.delete_one({"_id": process_id()})
        except PyMongoError as error:
            _log.warning("not deregistered", extra={"error": type(error).__name__})

    def _end_leases(self, owner: str) -> None:
        self._leases.update_many({"owner": owner}, {"$set": {"until": 0.0}})


def end_sessions(ids: Collection[Binary]) -> None:
    """Abort what runs in these sessions of the own user, who needs no further right (MongoDB manual, killSessions)."""
    if ids:  # an empty list would end the sessions of all
        with connect(Suite.load().mongo_uri, stable=False, **TIMEOUTS) as client:
            client.admin.command("killSessions", [{"id": lsid} for lsid in ids])


def store_time(db: Database) -> datetime:
    """The store's clock, with which heartbeats of several machines are compared."""
    time_: datetime = db.client.admin.command("hello")["localTime"]
    return time_.replace(tzinfo=UTC)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it runs as another user
    return True


def _heartbeat_update() -> dict[str, object]:
    here = {"host": socket.gethostname(), "place": place(), "pid": os.getpid(), "user": _user()}
    return {"$currentDate": {"at": True}, "$set": here}


def _user() -> str:
    return urlsplit(Suite.current().mongo_uri).username or ""


_registry: ProcessRegistry | None = None


def register(db: Database) -> ProcessRegistry:
    """Register this process in `db`; from now on its transactions register their sessions."""
    global _registry
    _registry = ProcessRegistry(db)
    return _registry


def current() -> ProcessRegistry | None:
    """The registry of this process; None in tests and CLI commands, which do not register."""
    return _registry
