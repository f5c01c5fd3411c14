"""Queues of agencies on a real broker: filled in order, and bounded."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from wsis_local.broker import Broker
from wsis_shared import clock
from wsis_testkit import refused, unsent
from wsis_testkit.proxy import Proxy, behind

from wsis_agencies.deliveries.rules.lane import Cursor
from wsis_agencies.deliveries.rules.policy import DAY
from wsis_agencies.deliveries.store.attempts import Attempts
from wsis_agencies.deliveries.store.lanes import REPLAY, Lanes
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.event_subscriptions.rules.subscriptions import with_handshake
from wsis_agencies.queues import publisher
from wsis_agencies.queues.use_cases import Queues

from ..queues_kit import Turns, append, drain, rested, take

NODE = Path(__file__).parent / "node"


Reader = Callable[..., list[dict[str, Any]]]


def test_events_that_pass_are_in_the_queue_in_their_order(queues: Queues, log: EventLog, subscribe: Any) -> None:
    append(log, 0)
    _, closed = subscribe(types=["wsis.voting.voting_closed.v1"])
    _, all_of_them = subscribe()
    ids = append(log, 1, 2)
    other = append(log, 3, event="voting_opened")
    queues.fill_queues(Turns())
    events = take(closed, 2)
    assert [event["id"] for event in events] == ids
    assert [event["data"] for event in events] == [{"n": 1}, {"n": 2}]
    assert [event["id"] for event in take(all_of_them, 3)] == [*ids, *other]
    queues.fill_queues(Turns())
    assert take(closed, 0) == []


def test_a_full_queue_waits_in_the_log_and_goes_on_without_a_gap(
    queues: Queues, log: EventLog, subscribe: Any, lanes: Any
) -> None:
    row, credentials = subscribe()
    ids = append(log, *range(40))
    seen: list[str] = []
    rounds = 0
    while len(set(seen)) < len(ids) and rounds < 40:
        rounds += 1
        rested(lanes, row)
        queues.fill_queues(Turns())
        seen += [event["id"] for event in drain(credentials)]
    assert rounds > 3
    assert list(dict.fromkeys(seen)) == ids
    queues.fill_queues(Turns())


def test_each_event_names_the_one_before_it_also_when_it_comes_again(
    queues: Queues, log: EventLog, subscribe: Any, lanes: Any
) -> None:
    row, credentials = subscribe(types=["wsis.voting.voting_closed.v1"])
    wanted = [log.last() + 2 * number + 1 for number in range(8)]
    for number in range(8):
        append(log, number)
        append(log, number, event="voting_opened")
    found: dict[int, Any] = {}
    while len(found) < len(wanted):
        rested(lanes, row)
        queues.fill_queues(Turns())
        for event in drain(credentials):
            previous = int(event["previous"]) if "previous" in event else None
            assert found.setdefault(int(event["sequence"]), previous) == previous
    assert found == dict(zip(wanted, [None, *wanted], strict=False))


def test_a_queue_that_comes_after_events_expired_says_that_there_is_a_gap(
    queues: Queues, log: EventLog, subscribe: Any, database: Any
) -> None:
    _, credentials = subscribe()
    append(log, 1, 2, 3)
    first = log.last()
    db = database("agencies")
    db.event_log.delete_many({"seq": {"$lt": first}})
    before = db.event_log_counter.find_one_and_update({}, {"$set": {"first": first}})
    try:
        queues.fill_queues(Turns())
        [event] = take(credentials, 1)
    finally:
        db.event_log_counter.update_one({}, {"$set": {"first": before["first"]}})
    assert (int(event["sequence"]), int(event["previous"])) == (first, first - 1)


def test_a_queue_that_nobody_reads_for_five_days_ends_with_a_mail_and_goes_on_when_it_is_resumed(
    queues: Queues, log: EventLog, subscribe: Any, database: Any
) -> None:
    row, credentials = subscribe()
    ids = append(log, *range(20))
    db = database("agencies")
    queues.fill_queues(Turns())
    full = db.webhook_lanes.find_one({"_id": row["_id"]})["failing_since"]
    change = {"failing_since": full - 5 * DAY, "rest_until": 0.0}
    db.webhook_lanes.update_one({"_id": row["_id"]}, {"$set": change})
    queues.fill_queues(Turns())
    found = db.event_subscriptions.find_one({"_id": row["_id"]})
    assert (found["state"], found["reason"]) == ("disabled", "silent")
    event = unsent(db, "endpoint_disabled")[-1]
    assert event["data"] == {
        "account": "3f2a",
        "subscription": row["_id"],
        "name": "Register",
        "reason": "silent",
        "host": credentials["queue"],
    }
    seen: list[str] = []
    again = with_handshake(found, clock.now())
    assert again["state"] == "active"
    db.event_subscriptions.replace_one({"_id": row["_id"]}, again)
    while len(set(seen)) < len(ids):
        seen += [event["id"] for event in drain(credentials)]
        rested(db.webhook_lanes, row)
        queues.fill_queues(Turns())
    assert db.event_subscriptions.find_one({"_id": row["_id"]})["state"] == "active"


def test_a_full_queue_holds_up_no_other(queues: Queues, log: EventLog, subscribe: Any, lanes: Any) -> None:
    full, _ = subscribe()
    append(log, *range(60))
    queues.fill_queues(Turns())
    assert lanes.find_one({"_id": full["_id"]})["failing_since"] is not None
    _, free = subscribe("who")
    ids = append(log, 1, 2)
    queues.fill_queues(Turns())
    assert [event["id"] for event in take(free, 2)] == ids


def test_a_paused_subscription_gets_nothing_until_it_goes_on(
    queues: Queues, log: EventLog, subscribe: Any, database: Any
) -> None:
    row, credentials = subscribe()
    subscribe("who")
    rows = database("agencies").event_subscriptions
    rows.update_one({"_id": row["_id"]}, {"$set": {"state": "paused"}})
    ids = append(log, 1, 2)
    queues.fill_queues(Turns())
    assert take(credentials, 0) == []
    rows.update_one({"_id": row["_id"]}, {"$set": {"state": "active"}})
    queues.fill_queues(Turns())
    assert [event["id"] for event in take(credentials, 2)] == ids


def test_a_crash_between_confirm_and_position_repeats_events_with_the_same_ids(
    queues: Queues, log: EventLog, subscribe: Any, lanes: Any
) -> None:
    row, credentials = subscribe()
    before = lanes.find_one({"_id": row["_id"]})
    ids = append(log, 1, 2)
    queues.fill_queues(Turns())
    lanes.replace_one({"_id": row["_id"]}, before)
    queues.fill_queues(Turns())
    assert [event["id"] for event in take(credentials, 4)] == [*ids, *ids]


def test_a_replay_brings_former_events_again_beside_the_new_ones(
    queues: Queues, log: EventLog, subscribe: Any, lanes: Any, database: Any
) -> None:
    row, credentials = subscribe()
    former = append(log, 1, 2, 3)
    queues.fill_queues(Turns())
    first = drain(credentials)
    until = log.last()
    Lanes(database("agencies")).start(row["_id"] + REPLAY, row["_id"], Cursor(until - 2, until=until))
    new = append(log, 4)
    queues.fill_queues(Turns(2))
    events = drain(credentials)
    assert sorted(event["id"] for event in events) == sorted([*former[1:], *new])
    assert [event["id"] for event in events if event["id"] in former] == former[1:]
    same = {event["id"]: event["sequence"] for event in first}
    assert all(same[event["id"]] == event["sequence"] for event in events if event["id"] in former)
    assert [one["_id"] for one in lanes.find({"subscription": row["_id"]})] == [row["_id"]], "the replay has ended"


def test_what_went_into_a_queue_is_listed_and_a_full_one_once(
    queues: Queues, log: EventLog, subscribe: Any, lanes: Any, database: Any
) -> None:
    row, _ = subscribe()
    ids = append(log, *range(20))
    for _ in range(4):
        rested(lanes, row)
        queues.fill_queues(Turns())
    page = Attempts(database("agencies")).page(row["_id"], None, 100)
    taken = [one for one in page.rows if one["error"] is None]
    [refused_one] = [one for one in page.rows if one["error"] is not None]
    count = sum(one["count"] for one in taken)
    assert count == lanes.find_one({"_id": row["_id"]})["position"] - log.last() + len(ids)
    assert (refused_one["error"], refused_one["event"]) == ("queue_full", ids[count])
    assert {(one["kind"], one["status"], one["tries"]) for one in page.rows} == {("event", None, 1)}


def test_a_test_goes_into_the_queue_once(queues: Queues, subscribe: Any, database: Any) -> None:
    row, credentials = subscribe()
    rows = database("agencies").event_subscriptions
    rows.update_one({"_id": row["_id"]}, {"$set": {"test": {"id": "a-test"}}})
    queues.fill_queues(Turns(2))
    [event] = drain(credentials)
    assert (event["id"], event["type"]) == ("a-test", "wsis.notifications.webhook_tested.v1")
    assert (event["subject"], event["data"]) == (row["_id"], {"name": "Register"})
    assert rows.find_one({"_id": row["_id"]})["test"] is None
    [attempt] = Attempts(database("agencies")).page(row["_id"], None, 10).rows
    assert (attempt["kind"], attempt["event"], attempt["error"]) == ("test", "a-test", None)


def test_a_queue_that_is_lost_is_told_from_a_full_one(
    queues: Queues, log: EventLog, subscribe: Any, broker: Broker, database: Any
) -> None:
    row, credentials = subscribe()
    vhost = urlsplit(credentials["uri"]).path.removeprefix("/")
    broker.request("DELETE", f"queues/{vhost}/{credentials['queue']}")
    append(log, 1)
    queues.fill_queues(Turns())
    [attempt] = Attempts(database("agencies")).page(row["_id"], None, 10).rows
    assert attempt["error"] == "queue_missing"


def test_a_node_of_the_broker_that_does_not_confirm_is_left(
    subscribe: Any, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, credentials = subscribe()
    monkeypatch.setattr(publisher, "CONFIRM_SECONDS", 0.5)
    message = publisher.Message(credentials["queue"], {"id": "1", "type": "x"})
    parts = urlsplit(broker.amqp_uri)
    vhost = f"/{urlsplit(credentials['uri']).path.removeprefix('/')}"
    with ExitStack() as stack:
        wires = [stack.enter_context(Proxy(str(parts.hostname), int(parts.port or 0))) for _ in range(2)]
        nodes = {behind(parts._replace(path=vhost).geturl(), wire): wire for wire in wires}
        with publisher.Publisher(";".join(nodes)) as first:
            assert first.publish([message]) == [None]
            nodes[first._connection.address].freeze()
            with refused("notifications.queues_away"):
                first.publish([message])
        for _ in range(5):
            with publisher.Publisher(";".join(nodes)) as next_one:
                assert next_one.publish([message]) == [None]


@pytest.fixture(scope="module")
def reader() -> Path:
    """The reader in Node.js with its library."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("Node.js is in Debian's packages nodejs and npm")
    if not (NODE / "node_modules").is_dir():
        options = ["--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(
            ["npm", "install", "--no-package-lock", *options], cwd=NODE, capture_output=True, text=True, timeout=120
        )
        if done.returncode:
            pytest.skip(f"npm cannot install amqplib: {done.stderr[-200:]}")
    return NODE / "read_queue.js"


def test_a_client_in_another_language_reads_the_queue(
    queues: Queues, log: EventLog, subscribe: Any, reader: Path
) -> None:
    _, credentials = subscribe()
    ids = append(log, 1, 2, 3)
    queues.fill_queues(Turns())
    command = ["node", str(reader), credentials["uri"], credentials["queue"], "3"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["event"]["id"] for line in lines] == [line["id"] for line in lines] == ids
    assert {line["type"] for line in lines} == {"application/cloudevents+json"}
    assert lines[0]["event"]["specversion"] == "1.0"
