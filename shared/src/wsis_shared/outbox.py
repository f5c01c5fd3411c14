"""Outbox: one write stores a document and its events; a relay publishes them afterwards.

A change is never stored without its event. The relay publishes with confirms, then removes the events. A crash between
the two publishes an event twice with the same id; the inbox of each consumer drops the duplicate.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Protocol

from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import PyMongoError
from wsis_shared import clock, lease, revisions
from wsis_shared.collection_specs import check_outbox
from wsis_shared.errors import Conflict, SuiteError, Unavailable
from wsis_shared.events import PendingEvent, envelope
from wsis_shared.mongo import Collection, Repository, after_commit, is_transient

_log = logging.getLogger(__name__)

_wakeup = threading.Event()
# Collections in which this process has just stored events; "" means any. A scan of a collection costs as much as a
# write: a wakeup scans only these, and once a second all of them.
_dirty: set[str] = set()


_PENDING = {"outbox.id": {"$exists": True}}
# Seconds between the starts of two rounds: at a high rate one round publishes the events of several commits.
MIN_INTERVAL = 0.1


def _mark_dirty(collection: str = "") -> None:
    _dirty.add(collection)
    _wakeup.set()


class EventfulRepository(Repository):
    """A repository whose documents have a `version` and an outbox."""

    source: str = ""
    # Collections that people edit: what they edit in a document (wsis_shared.revisions).
    edited: ClassVar[Mapping[str, Callable[[Any], Mapping[str, Any]]]] = {}

    def save(self, collection: str, doc: dict[str, Any], *events: PendingEvent) -> dict[str, Any]:
        """Insert `doc` (when it has no `version`) or replace the version that was read; add `events` in the same write.

        Returns the stored document. Raises DuplicateKeyError on a unique key, Conflict after a concurrent change.
        """
        version = doc.get("version", 0)
        saved = {**doc, "version": version + 1, "updated_at": clock.now()}
        pending = [*doc.get("outbox", []), *self.envelopes(version + 1, events)]
        if pending:
            saved["outbox"] = pending
            self.mark_outbox(collection)
        target = self.collection(collection)
        if version and (edited := self.edited.get(collection)):
            former = target.find_one({"_id": doc["_id"]}) or doc
            saved["revisions"] = revisions.stamped(former, edited(former), edited(saved), version + 1)
        if version == 0:
            target.insert_one(saved)
        elif target.replace_one({"_id": doc["_id"], "version": version}, saved).matched_count == 0:
            raise Conflict("suite.changed_meanwhile", "Somebody else changed this meanwhile: read it again.")
        return saved

    def with_events(
        self, update: Mapping[str, Any], sequence: int, *events: PendingEvent, collection: str = ""
    ) -> dict[str, Any]:
        """An update document (`$set`, `$inc`, ...) that also adds `events` to the outbox. With the name of the
        `collection` the relay looks into that one alone."""
        if not events:
            return dict(update)
        after_commit(partial(_mark_dirty, collection))
        pushed = {"outbox": {"$each": self.envelopes(sequence, events)}}
        return {**update, "$push": {**update.get("$push", {}), **pushed}}

    def mark_outbox(self, collection: str) -> None:
        """Tell the relay that `collection` has events to publish: for writes of many documents, each with its
        `envelopes` in `outbox`."""
        check_outbox(self.db, collection)
        after_commit(partial(_mark_dirty, collection))

    def envelopes(self, sequence: int, events: Iterable[PendingEvent]) -> list[dict[str, Any]]:
        """The CloudEvents of this service for `events`."""
        return [envelope(self.source, event, sequence) for event in events]


class Publish(Protocol):
    """Publishes events: returns when the broker has confirmed all of them, else raises Unavailable. Raises another
    SuiteError, TypeError or ValueError where one of them cannot be sent at all: then none is sent."""

    def __call__(self, source: str, envelopes: Sequence[dict[str, Any]]) -> None: ...


class Relay:
    """Publishes the pending events of `collections`. One process of a service does it at a time (lease); a second one
    would only publish duplicates, so losing the lease is harmless."""

    def __init__(self, source: str, db: Database[dict[str, Any]], collections: Sequence[str], publish: Publish) -> None:
        self.source, self.collections, self.publish = source, collections, publish
        self.db = db
        self.lease = lease.Lease(Collection(db["leases"]), "outbox", seconds=15)
        self._unsendable: defaultdict[str, list[Any]] = defaultdict(list)  # ids of documents, by collection

    def run(self, stopping: Callable[[], bool]) -> None:
        """Publish until `stopping`: after each commit of this process, and every half second."""
        pause, scanned_at, next_at = 0.5, float("-inf"), 0.0
        while not stopping():
            _wakeup.wait(pause)
            time.sleep(max(0.0, next_at - time.monotonic()))
            next_at = time.monotonic() + MIN_INTERVAL
            _wakeup.clear()
            names = self._take_dirty()
            if time.monotonic() - scanned_at > 1.0:  # events of other processes, or of a failed round
                names, scanned_at = self.collections, time.monotonic()
            try:
                pause = 0.5
                if self.lease.hold():
                    while self.publish_pending(names=names) and not stopping():
                        pass
            except (PyMongoError, SuiteError) as error:
                if isinstance(error, PyMongoError) and not is_transient(error):
                    raise
                _log.warning("outbox relay retries", extra={"error": type(error).__name__})
                pause = 1.0

    def wake(self) -> None:
        """Publish now, or look whether to stop."""
        _wakeup.set()

    def _take_dirty(self) -> Sequence[str]:
        names = set()
        while _dirty:
            names.add(_dirty.pop())
        return self.collections if "" in names else [name for name in self.collections if name in names]

    def publish_pending(self, limit: int = 200, names: Sequence[str] | None = None) -> bool:
        """Publish one round, of all collections or of `names`; returns True when there may be more."""
        more = False
        for name in self._waiting(self.collections if names is None else names):
            passed = {"_id": {"$nin": self._unsendable[name]}} if name in self._unsendable else {}
            waiting = list(self.db[name].find({**_PENDING, **passed}, {"outbox": 1}).limit(limit))
            more = more or len(waiting) == limit
            sent = self._publish(name, waiting)
            if sent:
                self._clear(name, {doc["_id"]: [event["id"] for event in doc["outbox"]] for doc in sent})
        return more

    def _publish(self, name: str, documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Publish the events of documents; returns these documents without those with an event that cannot be sent: its
        events wait in their order, for the next process, and hold up no other document's."""
        if not documents:
            return []
        try:
            self.publish(self.source, [event for doc in documents for event in doc["outbox"]])
        except Unavailable:
            raise
        except (SuiteError, TypeError, ValueError) as error:
            if len(documents) > 1:
                middle = len(documents) // 2
                return [*self._publish(name, documents[:middle]), *self._publish(name, documents[middle:])]
            _log.error("event cannot be sent", extra={"collection": name, "error": type(error).__name__})
            self._unsendable[name].append(documents[0]["_id"])
            return []
        return documents

    def _waiting(self, names: Sequence[str]) -> Sequence[str]:
        """Those with events to publish: one question for all, since mostly there are none."""
        if len(names) < 2:
            return names
        first, *others = names
        unions = [{"$unionWith": {"coll": name, "pipeline": _name_if_waiting(name)}} for name in others]
        return [row["name"] for row in self.db[first].aggregate([*_name_if_waiting(first), *unions])]

    def _clear(self, name: str, sent: Mapping[Any, Sequence[str]]) -> None:
        """Remove the published events. Usually none was added since: events are only appended, so an outbox with the
        same length and the same last id is unchanged."""
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

    def stats(self) -> dict[str, Any]:
        """The number of documents with pending events, and the age of the oldest event in seconds."""
        waiting, oldest = 0, None
        for name in self.collections:
            for doc in self.db[name].find(_PENDING, {"outbox.time": 1}).limit(1000):
                waiting += 1
                first = doc["outbox"][0]["time"] if doc.get("outbox") else None
                oldest = min(filter(None, (oldest, first)), default=None)
        age = time.time() - clock.parse(oldest).timestamp() if oldest else 0.0
        return {"waiting": waiting, "oldest_seconds": round(age, 1)}


def _name_if_waiting(name: str) -> list[dict[str, Any]]:
    """A pipeline over the collection `name`: {name} where there are events to publish."""
    return [{"$match": _PENDING}, {"$limit": 1}, {"$project": {"_id": 0, "name": {"$literal": name}}}]
