"""Subscriptions, their lanes and queues: on the store, without a process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_testkit import refused

from wsis_agencies.deliveries.rules.lane import Changes, Cursor, Delivery
from wsis_agencies.deliveries.store.lanes import DEAD, REPLAY, WAITING, Held, Lanes
from wsis_agencies.event_subscriptions.store.queues import DELETE, LOCK, EventQueues
from wsis_agencies.event_subscriptions.store.subscriptions import EventSubscriptions

NOW = datetime(2017, 3, 1, tzinfo=UTC)


@pytest.fixture
def store(database: Any) -> EventSubscriptions:
    made = EventSubscriptions(database("agencies"))
    made.collection("event_subscriptions").delete_many({})
    return made


def put(store: EventSubscriptions, id: str, **more: Any) -> dict[str, Any]:
    row = {"_id": id, "owner": "ann", "channel": "webhook", "state": "active", "created_at": NOW, **more}
    return store.put(row)


def test_a_subscription_is_current_while_it_is_active_and_as_it_was_read(store: EventSubscriptions) -> None:
    read = put(store, "s1")
    assert store.is_current(read)
    paused = store.put({**read, "state": "disabled"})
    assert [store.is_current(row) for row in (read, paused)] == [False, False]
    again = store.put({**paused, "state": "active"})
    assert [store.is_current(row) for row in (read, again)] == [False, True]


def test_subscriptions_are_of_an_owner_and_of_a_channel(store: EventSubscriptions) -> None:
    for number, (owner, channel, state) in enumerate(
        (
            ("ann", "webhook", "active"),
            ("ann", "queue", "active"),
            ("bo", "webhook", "disabled"),
        )
    ):
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


# -- lanes -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def lanes(database: Any) -> Lanes:
    made = Lanes(database("agencies"))
    for name in ("webhook_lanes", "pending_deliveries", "webhook_attempts"):
        made.collection(name).delete_many({})
    made.start("s1", "s1", Cursor(0))
    return made


def held(token: int, position: int, put: Any = (), removed: Any = (), lane: str = "s1") -> Held:
    return Held(lane, "s1", token, Changes(Cursor(position), list(put), list(removed)))


def test_a_former_holder_of_a_lane_writes_nothing(lanes: Lanes) -> None:
    assert lanes.load("s1", 1) is not None
    attempt = {"_id": "a1", "subscription": "s1", "kind": "event", "status": 500, "tries": 1, "error": None}
    assert lanes.flush([held(1, 5, [Delivery(4, "a", None), Delivery(5, "a", 4, dead=True)])], []) == set()
    cursor, pending, known = lanes.load("s1", 2) or (None, [], [])
    assert (cursor, [one.sequence for one in pending], known) == (Cursor(5), [4], []), "a dead letter was read"
    assert lanes.flush([held(1, 9, removed=[4])], [attempt]) == {"s1"}
    assert lanes.load("s1", 1) is None
    assert lanes.load("s9", 3) is None
    found = lanes.load("s1", 2)
    assert found is not None
    assert (found[0], [one.sequence for one in found[1]]) == (Cursor(5), [4])
    assert lanes.flush([held(2, 6, removed=[4])], []) == set()
    assert lanes.load("s1", 2) == (Cursor(6), [], [])


def test_without_subscriptions_the_store_is_asked_for_no_lanes(lanes: Lanes, count_commands: Any) -> None:
    assert count_commands(lambda: lanes.all_of([])) == []
    assert count_commands(lambda: lanes.free_leases([])) == []


def test_dead_letters_of_a_replay_are_those_of_its_subscription(lanes: Lanes) -> None:
    replay = "s1" + REPLAY
    lanes.start(replay, "s1", Cursor(0))
    lanes.flush([held(0, 2, [Delivery(1, "a", None), Delivery(2, "b", None)], lane=replay)], [])
    lanes.flush([held(0, 3, [Delivery(1, "a", None, dead=True)], lane=replay)], [])
    rows = lanes.page("s1", None, None, 10).rows
    assert [(row["lane"], row["sequence"], row["state"]) for row in rows] == [("s1", 1, DEAD), (replay, 2, WAITING)]
    assert [row["sequence"] for row in lanes.page("s1", DEAD, None, 10).rows] == [1]
    lanes.remove(replay)
    assert [row["sequence"] for row in lanes.page("s1", None, None, 10).rows] == [1]
    assert [row["_id"] for row in lanes.all_of(["s1"])] == ["s1"]
    assert (lanes.requeue("s1", [2]), lanes.requeue("s1", None), lanes.requeue("s1", None)) == (0, 1, 0)
    found = lanes.load("s1", 1)
    assert found is not None
    assert [(one.sequence, one.tries, one.due) for one in found[1]] == [(1, 0, 0.0)]


# -- queues ----------------------------------------------------------------------------------------------------------


def test_a_queue_is_closed_once_and_as_it_was_asked_for_last(store: EventSubscriptions) -> None:
    queues = EventQueues(store.db)
    queues.collection("event_queues").delete_many({})
    queues.close("s1", "sub.itu.s1", LOCK)
    queues.close("s2", "sub.itu.s2", LOCK)
    queues.close("s3", "sub.itu.s3", LOCK)
    queues.keep("s3")
    found = queues.closing()
    assert [(row["_id"], row["name"], row["closing"]) for row in found] == [
        ("s1", "sub.itu.s1", LOCK),
        ("s2", "sub.itu.s2", LOCK),
    ]
    queues.close("s2", "sub.itu.s2", DELETE)  # while the first change is being made
    assert [queues.take(row) for row in found] == [True, False]
    assert [(row["_id"], row["closing"]) for row in queues.closing()] == [("s2", DELETE)]
