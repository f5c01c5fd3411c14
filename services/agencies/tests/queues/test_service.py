"""A queue of an agency from the request to the last event, through the running service."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from kombu import Connection
from wsis_local.broker import Broker
from wsis_testkit import actor, refused, wait_for

from ..event_log_kit import publish_example

AGENCY = actor("agency", agency="itu")


@pytest.fixture(scope="module")
def agencies(serve: Any, environment: dict[str, str]) -> Iterator[Any]:
    vhost = f"agencies-{uuid.uuid4().hex[:10]}"
    yield serve(
        "agencies",
        WSIS_AGENCIES_MANAGEMENT_URI=environment["WSIS_AMQP_MANAGEMENT_URI"],
        WSIS_AGENCIES_AMQP_URI=environment["WSIS_AMQP_URI"],
        WSIS_AGENCIES_VHOST=vhost,
    )
    Broker(environment["WSIS_AMQP_URI"], environment["WSIS_AMQP_MANAGEMENT_URI"]).drop_vhost(vhost)


def test_an_agency_subscribes_reads_and_leaves(agencies: Any, amqp_client: Any) -> None:
    filters = {"types": [], "action_lines": ["C7.e-health"], "sdgs": [], "regions": [], "languages": []}
    body = {"name": "Register", "channel": "queue", "url": None, "filters": filters}
    body["start"] = {"after": None, "since": None}
    made = agencies.call("create_event_subscription", AGENCY, body=body)
    assert (made["state"], made["queue"]["queue"]) == ("active", f"sub.itu.{made['id']}")
    assert (made["position"] is not None, made["waiting"], made["full_since"]) == (True, 0, None)
    publish_example(amqp_client, "stocktaking", "entry_published", action_lines=["C1"])
    wanted = [
        publish_example(amqp_client, "stocktaking", "entry_published", action_lines=["C7.e-health"]),
        publish_example(amqp_client, "voting", "voting_closed"),
    ]
    events = []
    with Connection(made["queue"]["uri"], connect_timeout=5) as connection:
        channel = connection.channel()
        for _ in wanted:
            message = wait_for(lambda: channel.basic_get(made["queue"]["queue"]), 20, "an event")
            events.append(json.loads(message.body))
            channel.basic_ack(message.delivery_tag)
    assert sorted(event["id"] for event in events) == sorted(wanted)

    def read() -> Any:
        return agencies.call("read_event_subscription", AGENCY, subscription=made["id"])

    wait_for(lambda: read()["waiting"] == 0, 20, "the position to be stored")
    shown = read()
    assert "uri" not in json.dumps(shown)
    assert (shown["waiting"], shown["full_since"]) == (0, None)
    again = agencies.call(
        "replay_events", AGENCY, subscription=made["id"], body=body["start"] | {"after": made["position"]}
    )
    assert again["replay"] == {"position": made["position"], "until": shown["position"]}
    asked = agencies.call("test_event_subscription", AGENCY, subscription=made["id"])
    came = set()

    def come_again() -> bool:
        with Connection(made["queue"]["uri"], connect_timeout=5) as connection:
            while message := connection.channel().basic_get(made["queue"]["queue"], no_ack=True):
                came.add(json.loads(message.body)["id"])
        return came == {*wanted, asked["event"]}

    wait_for(come_again, 20, "the events again, and the test")
    wait_for(lambda: read()["replay"] is None, 20, "the replay to end")
    attempts = agencies.call("list_delivery_attempts", AGENCY, subscription=made["id"])["items"]
    assert {one["kind"] for one in attempts} == {"event", "test"}
    assert sum(one["count"] for one in attempts if one["kind"] == "event") == 2 * len(wanted), attempts
    agencies.call("remove_event_subscription", AGENCY, subscription=made["id"])
    with refused("notifications.event_subscription_unknown"):
        agencies.call("read_event_subscription", AGENCY, subscription=made["id"])
