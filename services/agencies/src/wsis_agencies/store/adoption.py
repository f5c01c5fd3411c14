"""Takes over what notifications kept of public events, before agencies was a service of its own.

A run that ended half way is repeated: what it copied is deleted first, since the former service may have deleted some
of it meanwhile. Nobody may write meanwhile: it is
refused while a process of either service lives or an event of these subjects is in the outbox, and once the log here
has begun: a number of the log stands for one event, also at agencies that have read it, and what was copied moves on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import timedelta

from pymongo import ReplaceOne
from wsis_shared.json_types import Input
from wsis_shared.mongo import chunks
from wsis_shared.mongo_connection import Database
from wsis_shared.process_registry import DEAD_AFTER_SECONDS, store_time

from wsis_agencies.deliveries import store as deliveries
from wsis_agencies.deliveries.rules.lane import Cursor
from wsis_agencies.deliveries.store.lanes import LEASE
from wsis_agencies.event_log import store as event_log
from wsis_agencies.event_subscriptions import store as event_subscriptions
from wsis_agencies.event_subscriptions.store.queues import DELETE

NAMES = tuple(spec.name for store in (event_log, event_subscriptions, deliveries) for spec in store.COLLECTIONS)
EVENTS = ("event_taken_down", "endpoint_disabled")  # what notifications published of these subjects
# Responses to writes that are kept for repeats, by the method.
METHODS = (
    "take_down_event",
    "change_event_subscription",
    "remove_event_subscription",
    "pause_event_subscription",
    "resume_event_subscription",
    "test_event_subscription",
    "replay_events",
    "requeue_deliveries",
)
MAIL = "endpoint_disabled"  # one that waits, or that staff sends again, is written by the texts of agencies from now on
BATCH = 1_000
COUNTER, QUEUES = "event_log_counter", "event_queues"


class CannotAdopt(Exception):
    """Why nothing is copied."""


def adopt(former: Database, own: Database) -> Iterator[tuple[str, int]]:
    """Copy all; yields (collection, documents in it). Raises CannotAdopt."""
    _check(former, own)
    for name in NAMES:
        own[name].delete_many({})
    for name in (name for name in NAMES if name not in (COUNTER, QUEUES)):
        yield name, _copy(former, own, name, {})
    yield QUEUES, _adopt_queues(former, own)
    of_methods = {"_id": {"$regex": rf"\|({'|'.join(METHODS)})\|"}}
    yield "idempotency", _copy(former, own, "idempotency", of_methods)
    # A lane takes the token of its lease or a higher one: without them nobody could write it.
    yield "leases", _copy(former, own, "leases", {"_id": {"$regex": rf"^{re.escape(LEASE)}"}})
    for name in ("deliveries", "notices"):
        former[name].update_many({"template": f"notifications/{MAIL}"}, {"$set": {"template": f"agencies/{MAIL}"}})
    # The counter is last: where it is, all else is. A log that is empty has none.
    if not _copy(former, own, COUNTER, {}):
        own[COUNTER].insert_one({**event_log.START})
    yield COUNTER, 1


def has_begun(own: Database) -> bool:
    """Whether the log of agencies has."""
    return own[COUNTER].find_one({}) is not None


def _check(former: Database, own: Database) -> None:
    alive = store_time(former) - timedelta(seconds=DEAD_AFTER_SECONDS)
    for store, name in ((former, "notifications"), (own, "agencies")):
        if store["processes"].find_one({"at": {"$gt": alive}}) is not None:
            raise CannotAdopt(f"A process of {name} runs: stop all of them.")
    types = {"$in": [f"wsis.notifications.{name}.v1" for name in EVENTS]}
    if former["outbox"].find_one({"event.type": types}) is not None:
        raise CannotAdopt("Events wait in the outbox of notifications: run it until they are published.")
    if has_begun(own):
        raise CannotAdopt("The log of agencies has begun: the data is there, or agencies was started before it came.")


def _adopt_queues(former: Database, own: Database) -> int:
    """A queue had its place in the log itself, and has a lane now, as a webhook; returns how many were there."""
    queues = list(former[QUEUES].find())
    _put(
        own, QUEUES, ({name: row[name] for name in ("_id", "name", "closing")} for row in queues if row.get("closing"))
    )
    _put(own, "webhook_lanes", (_lane(row) for row in queues if row.get("closing") != DELETE))
    return len(queues)


def _lane(queue: Input) -> dict[str, object]:
    full = queue["full_since"]
    cursor = Cursor(queue["position"], queue.get("previous"), failing_since=full and full.timestamp())
    return {"_id": queue["_id"], "subscription": queue["_id"], "token": 0, **asdict(cursor)}


def _copy(former: Database, own: Database, name: str, query: Mapping[str, object]) -> int:
    with former[name].find(query) as rows:
        _put(own, name, rows)
    return int(own[name].count_documents(query))


def _put(own: Database, name: str, rows: Iterable[dict[str, object]]) -> None:
    for page in chunks(rows, BATCH):
        own[name].bulk_write([ReplaceOne({"_id": row["_id"]}, row, upsert=True) for row in page], ordered=False)
