"""The data that notifications kept goes into the database of agencies: all of it, once, and with nobody writing."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from kombu import Connection
from wsis_shared import clock, mongo
from wsis_shared.process_registry import ProcessRegistry
from wsis_testkit import wait_for

from wsis_agencies.commands import FORMER_QUEUE
from wsis_agencies.deliveries.rules.lane import Cursor
from wsis_agencies.deliveries.store.lanes import Lanes
from wsis_agencies.plugin import plugin
from wsis_agencies.store.adoption import COUNTER, METHODS, NAMES, CannotAdopt, adopt, has_begun

from .event_log_kit import publish_example
from .webhooks_kit import AGENCY, Agencies

WSIS = "from wsis_shared.cli import main; main()"
EVENTS = 2_100  # more than two batches


@pytest.fixture
def former(database: Any) -> Iterator[Any]:
    """The database of notifications as its former version left it: log, a webhook, what is pending, responses."""
    db, now = mongo.database("notifications"), clock.now()  # no version declares all of it any more
    types = itertools.cycle(["a", "b", "c"])
    made = Agencies(db)
    made.append([next(types) for _ in range(EVENTS)])
    db["event_subscriptions"].insert_one(
        {
            "_id": "hook",
            "owner": AGENCY.id,
            "agency": "itu",
            "name": "Register",
            "channel": "webhook",
            "version": 3,
            "url": "https://hooks.example",
            "filters": {},
            "state": "paused",
            "reason": None,
            "created_at": now,
            "secrets": [],
            "interval": 0.0,
            "test": None,
            "agreed": "https://hooks.example",
        }
    )
    lane = asdict(Cursor(2_000, matched=1_999))
    db["webhook_lanes"].insert_one({"_id": "hook", "subscription": "hook", "token": 4, **lane})
    db["leases"].insert_many(
        {"_id": name, "token": 4, "owner": "gone", "until": 0.0} for name in ("webhooks.hook", "mails")
    )
    db["pending_deliveries"].insert_one(
        {
            "_id": "hook|1",
            "lane": "hook",
            "subscription": "hook",
            "sequence": 1_990,
            "subject": "s",
            "previous": 1_989,
            "state": "waiting",
            "due": 0.0,
            "tried_at": 0.0,
            "tries": 1,
        }
    )
    db["webhook_attempts"].insert_one({"_id": "try", "subscription": "hook", "at": now, "kind": "event"})
    queue = {"position": 7, "previous": 6, "full_since": None, "due": now}
    db["event_queues"].insert_many(
        {**queue, "_id": name, "name": f"sub.itu.{name}", **more}
        for name, more in (
            ("queue", {"full_since": now}),
            ("locked", {"closing": "lock"}),
            ("gone", {"closing": "delete"}),
        )
    )
    db["idempotency"].insert_many([{"_id": f"itu|{METHODS[1]}|key", "response": {}}, {"_id": "itu|subscribe|key"}])
    db["subscribers"].insert_one({"_id": "reader", "email": "ama@people.example"})
    templates = ("notifications/endpoint_disabled", "notifications/campaign_paused")
    db["deliveries"].insert_many({"_id": name, "template": name} for name in templates)
    db["notices"].insert_one({"_id": "notice", "template": templates[0]})
    yield db
    for store in (db, database("agencies")):
        for name in (*NAMES, "idempotency", "outbox", "processes", "subscribers", "deliveries", "notices", "leases"):
            store[name].delete_many({})


def rows(db: Any, name: str) -> list[Any]:
    return list(db[name].find().sort("_id", 1))


def assert_copied(former: Any, own: Any) -> None:
    """Everything as it was, but for queues, whose places in the log are lanes now."""
    alike = [name for name in NAMES if name not in ("webhook_lanes", "event_queues")]
    assert {name: rows(own, name) for name in alike} == {name: rows(former, name) for name in alike}
    hook, locked, queue = rows(own, "webhook_lanes")
    [full] = former["event_queues"].find({"_id": "queue"})
    place = asdict(Cursor(7, matched=6, failing_since=full["full_since"].timestamp()))
    assert queue == {"_id": "queue", "subscription": "queue", "token": 0, **place}
    assert (locked["_id"], locked["failing_since"]) == ("locked", None)
    assert [hook] == rows(former, "webhook_lanes")
    assert rows(own, "event_queues") == [
        {"_id": "gone", "name": "sub.itu.gone", "closing": "delete"},
        {"_id": "locked", "name": "sub.itu.locked", "closing": "lock"},
    ]


def test_all_is_there_numbers_go_on_and_what_both_got_is_in_the_log_once(
    former: Any, database: Any, serve: Any, amqp_client: Any, environment: dict[str, str]
) -> None:
    """As docs/runbooks/agencies.md has it: the queue is declared while notifications still logs."""
    own, env = database("agencies"), {**os.environ, **environment}
    subprocess.run([sys.executable, "-c", WSIS, "queues", "agencies"], env=env, check=True)
    both, last = publish_example(amqp_client, "voting", "voting_closed"), EVENTS + 1
    row = {"_id": both, "seq": last, "type": "wsis.voting.voting_closed.v1", "data": {}, "facets": {}}
    former["event_log"].insert_one({**row, "source": "/wsis/voting", "time": "", "subject": "", "at": clock.now()})
    former[COUNTER].update_one({}, {"$set": {"last": last}})
    copied = dict(adopt(former, own))
    assert (copied["event_log"], copied["webhook_lanes"], copied["idempotency"]) == (last, 1, 1)
    assert_copied(former, own)
    assert [row["_id"] for row in rows(own, "idempotency")] == [f"itu|{METHODS[1]}|key"]
    assert own["subscribers"].count_documents({}) == 0, "no address"
    agencies = serve("agencies")
    assert agencies.call("read_event_subscription", AGENCY, subscription="hook")["position"] == 2_000
    event = publish_example(amqp_client, "voting", "voting_opened")
    row = wait_for(lambda: own["event_log"].find_one({"_id": event}), 30, "the event")
    assert (row["seq"], own["event_log"].count_documents({"_id": both})) == (last + 1, 1)
    agencies.stop()  # nothing is adopted while it runs


def test_agencies_is_not_prepared_before_the_data_is_there(
    former: Any, database: Any, environment: dict[str, str]
) -> None:
    own, env = database("agencies"), {**os.environ, **environment}

    def seed() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", WSIS, "seed", "agencies"]
        return subprocess.run(command, env=env, capture_output=True, text=True)

    assert seed().returncode == 0, "a new installation has no such queue"
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        connection.channel().queue_declare(FORMER_QUEUE, durable=True, auto_delete=False)
        stopped = seed()
        assert (stopped.returncode, "docs/runbooks/agencies.md" in stopped.stderr) == (1, True)
        dict(adopt(former, own))
        assert seed().returncode == 0
        connection.channel().queue_delete(FORMER_QUEUE)


def test_a_run_that_ended_half_way_is_repeated(former: Any, database: Any) -> None:
    own = database("agencies")
    next(adopt(former, own))
    own["event_log"].delete_many({"seq": {"$gt": 1_500}})
    dict(adopt(former, own))
    assert_copied(former, own)


def test_what_was_deleted_between_two_runs_does_not_come_back(former: Any, database: Any) -> None:
    own = database("agencies")
    for name, _ in adopt(former, own):
        if name == "idempotency":
            break
    assert own["event_subscriptions"].count_documents({}) == 1
    for name in ("event_subscriptions", "webhook_lanes", "pending_deliveries"):
        former[name].delete_many({})
    former["event_queues"].delete_many({"_id": "queue"})
    dict(adopt(former, own))
    assert [rows(own, name) for name in ("event_subscriptions", "pending_deliveries")] == [[], []]
    assert [row["_id"] for row in rows(own, "webhook_lanes")] == ["locked"]


def test_a_log_without_events_is_adopted_too(former: Any, database: Any) -> None:
    own = database("agencies")
    for name in ("event_log", COUNTER):
        former[name].delete_many({})
    assert not has_begun(own)
    assert dict(adopt(former, own))[COUNTER] == 1
    assert has_begun(own)
    assert Agencies(own).append(["first"]) == [1]


def test_a_lane_is_taken_by_a_new_process(former: Any, database: Any) -> None:
    """Its token is that of a lease which the database of agencies would otherwise begin anew."""
    own = database("agencies")
    dict(adopt(former, own))
    lanes = Lanes(own)
    lease = lanes.lease("hook", 10)
    assert lease.hold()
    assert lanes.load("hook", lease.token) is not None
    assert [row["_id"] for row in rows(own, "leases")] == ["webhooks.hook"]


def test_what_agencies_has_changed_since_is_not_undone(former: Any, database: Any) -> None:
    own = database("agencies")
    dict(adopt(former, own))
    own["webhook_lanes"].update_one({"_id": "hook"}, {"$set": {"position": EVENTS}})
    with pytest.raises(CannotAdopt, match="has begun"):
        dict(adopt(former, own))
    assert own["webhook_lanes"].find_one({"_id": "hook"})["position"] == EVENTS


def test_a_mail_that_waits_is_written_by_the_texts_of_agencies(former: Any, database: Any) -> None:
    dict(adopt(former, database("agencies")))
    found = {row["template"] for name in ("deliveries", "notices") for row in former[name].find()}
    assert found == {"agencies/endpoint_disabled", "notifications/campaign_paused"}
    written = [f"{plugin.name}/{mail.template}" for event in plugin.publishes for mail in event.notifications]
    assert written == ["agencies/endpoint_disabled"]


def test_nothing_is_copied_while_somebody_writes(former: Any, database: Any) -> None:
    own = database("agencies")
    for store, name in ((former, "notifications"), (own, "agencies")):
        registry = ProcessRegistry(store)
        registry.heartbeat()
        with pytest.raises(CannotAdopt, match=f"process of {name} runs"):
            dict(adopt(former, own))
        registry.deregister()
    former["outbox"].insert_one({"_id": "e", "event": {"type": "wsis.notifications.event_taken_down.v1"}})
    with pytest.raises(CannotAdopt, match="outbox"):
        dict(adopt(former, own))
    former["outbox"].delete_many({})
    Agencies(own).append(["of its own"])
    with pytest.raises(CannotAdopt, match="has begun"):
        dict(adopt(former, own))
    assert own["event_subscriptions"].count_documents({}) == 0


def test_a_dead_process_stops_nobody(former: Any, database: Any) -> None:
    former["processes"].insert_one({"_id": "dead", "at": clock.now() - timedelta(minutes=5)})
    assert dict(adopt(former, database("agencies")))["event_log"] == EVENTS
