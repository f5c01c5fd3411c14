"""Subscriptions over a real store, without a process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_testkit import refused

from wsis_notifications.store.event_subscriptions.subscriptions import EventSubscriptions

NOW = datetime(2017, 3, 1, tzinfo=UTC)


@pytest.fixture
def store(database: Any) -> EventSubscriptions:
    made = EventSubscriptions(database("notifications"))
    made.collection("event_subscriptions").delete_many({})
    return made


def put(store: EventSubscriptions, id: str, **more: Any) -> dict[str, Any]:
    row = {"_id": id, "owner": "ann", "channel": "webhook", "state": "active", "created_at": NOW, "outbox": [], **more}
    return store.put(row)


def test_a_subscription_is_current_while_it_is_active_and_as_it_was_read(store: EventSubscriptions) -> None:
    read = put(store, "s1")
    assert store.is_current(read)
    paused = store.put({**read, "state": "disabled"})
    assert [store.is_current(row) for row in (read, paused)] == [False, False]
    again = store.put({**paused, "state": "active"})
    assert [store.is_current(row) for row in (read, again)] == [False, True]


def test_subscriptions_are_of_an_owner_and_of_a_channel(store: EventSubscriptions) -> None:
    for number, (owner, channel, state) in enumerate((
        ("ann", "webhook", "active"), ("ann", "queue", "active"), ("bo", "webhook", "disabled"),
    )):  # fmt: skip
        put(store, f"s{number}", owner=owner, channel=channel, state=state, created_at=NOW + timedelta(days=number))

    def ids(rows: Any) -> list[str]:
        return [row["_id"] for row in rows]

    assert ids(store.of_owner("ann")) == ["s0", "s1"]
    assert (store.count("ann"), store.count("bo"), store.count("chi")) == (2, 1, 0)
    assert ids(store.of_channel("webhook", ["active"])) == ["s0"]
    assert ids(store.of_channel("webhook", ["active", "disabled"])) == ["s0", "s2"]
    first = store.page(None, None, 2)
    assert [ids(first.rows), ids(store.page(None, first.next, 2).rows)] == [["s0", "s1"], ["s2"]]
    assert ids(store.page("bo", None, 2).rows) == ["s2"]
    assert [store.exists(id) for id in ("s0", "s3")] == [True, False]


def test_a_removed_subscription_leaves_nothing_but_that_of_others(store: EventSubscriptions) -> None:
    gone, other = put(store, "s1"), put(store, "s2")
    kept = ("webhook_lanes", "pending_deliveries", "webhook_attempts")
    for name in kept:
        store.collection(name).delete_many({})
        store.collection(name).insert_many([{"_id": id, "subscription": id} for id in ("s1", "s2")])
    store.remove(gone)
    with refused("notifications.event_subscription_unknown"):
        store.find("s1")
    assert store.find("s2")["_id"] == other["_id"]
    assert [[row["subscription"] for row in store.collection(name).find()] for name in kept] == [["s2"]] * 3
