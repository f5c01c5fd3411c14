"""Queues on a virtual host of their own, and subscriptions to them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from wsis_local.broker import Broker
from wsis_shared.settings import Settings

from wsis_agencies.deliveries.rules.lane import Cursor
from wsis_agencies.deliveries.store.lanes import Lanes
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.event_subscriptions.store.queues import EventQueues
from wsis_agencies.event_subscriptions.use_cases.readers import QueueReaders
from wsis_agencies.queues.use_cases import Queues

from ..queues_kit import BATCH, LENGTH


@pytest.fixture(scope="module")
def broker(environment: dict[str, str]) -> Iterator[Broker]:
    """The broker with a virtual host for the queues of this module; the settings lead to it."""
    name = f"agencies-{uuid.uuid4().hex[:10]}"
    made = Broker(environment["WSIS_AMQP_URI"], environment["WSIS_AMQP_MANAGEMENT_URI"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WSIS_AGENCIES_MANAGEMENT_URI", environment["WSIS_AMQP_MANAGEMENT_URI"])
        patch.setenv("WSIS_AGENCIES_AMQP_URI", environment["WSIS_AMQP_URI"])
        patch.setenv("WSIS_AGENCIES_VHOST", name)
        patch.setenv("WSIS_AGENCIES_QUEUE_LENGTH", str(LENGTH))
        Settings.forget_current()
        yield made
    Settings.forget_current()
    users: Any = made.request("GET", f"vhosts/{name}/permissions")
    made.drop_vhost(name)
    for user in users:
        if user["user"].startswith("sub."):
            made.request("DELETE", f"users/{user['user']}")


@pytest.fixture
def log(database: Any) -> EventLog:
    return EventLog(database("agencies"))


@pytest.fixture
def queues(broker: Broker, database: Any) -> Queues:
    return Queues(database("agencies"), batch=BATCH)


@pytest.fixture
def readers(broker: Broker, database: Any) -> QueueReaders:
    return QueueReaders(EventQueues(database("agencies")))


@pytest.fixture
def lanes(database: Any) -> Any:
    """The collection: `rest(lanes, row)` lets a full queue be tried again."""
    return database("agencies").webhook_lanes


@pytest.fixture
def subscribe(
    readers: QueueReaders, log: EventLog, database: Any
) -> Iterator[Callable[..., tuple[dict[str, Any], Any]]]:
    """`subscribe(filters)`: (subscription, credentials) of an active subscription to what comes now."""
    db, made = database("agencies"), []

    def make(agency: str | None = "itu", **filters: Any) -> tuple[dict[str, Any], Any]:
        id_ = uuid.uuid4().hex
        row = {"_id": id_, "owner": "3f2a", "name": "Register", "channel": "queue", "agency": agency, "version": 1}
        row |= {"state": "active", "filters": filters}
        db.event_subscriptions.insert_one(row)
        made.append(row)
        Lanes(db).start(id_, id_, Cursor(log.last()))
        return row, readers.create(row)

    yield make
    for row in made:
        readers.remove(row)
        db.event_subscriptions.delete_one({"_id": row["_id"]})
        db.webhook_lanes.delete_many({"subscription": row["_id"]})
