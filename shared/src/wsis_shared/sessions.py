"""Transactions of processes that died, ended at once.

A process killed inside a transaction leaves what it touched locked until the store gives up on it, a minute by default
(`transactionLifetimeLimitSeconds`); its messages come back to others long before, and would wait. So each process notes
the sessions that it uses, and whoever sees that it is gone ends them (`killSessions`), and its leases with them. Ending
the session of one that is only slow is harmless: its transaction fails and is run again. Ending its lease lets two do
the same for a moment: what a lease guards bears that, or asks for its fencing token.
"""

from __future__ import annotations

import math
import os
import socket
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.database import Database

# This process, also where it takes leases.
OWNER = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"

BEAT_SECONDS = 3.0
SILENT_SECONDS = 12.0

_lock = threading.Lock()


class Sessions:
    """The sessions of this process, noted in the service's `processes` collection. `steady_since`: the moment
    (monotonic) from which on this process gave signs of life without a gap."""

    def __init__(self, db: Database[dict[str, Any]], steady_since: float = math.inf) -> None:
        self._db, self._processes, self._leases = db, db["processes"], db["leases"]
        self._noted: set[bytes] = set()
        self._steady_since, self._last_beat = steady_since, -math.inf

    def note(self, session: ClientSession) -> None:
        """Called before a transaction; writes only for a session not seen before."""
        lsid = bytes(session.session_id["id"])
        if lsid not in self._noted:
            self._say({"$addToSet": {"sessions": session.session_id["id"]}})
            self._noted.add(lsid)

    def beat(self) -> None:
        """Say that this process lives, and look for those that do not; to be called every BEAT_SECONDS."""
        if time.monotonic() - self._last_beat > SILENT_SECONDS:
            self._steady_since = time.monotonic()
        self._say({})
        self._last_beat = time.monotonic()
        self.reap()

    def _say(self, more: dict[str, Any]) -> None:
        if self._processes.update_one({"_id": OWNER}, {**_alive(), **more}, upsert=True).upserted_id is not None:
            self._noted.clear()  # somebody thought that we were gone: our sessions are to be noted again

    def reap(self) -> int:
        """End the sessions and leases of processes that are gone; returns how many processes they were."""
        if not _lock.acquire(blocking=False):
            return 0
        try:
            now, others = store_time(self._db), list(self._processes.find({"_id": {"$ne": OWNER}}))
            return sum(self._end(other) for other in others if self._is_gone(other, now))
        finally:
            _lock.release()

    def _is_gone(self, other: dict[str, Any], now: datetime) -> bool:
        if other["host"] == socket.gethostname() and not _runs(other["pid"]):
            return True
        # Whoever was kept from the store itself cannot tell who else was: all get time to show themselves first.
        steady = time.monotonic() - self._steady_since > SILENT_SECONDS
        return steady and (now - other["at"]).total_seconds() > SILENT_SECONDS

    def _end(self, other: dict[str, Any]) -> bool:
        if not self._processes.delete_one({"_id": other["_id"], "at": other["at"]}).deleted_count:
            return False  # it lives after all, or another process was faster
        if noted := other.get("sessions"):  # an empty list would end everybody's
            self._db.client.admin.command("killSessions", [{"id": lsid} for lsid in noted])
        self._end_leases(other["_id"])
        return True

    def leave(self) -> None:
        """This process ends in good order: nobody need wait for what it held."""
        self._end_leases(OWNER)
        self._processes.delete_one({"_id": OWNER})

    def _end_leases(self, owner: str) -> None:
        self._leases.update_many({"owner": owner}, {"$set": {"until": 0.0}})


def store_time(db: Database[dict[str, Any]]) -> datetime:
    """The store's clock, by which the signs of life of several machines are compared."""
    moment: datetime = db.client.admin.command("hello")["localTime"]
    return moment.replace(tzinfo=UTC)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it lives, as another user
    return True


def _alive() -> dict[str, Any]:
    return {"$currentDate": {"at": True}, "$set": {"host": socket.gethostname(), "pid": os.getpid()}}


_of_this_process: Sessions | None = None


def register(db: Database[dict[str, Any]]) -> Sessions:
    """From now on transactions of this process are noted in `db`."""
    global _of_this_process
    _of_this_process = Sessions(db)
    return _of_this_process


def registered() -> Sessions | None:
    """What `register` made, or None: tests and commands of the CLI note nothing."""
    return _of_this_process
