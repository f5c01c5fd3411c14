from __future__ import annotations

from typing import Any

import httpx
import pytest
from wsis_testkit import wait_for
from wsis_testkit.tokens import TokenSigner

NAME = "consultation"


@pytest.fixture(scope="module")
def http(fake_service: Any, serve: Any, open_gateway: Any) -> httpx.Client:
    """The service and the real gateway; signed in as an officer."""
    signer = TokenSigner()
    fake_service("accounts", jwks=signer.jwks)
    serve(NAME, seed=True, wait=False)
    headers = {"Authorization": f"Bearer {signer.token('officer')}"}
    return open_gateway(NAME, headers)


def test_cached_phases_and_calendar_follow_a_move_at_once(http: httpx.Client) -> None:
    phases, calendar = "/v1/consultations/2017/phases", "/v1/consultations/2017/phases/calendar?lang=ar"
    assert http.get(phases).json()["items"][3]["end"] == "2017-02-20T22:00:00Z"
    before = http.get(calendar)
    assert before.headers["content-type"] == "text/calendar; charset=utf-8"
    assert http.get(calendar, headers={"If-None-Match": before.headers["etag"]}).status_code == 304
    body = {"end": "2017-03-01T22:00:00Z", "reason": "Many asked for another week"}
    moved = http.put(f"{phases}/submissions_deadline", json=body)
    assert moved.json()["submissions_close_at"] == body["end"]
    wait_for(lambda: http.get(phases).json()["items"][3]["end"] == body["end"], 10, "the phases")
    wait_for(lambda: "DTSTART;TZID=Europe/Zurich:20170301T230000" in http.get(calendar).text, 10, "the calendar")


def test_forum_needs_its_days_and_follows_a_change_at_once(http: httpx.Client) -> None:
    texts = dict.fromkeys(("en", "fr", "pt", "es", "zh", "ar", "ru"), "Trust")
    body = {"edition": "2018", "from": "2017", "theme": texts}
    without = http.post("/v1/consultations", json=body)
    assert [error["field"] for error in without.json()["errors"]] == [
        "ends_on",
        "high_level_days",
        "starts_on",
        "venue",
    ]
    days = {"starts_on": "2018-05-21", "ends_on": "2018-05-25", "high_level_days": ["2018-05-22"]}
    by_week = http.post("/v1/consultations", json={**body, **days, "venue": texts, "starts_on": "2018-W21-1"})
    assert [error["field"] for error in by_week.json()["errors"]] == ["starts_on"]
    assert http.post("/v1/consultations", json={**body, **days, "venue": texts}).status_code == 201
    one = "/v1/consultations/2018"
    assert http.get(one).json()["forum"] == {**days, "venue": "Trust", "theme": "Trust"}
    nothing = http.patch(one, json={"reason": "Nothing"})
    assert [error["field"] for error in nothing.json()["errors"]] == ["starts_on"]
    assert http.patch(one, json={"ends_on": "2018-05-26", "reason": "One more day"}).status_code == 200
    wait_for(lambda: http.get(one).json()["forum"]["ends_on"] == "2018-05-26", 10, "the last day")
    weekend = {"phase": None, "with": "forum", "kind": "weekend", "day": "2018-05-26"}
    assert http.get(one).json()["conflicts"] == [weekend]
    assert http.post(f"{one}/removal", json={"reason": "A mistake"}).status_code == 204
    wait_for(lambda: http.get(one).status_code == 404, 10, "the edition to go")
