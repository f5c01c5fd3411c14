"""Transactions of processes that died, ended at once.

A process killed inside a transaction leaves what it touched locked until the store gives up on it, a minute by default
(`transactionLifetimeLimitSeconds`); its messages come back to others long before, and would wait. So each process notes
the sessions that it uses, and whoever sees that it is gone ends them (`killSessions`), and its leases with them. Ending
the session of one that is only slow is harmless: its transaction fails and is run again; so is ending its lease, which
carries a fencing token.
"""

from __future__ import annotations

import os
import socket
import threading
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
    """The sessions of this process, noted in the service's `processes` collection."""

    def __init__(self, db: Database[dict[str, Any]]) -> None:
        self._db, self._processes, self._leases = db, db["processes"], db["leases"]
        self._noted: set[bytes] = set()

    def note(self, session: ClientSession) -> None:
        """Called before a transaction; writes only for a session not seen before."""
        lsid = bytes(session.session_id["id"])
        if lsid not in self._noted:
            self._noted.add(lsid)
            update = {"$addToSet": {"sessions": session.session_id["id"]}, **_alive()}
            self._processes.update_one({"_id": OWNER}, update, upsert=True)

    def beat(self) -> None:
        """Say that this process lives, and look for those that do not; to be called every BEAT_SECONDS."""
        if self._processes.update_one({"_id": OWNER}, _alive(), upsert=True).upserted_id is not None:
            self._noted.clear()  # somebody thought that we were gone: our sessions are to be noted again
        self.reap()

    def reap(self) -> int:
        """End the sessions and leases of processes that are gone; returns how many processes they were."""
        if not _lock.acquire(blocking=False):
            return 0
        try:
            now = store_time(self._db)
            gone = [other for other in self._processes.find({"_id": {"$ne": OWNER}}) if _is_gone(other, now)]
            for other in gone:
                self._db.client.admin.command("killSessions", [{"id": lsid} for lsid in other.get("sessions", [])])
                self._end_leases(other["_id"])
                self._processes.delete_one({"_id": other["_id"]})
            return len(gone)
        finally:
            _lock.release()

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


def _is_gone(other: dict[str, Any], now: datetime) -> bool:
    if (now - other["at"]).total_seconds() > SILENT_SECONDS:
        return True
    if other["host"] != socket.gethostname():
        return False
    try:
        os.kill(other["pid"], 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # it lives, as another user
    return False


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
