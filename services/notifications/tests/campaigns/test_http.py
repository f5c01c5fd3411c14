"""Campaigns through the real gateway: the time for which an officer schedules one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone
from typing import Any

import httpx
import pytest
from wsis_shared import clock
from wsis_shared.mongo import in_transaction
from wsis_testkit import actor, wait_for
from wsis_testkit.tokens import TokenSigner

from wsis_notifications.subscribers.store.subscribers import Subscribers

from .. import sender_kit
from ..conftest import People
from ..issue_kit import content
from ..sink import Sink

SIGNER = TokenSigner()
OFFICER = actor("officer")


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


@pytest.fixture(scope="module")
def served(serve: Any, fake_service: Any, start_process: Any, sink: Sink) -> Any:
    people = People({OFFICER.id: {"account": OFFICER.id}})
    fake_service("accounts", jwks=SIGNER.jwks, profiles=people.profiles)
    made = serve("notifications")
    start_process(
        "notifications",
        "sender",
        WSIS_SMTP_URI=sink.uri,
        WSIS_NEWSLETTER_CONNECTIONS="2",
        WSIS_NEWSLETTER_WARM_UP="0=0",
    )
    return made


@pytest.fixture(scope="module")
def http(served: Any, open_gateway: Any) -> httpx.Client:
    headers = {"Authorization": f"Bearer {SIGNER.token('officer', sub=OFFICER.id)}"}
    return open_gateway("notifications", headers)


def post(http: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = http.post(path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    assert response.status_code == 200, response.text
    return dict(response.json())


def test_a_campaign_starts_at_its_time_in_any_zone(http: httpx.Client, served: Any, database: Any, sink: Sink) -> None:
    readers = list(sender_kit.readers(3))
    in_transaction(lambda: Subscribers(database("notifications")).add_many(readers, clock.now()))
    made = served.call("create_issue", OFFICER, body=content())
    body = {"state": "ready", "version": made["version"], "reason": "Agreed"}
    served.call("move_issue", OFFICER, issue=made["id"], body=body)
    campaign = post(http, "/v1/campaigns", {"issue": made["id"]})["id"]
    tokyo = timezone(timedelta(hours=9))

    later = (clock.now() + timedelta(hours=3)).astimezone(tokyo).replace(microsecond=0)
    moved = post(http, f"/v1/campaigns/{campaign}/schedule", {"at": later.isoformat()})
    assert (moved["state"], moved["scheduled_at"]) == ("scheduled", clock.iso(later.astimezone(UTC)))

    soon = (clock.now() + timedelta(seconds=1)).astimezone(tokyo)
    post(http, f"/v1/campaigns/{campaign}/schedule", {"at": soon.isoformat()})
    found = wait_for(
        lambda: (read := http.get(f"/v1/campaigns/{campaign}").json())["state"] == "finished" and read,
        30,
        "the campaign to end",
    )
    assert clock.parse(found["started_at"]) >= soon
    assert sink.counts() == {reader["email"]: 1 for reader in readers}
