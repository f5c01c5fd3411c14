"""Outbox: events are saved inside the document that they belong to, in the same write, and sent after.

So there is no moment at which the change is saved and its event is not. The relay publishes with confirms and removes
what the broker has. A crash between the two sends an event twice with the same id; the inbox of each consumer drops it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from pymongo import UpdateOne
from pymongo.database import Database
from wsis_shared import clock, lease
from wsis_shared.errors import Conflict, SuiteError
from wsis_shared.events import PendingEvent, envelope
from wsis_shared.mongo import TRANSIENT, Collection, Repository, after_commit

_log = logging.getLogger(__name__)

_poke = threading.Event()
# Collections in which this process has just saved events; "" is any. Looking into one costs the store as much as a
# write, so a wake-up looks into these alone, and into all once a second.
_poked: set[str] = set()


# Seconds from one round to the next: in a flood of commits a round takes what several of them saved, for the same cost.
APART = 0.1


def _wake(collection: str = "") -> None:
    _poked.add(collection)
    _poke.set()


class EventfulRepository(Repository):
    """A repository whose documents carry a `version` and events."""

    source: str = ""

    def save(self, collection: str, doc: dict[str, Any], *occurrences: PendingEvent) -> dict[str, Any]:
        """Insert `doc` (no `version` yet) or replace what was read, with what happened, in one write.

        Returns the saved document. Raises DuplicateKeyError on a unique key, Conflict where somebody was faster.
        """
        version = doc.get("version", 0)
        saved = {**doc, "version": version + 1, "updated_at": clock.now()}
        pending = [*doc.get("outbox", []), *self.envelopes(version + 1, occurrences)]
        if pending:
            saved["outbox"] = pending
            after_commit(partial(_wake, collection))
        target = self.collection(collection)
        if version == 0:
            target.insert_one(saved)
        elif target.replace_one({"_id": doc["_id"], "version": version}, saved).matched_count == 0:
            raise Conflict("suite.changed_meanwhile", "Somebody else changed this meanwhile: read it again.")
        return saved

    def happened(self, update: Mapping[str, Any], sequence: int, *occurrences: PendingEvent) -> dict[str, Any]:
        """An update document of one's own (`$set`, `$inc`, ...) with the events added to it."""
        if not occurrences:
            return dict(update)
        after_commit(_wake)
        pushed = {"outbox": {"$each": self.envelopes(sequence, occurrences)}}
        return {**update, "$push": {**update.get("$push", {}), **pushed}}

    def envelopes(self, sequence: int, occurrences: Iterable[PendingEvent]) -> list[dict[str, Any]]:
        """CloudEvents of this service for `occurrences`."""
        return [envelope(self.source, occurrence, sequence) for occurrence in occurrences]


class Publish(Protocol):
    """How the relay sends: returns when the broker has confirmed all, raises Unavailable otherwise."""

    def __call__(self, source: str, envelopes: Sequence[dict[str, Any]]) -> None: ...


class Relay:
    """Sends what the documents of `collections` still hold. One process of a service does it at a time (lease);
    a second one would only send duplicates, so losing the lease is harmless."""

    def __init__(self, source: str, db: Database[dict[str, Any]], collections: Sequence[str], publish: Publish) -> None:
        self.source, self.collections, self.publish = source, collections, publish
        self.db = db
        self.lease = lease.Lease(Collection(db["leases"]), "outbox", seconds=15)

    def run(self, stopping: Callable[[], bool]) -> None:
        """Send until `stopping`. Woken by own commits, else every half second."""
        pause, looked, next_at = 0.5, float("-inf"), 0.0
        while not stopping():
            _poke.wait(pause)
            time.sleep(max(0.0, next_at - time.monotonic()))
            next_at = time.monotonic() + APART
            _poke.clear()
            names = self._saved()
            if time.monotonic() - looked > 1.0:  # what other processes saved, or what could not be sent before
                names, looked = self.collections, time.monotonic()
            try:
                pause = 0.5
                if self.lease.hold():
                    while self.sweep(names=names) and not stopping():
                        pass
            except (*TRANSIENT, SuiteError) as error:
                _log.warning("the outbox waits", extra={"error": type(error).__name__})
                pause = 1.0

    def _saved(self) -> Sequence[str]:
        names = set()
        while _poked:
            names.add(_poked.pop())
        return self.collections if "" in names else [name for name in self.collections if name in names]

    def sweep(self, limit: int = 200, names: Sequence[str] | None = None) -> bool:
        """Send one round, of all collections or of those named; returns True where there may be more to send."""
        more = False
        for name in self.collections if names is None else names:
            waiting = list(self.db[name].find({"outbox.id": {"$exists": True}}, {"outbox": 1}).limit(limit))
            more = more or len(waiting) == limit
            envelopes = [event for doc in waiting for event in doc["outbox"]]
            if not envelopes:
                continue
            self.publish(self.source, envelopes)
            self._clear(name, {doc["_id"]: [event["id"] for event in doc["outbox"]] for doc in waiting})
        return more

    def _clear(self, name: str, sent: Mapping[Any, Sequence[str]]) -> None:
        """Remove what was sent. Mostly nothing has come since: events are only ever added at the end, so the same
        length and the same last one are the same events."""
        unchanged = [
            UpdateOne({"_id": id, "outbox": {"$size": len(ids)}, f"outbox.{len(ids) - 1}.id": ids[-1]},
                      {"$unset": {"outbox": 1}})
            for id, ids in sent.items()
        ]  # fmt: skip
        if self.db[name].bulk_write(unchanged, ordered=False).matched_count == len(sent):
            return
        for id, ids in sent.items():
            self.db[name].update_one({"_id": id}, {"$pull": {"outbox": {"id": {"$in": list(ids)}}}})
            self.db[name].update_one({"_id": id, "outbox": []}, {"$unset": {"outbox": 1}})

    def depth(self) -> dict[str, Any]:
        """Documents that hold unsent events, and the age of the oldest event in seconds."""
        waiting, oldest = 0, None
        for name in self.collections:
            for doc in self.db[name].find({"outbox.id": {"$exists": True}}, {"outbox.time": 1}).limit(1000):
                waiting += 1
                first = doc["outbox"][0]["time"] if doc.get("outbox") else None
                oldest = min(filter(None, (oldest, first)), default=None)
        age = time.time() - clock.parse(oldest).timestamp() if oldest else 0.0
        return {"waiting": waiting, "oldest_seconds": round(age, 1)}
