"""The audit of exports: who took which list out of the suite, in which format, by which filters; and of pages of lists
that say how to reach people.

An export changes no document of its service: its entry is all that is stored. So is that of what operators do with
dead letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from wsis_shared import audit
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import in_transaction
from wsis_shared.mongo_connection import Database
from wsis_shared.outbox import EventfulRepository


def record(db: Database, service: str, path: str, format: str, filters: Sequence[str]) -> None:
    """Store the entry "<service>.exported" of the current actor. `path` is that of the list; `filters` are the names
    of the filters in use, without their values, which may be personal."""
    store(
        db,
        service,
        audit.entry(f"{service}.exported", _list(path), after={"format": format, "filters": list(filters)}),
    )


def record_page(db: Database, service: str, path: str, filters: Sequence[str]) -> None:
    """Store the entry "<service>.list_read" of the current actor, for one page of a list."""
    store(db, service, audit.entry(f"{service}.list_read", _list(path), after={"filters": list(filters)}))


def _list(path: str) -> str:
    return path.strip("/").partition("/")[2]


def store(db: Database, service: str, *events: PendingEvent) -> None:
    """Store events about something that has no document, in the open transaction or in one of its own."""
    repository = EventfulRepository(db)
    repository.source = service
    in_transaction(partial(repository.store_events, 1, *events))
