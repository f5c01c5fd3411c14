"""The process `webhooks` with receivers over HTTP: handshake, filters, order, retries, replay, rotation, the end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from wsis_testkit import refused, wait_for

from wsis_agencies.event_subscriptions.schemas import EventSubscriptionPatch

from ..webhook_receiver import Receiver
from ..webhooks_kit import OFFICER, SETTINGS, TYPE, Agencies


@pytest.fixture(scope="module")
def agencies(environment: dict[str, str], database: Any, start_process: Any) -> Iterator[Agencies]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WSIS_WEBHOOKS_LOOPBACK", "1")
        made = Agencies(database("agencies"))
        start_process("agencies", "webhooks", **{**SETTINGS, "WSIS_WEBHOOKS_SPEEDUP": "50000"})
        yield made
        made.close()


def got(receiver: Receiver, numbers: list[int], seconds: float = 15) -> list[int]:
    """Wait until it has these."""
    wait_for(lambda: set(numbers) <= set(receiver.sequences), seconds, f"events {numbers}")
    return receiver.sequences


def test_events_arrive_signed_in_order_and_as_cloudevents(agencies: Agencies) -> None:
    receiver = agencies.receiver()
    before = agencies.append(["former"])
    subscription = agencies.subscribe(receiver)
    numbers = agencies.append(["a", "b", "a", "a", "b"])
    assert set(got(receiver, numbers)) == set(numbers)  # from now on: not the former one
    assert before[0] not in receiver.sequences
    assert receiver.refused == []
    assert receiver.of_subject("a") == [numbers[0], numbers[2], numbers[3]]
    assert receiver.origins == ["127.0.0.1"]
    [first] = [one for one in receiver.taken if int(one.event["sequence"]) == numbers[0]]
    assert first.headers["webhook-id"] == first.event["id"]
    assert first.headers["content-type"].startswith("application/cloudevents+json")
    assert "v1a," in first.headers["webhook-signature"]
    assert (first.event["type"], first.event["data"]["title"]) == (TYPE, "Ünïcödé")
    wait_for(lambda: agencies.read(subscription)["position"] == numbers[-1], what="the position")
    attempts = [one for one in agencies.attempts(subscription) if one["kind"] == "event"]
    assert {(one["status"], one["error"], one["tries"]) for one in attempts} == {(204, None, 1)}
    assert sum(one["count"] for one in attempts) == len(numbers)
    assert max(one["sequence"] for one in attempts) == numbers[-1]


def test_filtered_receiver_sees_by_previous_that_it_misses_nothing(agencies: Agencies) -> None:
    receiver = agencies.receiver()
    agencies.subscribe(receiver, filters={"types": [TYPE], "regions": ["africa"]})
    first = agencies.append(["a"], regions=["africa"])
    agencies.append(["b"], regions=["europe"])
    agencies.append(["c"], type="wsis.prizes.phase_changed.v1")
    last = agencies.append(["d"], regions=["europe", "africa"]) + agencies.append(["e"])
    assert sorted(got(receiver, first + last)) == first + last
    previous = {int(one.event["sequence"]): one.event.get("previous") for one in receiver.taken}
    assert previous == {first[0]: None, last[0]: f"{first[0]:020d}", last[1]: f"{last[0]:020d}"}


def test_failed_event_holds_up_its_subject_alone_and_other_receivers_not_at_all(agencies: Agencies) -> None:
    failures = {"left": 3}

    def moody(event: dict[str, Any]) -> Any:
        if event["subject"] == "a" and failures["left"]:
            failures["left"] -= 1
            return 400, {}
        return 200, {}

    receiver, other = agencies.receiver(mood=moody), agencies.receiver()
    agencies.subscribe(receiver)
    agencies.subscribe(other)
    numbers = agencies.append(["a", "a", "b", "a", "b"])
    got(receiver, numbers)
    assert receiver.of_subject("a") == [numbers[0], numbers[1], numbers[3]]
    tries = [one["id"] for one in receiver.asked if int(one["sequence"]) == numbers[0]]
    assert len(tries) == 4
    assert len(set(tries)) == 1
    assert set(got(other, numbers)) == set(numbers)
    assert len(other.asked) == len(numbers)


def test_receiver_that_never_agrees_gets_nothing(agencies: Agencies) -> None:
    receiver = agencies.receiver(options=(404, {}), repeats=False)
    subscription = agencies.subscribe(receiver, active=False)
    agencies.append(["a"])
    agencies.wait_state(subscription, "disabled", 60)
    assert agencies.read(subscription)["reason"] == "handshake"
    assert receiver.asked == []
    [told] = [one for one in agencies.service.outbox("endpoint_disabled") if one["subject"] == subscription]
    assert told["data"] == {
        "account": "itu",
        "subscription": subscription,
        "name": "Register",
        "host": "127.0.0.1",
        "reason": "handshake",
    }
    receiver.repeats = True
    agencies.call("resume_event_subscription", subscription=subscription)
    agencies.wait_state(subscription, "active")
    wait_for(lambda: receiver.asked, what="the event that waited")


def test_receiver_that_is_gone_is_asked_no_more(agencies: Agencies) -> None:
    receiver = agencies.receiver(mood=lambda event: (410, {}))
    subscription = agencies.subscribe(receiver)
    first = agencies.append(["a"])
    assert agencies.wait_state(subscription, "disabled")["reason"] == "gone"
    asked = len(receiver.asked)
    second = agencies.append(["a"])
    receiver.mood = lambda event: (200, {})
    agencies.call("resume_event_subscription", subscription=subscription)
    got(receiver, first + second)
    assert (asked, receiver.of_subject("a")) == (1, first + second)


def test_silent_receiver_is_disabled_after_five_days(agencies: Agencies) -> None:
    receiver = agencies.receiver()
    subscription = agencies.subscribe(receiver)
    receiver.stop()
    numbers = agencies.append(["a", "b"])
    assert agencies.wait_state(subscription, "disabled", 60)["reason"] == "silent"
    errors = {one["error"] for one in agencies.attempts(subscription) if one["kind"] == "event"}
    assert errors == {"not_connected"}
    receiver.start()
    agencies.call("resume_event_subscription", subscription=subscription)
    got(receiver, numbers)


def test_pause_holds_events_and_resume_sends_them(agencies: Agencies) -> None:
    receiver = agencies.receiver()
    subscription = agencies.subscribe(receiver)
    agencies.call("pause_event_subscription", subscription=subscription)
    wait_for(lambda: agencies.service.db.leases.find_one({"_id": f"webhooks.{subscription}"})["until"] == 0)
    numbers = agencies.append(["a", "a"])
    agencies.call("resume_event_subscription", subscription=subscription)
    assert got(receiver, numbers) == numbers
    assert agencies.read(subscription)["state"] == "active"


def fail_for_an_hour(agencies: Agencies, subscription: str) -> None:
    """Pause it, and store that its receiver has failed, in all lanes."""
    agencies.call("pause_event_subscription", subscription=subscription)
    held = {"_id": {"$regex": f"^webhooks.{subscription}"}, "until": {"$gt": 0.0}}
    wait_for(lambda: agencies.service.db.leases.find_one(held) is None, what="nobody to deliver it")
    failing = {"failures": 20, "failing_since": time.time() - 60, "rest_until": time.time() + 3_600}
    agencies.service.db.webhook_lanes.update_many({"subscription": subscription}, {"$set": failing})


def test_resumed_receiver_and_one_at_another_address_are_asked_at_once_in_all_lanes(agencies: Agencies) -> None:
    receiver, refusals = agencies.receiver(), {"left": True}
    receiver.mood = lambda event: (503 if refusals["left"] else 200, {"Retry-After": "3600"})
    subscription = agencies.subscribe(receiver)
    numbers = agencies.append(["a", "b"])
    agencies.call("replay_events", subscription=subscription, body={"after": numbers[0] - 2, "since": None})
    wait_for(lambda: len(receiver.asked) >= 2, what="both lanes to be refused")
    fail_for_an_hour(agencies, subscription)
    refusals["left"] = False
    agencies.call("resume_event_subscription", subscription=subscription)
    got(receiver, numbers)
    wait_for(lambda: agencies.read(subscription)["replay"] is None, what="the replay to end")
    fail_for_an_hour(agencies, subscription)
    body = EventSubscriptionPatch().load({"name": "New", "url": receiver.url + "/2"})
    agencies.call("change_event_subscription", subscription=subscription, body=body)
    agencies.call("resume_event_subscription", subscription=subscription)
    agencies.wait_state(subscription, "active")
    got(receiver, agencies.append(["a"]))


def test_old_and_new_secret_are_both_valid_for_a_time(agencies: Agencies) -> None:
    receiver = agencies.receiver()
    subscription = agencies.subscribe(receiver)
    rotated = agencies.call("rotate_event_secret", subscription=subscription)

    def signed_with_both() -> bool:  # its receiver still knows the old one alone
        got(receiver, agencies.append(["a"]))
        return len(receiver.taken[-1].headers["webhook-signature"].split("v1,")) == 3

    wait_for(signed_with_both)
    receiver.secrets = [rotated["secret"]]
    got(receiver, agencies.append(["a"]))
    assert receiver.refused == []


def test_replay_sends_former_events_again_with_their_ids(agencies: Agencies) -> None:
    receiver = agencies.receiver()
    subscription = agencies.subscribe(receiver)
    numbers = agencies.append(["a", "b", "a"])
    got(receiver, numbers)
    wait_for(lambda: agencies.read(subscription)["position"] == numbers[-1])
    before = [one.event["id"] for one in receiver.taken]
    agencies.call("replay_events", subscription=subscription, body={"after": numbers[0] - 1, "since": None})
    wait_for(lambda: len(receiver.taken) == 2 * len(numbers), what="the events again")
    assert sorted(one.event["id"] for one in receiver.taken) == sorted(2 * before)
    wait_for(lambda: agencies.read(subscription)["replay"] is None, what="the replay to end")
    got(receiver, agencies.append(["c"]))


def test_test_event_is_sent_once_and_seen_in_the_attempts(agencies: Agencies) -> None:
    receiver = agencies.receiver(mood=lambda event: (500, {}))
    subscription = agencies.subscribe(receiver)
    event = agencies.call("test_event_subscription", subscription=subscription)["event"]
    tests = wait_for(lambda: [one for one in agencies.attempts(subscription) if one["kind"] == "test"])
    assert [(one["event"], one["status"]) for one in tests] == [(event, 500)]
    assert [one["type"] for one in receiver.asked] == ["wsis.notifications.webhook_tested.v1"]
    agencies.call("pause_event_subscription", OFFICER, subscription=subscription)
    with refused("notifications.event_subscription_state"):
        agencies.call("test_event_subscription", subscription=subscription)


def test_dead_delivery_is_listed_and_sent_again_on_request(agencies: Agencies) -> None:
    receiver = agencies.receiver(mood=lambda event: (400 if event["subject"] == "a" else 200, {}))
    subscription = agencies.subscribe(receiver)
    first, other = agencies.append(["a"]), agencies.append(["b"])
    got(receiver, other)
    listed = agencies.call("list_pending_deliveries", subscription=subscription, limit=10)["items"]
    assert [(row["sequence"], row["state"]) for row in listed] in ([], [(first[0], "waiting")])
    rows = agencies.service.db.pending_deliveries
    wait_for(lambda: rows.find_one({"sequence": first[0], "state": "dead"}), 120, "the dead letter")
    receiver.mood = lambda event: (200, {})
    assert agencies.call("requeue_deliveries", subscription=subscription, body={"sequences": None}) == {"count": 1}
    got(receiver, first)
    wait_for(lambda: rows.count_documents({"subscription": subscription}) == 0, what="the row to go")
