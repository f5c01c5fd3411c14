"""Attacks on events and webhooks: content that was taken down, secrets in the store, owners who may subscribe no more,
names that never resolve, headers without end."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_testkit import actor, publish, wait_for

from wsis_agencies.event_log.events import EVENT_TAKEN_DOWN
from wsis_agencies.event_log.rules import log as rules
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.event_subscriptions.rules import subscriptions
from wsis_agencies.event_subscriptions.schemas import EventSubscriptionBody
from wsis_agencies.event_subscriptions.store.secrets import MAX_SECRETS, rotated
from wsis_agencies.plugin import plugin
from wsis_agencies.webhooks.handshake import interval_of
from wsis_agencies.webhooks.in_store import in_store
from wsis_agencies.webhooks.rules.challenges import repeats
from wsis_agencies.webhooks.tail import Tail

AT = datetime(2017, 5, 2, 9, tzinfo=UTC)


def append(log: EventLog, type: str, data: Any) -> dict[str, Any]:
    event = {
        "id": uuid.uuid4().hex,
        "source": "/wsis/x",
        "type": type,
        "time": clock.iso(AT),
        "subject": "1",
        "data": data,
    }
    log.append([rules.row_of(event, {})])
    return log.read(log.last()) or {}


def test_what_is_taken_down_is_not_sent_from_memory(environment: dict[str, str], database: Any) -> None:
    log = EventLog(database("agencies"))
    assert EVENT_TAKEN_DOWN.key(plugin.public_name).cloudevents_type == rules.TAKEDOWN_TYPE

    async def play() -> None:
        tail, stop = Tail(log, 0.01, lambda: None), asyncio.Event()
        await tail.start()
        running = asyncio.create_task(tail.run(stop))
        row = append(log, "wsis.prizes.project_submitted.v1", {"title": "Private"})
        async with asyncio.timeout(10):
            while tail.last < row["seq"]:
                await asyncio.sleep(0.01)
            [held] = (await tail.read(row["seq"] - 1, 1)).rows  # a lane waits with it
            log.take_down(row)
            told = append(log, rules.TAKEDOWN_TYPE, {"sequence": row["seq"], "event": row["_id"]})
            while tail.last < told["seq"]:
                await asyncio.sleep(0.01)
        assert rules.public_envelope(tail.as_it_is(held))["data"] is None
        assert tail.as_it_is(told)["data"] == told["data"]
        stop.set()
        await running

    asyncio.run(play())


def test_names_that_do_not_resolve_hold_up_no_store() -> None:
    release = threading.Event()

    async def play() -> int:
        loop = asyncio.get_running_loop()
        stuck = [loop.run_in_executor(None, release.wait) for _ in range(64)]  # where names are resolved
        try:
            return await asyncio.wait_for(in_store(lambda: 42), 10)
        finally:
            release.set()
            await asyncio.gather(*stuck)

    assert asyncio.run(play()) == 42


@pytest.mark.parametrize(("rate", "seconds"), [("9" * 8000, 0.0), ("120", 0.5), ("0", 0.0), ("-1", 0.0), ("*", 0.0)])
def test_a_rate_of_any_length_ends_the_handshake(rate: str, seconds: float) -> None:
    assert interval_of(rate) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize("reply", [b'{"challenge":' + b"[" * 1000, b'{"challenge": ["c"]}', b'{"c": 1}', b"\xff"])
def test_what_is_no_challenge_is_refused_and_no_fault_of_ours(reply: bytes) -> None:
    assert not repeats(reply, "c")


def test_a_repeated_rotation_leaves_the_secret_that_its_receiver_has() -> None:
    first = {"sealed": b"1", "until": None}
    until = AT + timedelta(days=1)
    secrets = rotated({"_id": "a", "secrets": [first]}, b"2", AT, until)
    for repeat in range(1, 5):
        at = timedelta(seconds=repeat)
        secrets = rotated({"_id": "a", "secrets": secrets}, b"3", AT + at, until + at)
    assert {"sealed": b"1", "until": until} in secrets
    assert {"sealed": b"1", "until": until} not in rotated({"_id": "a", "secrets": secrets}, b"4", until, until)
    for _ in range(20):
        secrets = rotated({"_id": "a", "secrets": secrets}, b"5", AT, until)
    assert len(secrets) == MAX_SECRETS


def test_the_rule_is_what_the_manifest_grants() -> None:
    granting = {
        role
        for role, names in plugin.grants.items()
        if {"notifications:subscribe_events", "notifications:*"} & set(names)
    }
    assert granting == subscriptions.SUBSCRIBERS


@pytest.fixture(scope="module")
def agencies(serve: Any) -> Any:
    return serve("agencies")


def create(agencies: Any, who: Any, key: str = "") -> dict[str, Any]:
    body = EventSubscriptionBody().load({"name": "Register", "url": "https://hooks.example.org/wsis"})
    context = {"idempotency_key": key} if key else None
    return dict(agencies.call("create_event_subscription", who, context=context, body=body))


def test_no_secret_is_stored_in_the_clear_and_a_repeat_makes_no_second_subscription(
    agencies: Any, database: Any
) -> None:
    who, key = actor("agency"), uuid.uuid4().hex
    first, second = create(agencies, who, key), create(agencies, who, key)
    assert first["id"] == second["id"]
    assert first["secret"] != second["secret"]
    third = agencies.call("rotate_event_secret", who, subscription=first["id"])
    db = database("agencies")
    assert db["event_subscriptions"].count_documents({"owner": who.id}) == 1
    stored = json.dumps(list(db["idempotency"].find()), default=str)
    for made in (first, second, third):
        assert made["secret"] not in stored


@pytest.mark.parametrize("roles", [["member"], []], ids=["demoted", "blocked"])
def test_who_may_no_longer_subscribe_gets_nothing(
    agencies: Any, amqp_client: Any, database: Any, roles: list[str]
) -> None:
    who, other = actor("agency"), actor("agency")
    lost, kept = create(agencies, who)["id"], create(agencies, other)["id"]
    publish(amqp_client, "accounts", "power_changed", {"account": other.id, "roles": ["member", "agency"]})
    publish(amqp_client, "accounts", "power_changed", {"account": who.id, "roles": roles})
    db = database("agencies")
    wait_for(lambda: db["event_subscriptions"].find_one({"_id": lost, "state": "disabled", "reason": "owner"}), 15)
    assert db["event_subscriptions"].find_one({"_id": kept})["state"] == "pending"
