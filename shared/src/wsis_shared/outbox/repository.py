"""Outbox: the transaction that changes a document also stores the events of the change; a relay publishes them
afterwards (`relay`).

A change is never stored without its event. The relay publishes with confirms, then deletes what is confirmed. A crash
between the two publishes an event twice with the same id; the inbox of each consumer drops the duplicate.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, NotRequired, TypedDict, cast

from bson import Timestamp
from wsis_shared import clock, revisions
from wsis_shared.collection import Collection, D
from wsis_shared.errors import Conflict
from wsis_shared.events import CloudEvent, PendingEvent, envelope
from wsis_shared.json_types import JsonObject
from wsis_shared.mongo import Repository, after_commit, in_transaction, is_in_transaction, transactional

COLLECTION = "outbox"


class StoredEvent(TypedDict):
    """An event that waits, under its own id; `at` is the store's logical time of its insert. Of one that cannot be sent
    also how often that was tried, and the name of the error once it is set aside."""

    _id: str
    at: Timestamp
    event: CloudEvent
    tries: NotRequired[int]
    set_aside: NotRequired[str]


# The store puts its logical time here at the insert. It grows over elections, and two transactions that write the same
# document do so one after the other: the events of a document are in the order of its changes.
_NOW = Timestamp(0, 0)


class Wakeup:
    """Wakes the relay of this process. `committed`: this process has stored events."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.committed = False

    def wake(self) -> None:
        """There may be something to do."""
        self.event.set()

    def after_commit(self) -> None:
        """This process has stored events."""
        self.committed = True
        self.wake()


WAKEUP = Wakeup()


class EventfulRepository(Repository):
    """A repository whose documents have a `version`, and whose changes have events: of `source`, by default of the
    service in whose package it is."""

    source: str = ""
    # Collections that people edit: what they edit in a document (wsis_shared.revisions).
    edited: ClassVar[Mapping[str, Callable[[Any], JsonObject]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        package = cls.__module__.partition(".")[0]
        if package.startswith("wsis_") and "source" not in vars(cls):
            cls.source = package.removeprefix("wsis_")

    def save(self, collection: str, doc: D, *events: PendingEvent) -> D:
        """Insert `doc` (when it has no `version`) or replace the version that was read, together with `events`: in the
        open transaction, else in one of its own.

        Returns the stored document. Raises DuplicateKeyError on a unique key, Conflict after a concurrent change.
        """
        work: Callable[[], D] = partial(self._save, collection, doc, events)
        return in_transaction(work) if events or doc.get("version") else work()

    def _save(self, collection: str, doc: D, events: Sequence[PendingEvent]) -> D:
        version = doc.get("version", 0)
        saved: dict[str, object] = {**doc, "version": version + 1, "updated_at": clock.now()}
        saved.pop("outbox", None)  # of the former version: see `embedded`
        target = self.collection(collection)
        if version and (edited := self.edited.get(collection)):
            former = target.find_one({"_id": doc["_id"]}) or doc
            saved["revisions"] = revisions.stamped(former, edited(former), edited(saved), version + 1)
        if version == 0:
            target.insert_one(saved)
        else:
            replaced = target.find_one_and_replace({"_id": doc["_id"], "version": version}, saved, {"outbox": 1})
            if replaced is None:
                raise Conflict("suite.changed_meanwhile")
            self.store_envelopes(replaced.get("outbox", ()))
        self.store_events(version + 1, *events)
        return cast(D, saved)  # the same document, with its next version

    @transactional
    def put_in_place(self, collection: str, doc: D, *events: PendingEvent) -> None:
        """Insert or replace `doc` by one kind of write, whose time does not tell which, with `events`: in the
        transaction that read it."""
        version = doc.get("version", 0) + 1
        stored = {name: value for name, value in doc.items() if name != "outbox"} | {"version": version}
        replaced = self.collection(collection).find_one_and_replace(
            {"_id": doc["_id"]}, stored, {"outbox": 1}, upsert=True
        )
        self.store_envelopes((replaced or {}).get("outbox", ()))
        self.store_events(version, *events)

    @transactional
    def remove_document(self, collection: str, id: str) -> None:
        """Delete a document. Its events stay."""
        removed = self.collection(collection).find_one_and_delete({"_id": id}, {"outbox": 1})
        self.store_envelopes((removed or {}).get("outbox", ()))

    def store_events(self, sequence: int, *events: PendingEvent) -> None:
        """Store the events of a change, after it and in its transaction. Raises RuntimeError outside a transaction."""
        self.store_each((sequence, event) for event in events)

    def store_each(self, events: Iterable[tuple[int, PendingEvent]]) -> None:
        """As `store_events`, for changes of many documents: each event with its own sequence."""
        self.store_envelopes([envelope(self.source, event, sequence) for sequence, event in events])

    def store_envelopes(self, envelopes: Iterable[CloudEvent]) -> None:
        """As `store_events`, for events that are CloudEvents already."""
        rows: list[StoredEvent] = [{"_id": event["id"], "at": _NOW, "event": event} for event in envelopes]
        if not rows:
            return
        if not is_in_transaction():
            raise RuntimeError("events are stored in the transaction of their change: open one (in_transaction)")
        outbox = Collection(self.db[COLLECTION], StoredEvent)
        outbox.insert_one(rows[0]) if len(rows) == 1 else outbox.insert_many(rows)  # the former costs half
        after_commit(WAKEUP.after_commit)
