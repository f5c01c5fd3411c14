"""Subscriptions through the service: who may do what with which, what is shown, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from marshmallow import ValidationError
from wsis_shared import clock
from wsis_shared.errors import Invalid
from wsis_shared.settings import Settings
from wsis_testkit import actor, refused

from wsis_agencies.deliveries.rules.lane import Cursor
from wsis_agencies.deliveries.store.lanes import REPLAY, Lanes
from wsis_agencies.event_subscriptions import schemas
from wsis_agencies.event_subscriptions.routes import ROUTES
from wsis_agencies.event_subscriptions.rules.secrets import from_text
from wsis_agencies.event_subscriptions.store.queues import EventQueues

from ..ssrf_corpus import CORPUS
from ..webhooks_kit import AGENCY, OFFICER, Agencies

OTHER = actor("agency", id="unesco")
URL = "https://hooks.example.org/wsis"


@pytest.fixture(scope="module")
def _agencies(environment: dict[str, str], database: Any) -> Agencies:
    return Agencies(database("agencies"))


@pytest.fixture
def agencies(_agencies: Agencies) -> Iterator[Agencies]:
    yield _agencies
    for name in ("event_subscriptions", "webhook_lanes", "pending_deliveries", "webhook_attempts", "event_queues"):
        _agencies.service.db[name].delete_many({})


def create(agencies: Agencies, who: Any = AGENCY, **body: Any) -> dict[str, Any]:
    given = schemas.EventSubscriptionBody().load({"name": "Register", "url": URL, **body})
    made: dict[str, Any] = agencies.call("create_event_subscription", who, body=given)
    return made


def test_secret_is_shown_once_and_sealed(agencies: Agencies) -> None:
    made = create(agencies)
    assert len(from_text(made["secret"])) == 32
    shown = schemas.EventSubscription().dump(agencies.read(made["id"]))
    assert (shown["state"], shown["owner"], shown["url"]) == ("pending", "itu", URL)
    assert "secret" not in shown
    stored = agencies.service.db.event_subscriptions.find_one({"_id": made["id"]})
    assert from_text(made["secret"]) not in stored["secrets"][0]["sealed"]
    rotated = agencies.call("rotate_event_secret", subscription=made["id"])
    assert rotated["secret"] != made["secret"]
    assert timedelta(hours=23) < rotated["former_until"] - clock.now() <= timedelta(hours=24)


def test_agencies_see_their_own_and_staff_sees_all(agencies: Agencies) -> None:
    mine, other = create(agencies), create(agencies, OTHER)
    for who, expected in (
        (AGENCY, [mine]),
        (OTHER, [other]),
        (OFFICER, [mine, other]),
        (actor("operator"), [mine, other]),
    ):
        page = agencies.call("list_event_subscriptions", who, limit=10)
        assert [one["id"] for one in page["items"]] == [one["id"] for one in expected]
    first = agencies.call("list_event_subscriptions", OFFICER, limit=1)
    rest = agencies.call("list_event_subscriptions", OFFICER, limit=1, after=first["next"])
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([other["id"]], None)


@pytest.mark.parametrize("handler", sorted({route.handler for route in ROUTES if "{subscription}" in route.path}))
def test_somebody_elses_subscription_is_unknown(agencies: Agencies, handler: str) -> None:
    other = create(agencies, OTHER)
    bodies: dict[str, Any] = {
        "change_event_subscription": {"name": "x", "url": URL, "filters": {}},
        "replay_events": {"after": 0, "since": None},
        "requeue_deliveries": {"sequences": None},
    }
    arguments = {"body": bodies[handler]} if handler in bodies else {}
    with refused("notifications.event_subscription_unknown"):
        agencies.call(handler, AGENCY, subscription=other["id"], **arguments)
    assert agencies.read(other["id"])["name"] == "Register"


def test_a_filter_for_a_type_that_nobody_publishes_is_taken_with_a_warning(agencies: Agencies) -> None:
    typing_error, right = "wsis.prizes.winner_announced.v1", "wsis.prizes.winners_announced.v1"
    made = create(agencies, filters={"types": [right, typing_error]})
    warning = [f"No installed service publishes “{typing_error}”: nothing will come of it."]
    assert made["warnings"] == agencies.read(made["id"])["warnings"] == warning
    body = schemas.EventSubscriptionPatch().load({"name": "New", "url": URL, "filters": {"types": [right]}})
    assert agencies.call("change_event_subscription", subscription=made["id"], body=body)["warnings"] == []


def test_what_staff_does_to_an_agency_is_audited(agencies: Agencies) -> None:
    made = create(agencies)
    agencies.call("pause_event_subscription", OFFICER, subscription=made["id"])
    agencies.call("resume_event_subscription", subscription=made["id"])
    body = schemas.EventSubscriptionPatch().load({"name": "New", "url": URL + "/2", "filters": {"sdgs": [4]}})
    agencies.call("change_event_subscription", OFFICER, subscription=made["id"], body=body)
    actions = [event["data"] for event in agencies.service.outbox("action_taken")]
    assert [(one["actor"], one["action"].rpartition("_")[2]) for one in actions] == [
        ("officer", "paused"),
        ("officer", "changed"),
    ]
    assert actions[0]["after"] == {"state": "paused", "url": URL, "filters": made["filters"]}
    assert actions[1]["after"] == {"state": "pending", "url": URL + "/2", "filters": body["filters"]}


def test_removal_by_staff_is_audited_and_ends_no_entry_that_is_not_published_yet(agencies: Agencies) -> None:
    made = create(agencies)
    for method in ("pause_event_subscription", "remove_event_subscription"):
        agencies.call(method, OFFICER, subscription=made["id"])
    entries = [event["data"] for event in agencies.service.outbox("action_taken")]
    actions = [entry["action"] for entry in entries if made["id"] in entry["object"]]
    assert [action.removeprefix("notifications.event_subscription_") for action in actions] == ["paused", "removed"]


def test_no_url_of_the_corpus_is_taken(agencies: Agencies) -> None:
    named = ("example.com", "nip.io")  # names whose addresses only the DNS knows: the process refuses those
    refusal = 0
    for url in CORPUS:
        if not any(name in url for name in named):
            with pytest.raises((Invalid, ValidationError)):
                create(agencies, url=url)
            refusal += 1
    assert refusal >= 110
    assert agencies.call("list_event_subscriptions", OFFICER, limit=10)["items"] == []


def test_no_receiver_inside_the_network_is_taken(agencies: Agencies) -> None:
    with refused("notifications.receiver_refused"):
        create(agencies, url="https://10.0.0.1/events")


def test_start_is_a_number_or_a_moment_or_now(agencies: Agencies) -> None:
    numbers = agencies.append(["a", "b", "c"])
    assert create(agencies)["position"] == numbers[-1]
    assert create(agencies, start={"after": numbers[0]})["position"] == numbers[0]
    assert create(agencies, start={"since": "2017-01-01T00:00:00Z"})["position"] == 0
    assert create(agencies, start={"since": clock.iso(clock.now() + timedelta(hours=1))})["position"] == numbers[-1]
    with refused("notifications.start_in_future"):
        create(agencies, start={"after": numbers[-1] + 1})
    with pytest.raises(ValidationError):
        create(agencies, start={"after": 1, "since": "2017-01-01T00:00:00Z"})
    agencies.service.db.event_log_counter.update_one({}, {"$set": {"first": numbers[1]}})
    with refused("notifications.events_gone"):
        create(agencies, start={"after": 0})


def test_another_address_is_asked_first_and_another_filter_is_not(agencies: Agencies) -> None:
    made = create(agencies)
    rows = agencies.service.db.event_subscriptions
    rows.update_one({"_id": made["id"]}, {"$set": {"state": "active", "agreed": URL}})
    body = schemas.EventSubscriptionPatch().load({"name": "New", "url": URL, "filters": {"sdgs": [4]}})
    changed = agencies.call("change_event_subscription", subscription=made["id"], body=body)
    assert (changed["state"], changed["name"], changed["filters"]["sdgs"]) == ("active", "New", [4])
    moved = agencies.call("change_event_subscription", subscription=made["id"], body={**body, "url": URL + "/2"})
    assert moved["state"] == "pending"
    agencies.call("pause_event_subscription", subscription=made["id"])
    back = agencies.call("change_event_subscription", subscription=made["id"], body=body)
    assert back["state"] == "paused"
    assert agencies.call("resume_event_subscription", subscription=made["id"])["state"] == "active"
    with refused("notifications.event_subscription_state"):
        agencies.call("resume_event_subscription", subscription=made["id"])


def test_one_replay_at_a_time(agencies: Agencies) -> None:
    agencies.append(["a", "b"])
    made = create(agencies)
    start = {"after": made["position"] - 2, "since": None}
    replayed = agencies.call("replay_events", subscription=made["id"], body=start)
    assert replayed["replay"] == {"position": made["position"] - 2, "until": made["position"]}
    with refused("notifications.replay_runs"):
        agencies.call("replay_events", subscription=made["id"], body=start)


def test_a_replay_is_refused_in_no_state(agencies: Agencies) -> None:
    [route] = [route for route in ROUTES if route.handler == "replay_events"]
    assert "notifications.event_subscription_state" not in route.error_codes
    agencies.append(["a"])
    for state in ("pending", "active", "paused", "disabled"):
        made = create(agencies)
        rows = agencies.service.db.event_subscriptions
        rows.update_one({"_id": made["id"]}, {"$set": {"state": state}})
        start = {"after": made["position"] - 1, "since": None}
        assert agencies.call("replay_events", subscription=made["id"], body=start)["replay"] is not None


def test_erased_account_and_removed_subscription_leave_nothing(agencies: Agencies) -> None:
    mine, other = create(agencies), create(agencies, OTHER)
    agencies.call("remove_event_subscription", subscription=mine["id"])
    with refused("notifications.event_subscription_unknown"):
        agencies.read(mine["id"])
    event = {
        "id": "e1",
        "type": "wsis.accounts.account_erased.v1",
        "source": "/wsis/accounts",
        "time": "2117-03-01T12:00:00Z",
        "data": {"account": "unesco"},
    }
    agencies.service.handle("forget_event_subscriptions", event)
    assert [agencies.service.db[name].count_documents({}) for name in ("event_subscriptions", "webhook_lanes")] == [
        0,
        0,
    ]
    assert other["owner"] == "unesco"


def put_queue(agencies: Agencies, id: str) -> None:
    """A subscription of AGENCY to a queue, made while there was a broker."""
    made = create(agencies)
    db = agencies.service.db
    row = db.event_subscriptions.find_one({"_id": made["id"]})
    db.event_subscriptions.insert_one({**row, "_id": id, "channel": "queue", "url": None, "state": "active"})
    Lanes(db).start(id, id, Cursor(7, failing_since=clock.now().timestamp()))


def test_a_queue_is_replayed_and_tested_as_a_webhook_is(agencies: Agencies) -> None:
    put_queue(agencies, "q1")
    [after, *_] = agencies.append(["a"] * 9)
    agencies.service.db.webhook_lanes.update_one({"_id": "q1"}, {"$set": {"position": after + 4}})
    shown = agencies.call("replay_events", subscription="q1", body={"after": after, "since": None})
    assert shown["replay"] == {"position": after, "until": after + 4}
    with refused("notifications.replay_runs"):
        agencies.call("replay_events", subscription="q1", body={"after": after, "since": None})
    asked = agencies.call("test_event_subscription", subscription="q1")
    assert agencies.service.db.event_subscriptions.find_one({"_id": "q1"})["test"]["id"] == asked["event"]
    assert agencies.call("list_delivery_attempts", subscription="q1")["items"] == []


def test_a_queue_is_full_since_the_first_of_its_lanes_waits(agencies: Agencies) -> None:
    """The one of a replay disables it as well."""
    put_queue(agencies, "q1")
    lanes = Lanes(agencies.service.db)
    first = clock.now() - timedelta(days=4)
    lanes.start("q1" + REPLAY, "q1", Cursor(0, until=7, failing_since=first.timestamp()))
    for since in (clock.now().timestamp(), None):
        agencies.service.db.webhook_lanes.update_one({"_id": "q1"}, {"$set": {"failing_since": since}})
        assert abs(agencies.read("q1")["full_since"] - first) < timedelta(seconds=1)
        assert lanes.count_failing(["q1"]) == 1


@pytest.mark.parametrize("broker", ["", "http://a:b@127.0.0.1:9"])
def test_broker_of_queues_that_is_unset_or_away_holds_no_webhook_up(
    agencies: Agencies, monkeypatch: pytest.MonkeyPatch, broker: str
) -> None:
    monkeypatch.setenv("WSIS_AGENCIES_MANAGEMENT_URI", broker)
    Settings.forget_current()
    service = Agencies(agencies.service.db).service  # with this setting
    put_queue(agencies, "q1")
    shown = agencies.read("q1")
    assert (shown["position"], shown["full_since"] is not None) == (7, True)
    event = {"id": f"e2{broker}", "time": "2117-03-01T12:00:00Z", "data": {"account": "itu", "roles": ["member"]}}
    service.handle("check_subscription_owner", event)
    states = [(one["channel"], one["state"]) for one in agencies.call("list_event_subscriptions", limit=9)["items"]]
    assert sorted(states) == [("queue", "disabled"), ("webhook", "disabled")]
    assert [row["closing"] for row in EventQueues(service.db).closing()] == ["lock"]
    service.handle("forget_event_subscriptions", event)
    assert agencies.call("list_event_subscriptions", OFFICER, limit=9)["items"] == []
    assert [(row["name"], row["closing"]) for row in EventQueues(service.db).closing()] == [("sub.member.q1", "delete")]
    Settings.forget_current()


def test_credentials_are_for_the_owner_alone(agencies: Agencies) -> None:
    made = create(agencies)
    with refused("notifications.event_subscription_owner_only"):
        agencies.call("rotate_event_secret", OFFICER, subscription=made["id"])
    assert len(agencies.service.db.event_subscriptions.find_one({"_id": made["id"]})["secrets"]) == 1


def test_account_has_at_most_twenty(agencies: Agencies) -> None:
    for _ in range(20):
        create(agencies)
    with refused("notifications.too_many_event_subscriptions"):
        create(agencies)
    create(agencies, OTHER)


def test_keys_are_public_and_the_same_in_all_processes(agencies: Agencies) -> None:
    [key] = agencies.call("list_event_keys")["keys"]
    assert (key["kty"], key["crv"], key["alg"]) == ("OKP", "Ed25519", "EdDSA")
    assert agencies.call("list_event_keys")["keys"] == [key]


def test_attempts_come_page_by_page(agencies: Agencies) -> None:
    made = create(agencies)
    began = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        {
            "_id": f"{number:032x}",
            "subscription": made["id"],
            "at": began + timedelta(seconds=number),
            "kind": "event",
            "event": "e",
            "sequence": number,
            "tries": 1,
            "status": 200,
            "seconds": 0.1,
            "error": None,
        }
        for number in range(5)
    ]
    agencies.service.db.webhook_attempts.insert_many(rows)
    first = agencies.call("list_delivery_attempts", subscription=made["id"], limit=3)
    rest = agencies.call("list_delivery_attempts", subscription=made["id"], limit=3, after=first["next"])
    assert [one["sequence"] for one in first["items"] + rest["items"]] == [4, 3, 2, 1, 0]
    schemas.AttemptPage().dump(first)
