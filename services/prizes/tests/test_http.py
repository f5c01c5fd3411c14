"""What everybody reads of a contest is kept by the gateway, and follows a change at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from wsis_testkit import actor, wait_for

EDITION = "/v1/editions/2017"


@pytest.fixture(scope="module")
def http(contest: Any, open_gateway: Callable[[str], httpx.Client]) -> httpx.Client:
    return open_gateway("prizes")


def category(http: httpx.Client, code: str) -> Any:
    return {row["code"]: row for row in http.get(f"{EDITION}/categories").json()["items"]}[code]


def test_editions_form_and_past_winners_follow_a_change_at_once(contest: Any, http: httpx.Client) -> None:
    def call(name: str, body: dict[str, Any], **more: Any) -> None:
        contest.call(name, contest.officer, edition="2017", body={**body, "reason": "As decided"}, **more)

    def limit() -> Any:
        fields = http.get(f"{EDITION}/form").json()["fields"]
        return next(field.get("max_words") for field in fields if field["code"] == "impact")

    def settings() -> Any:
        return http.get(EDITION).json()["settings"]["jurors_per_project"]

    assert (settings(), limit()) == (2, None)
    call("change_settings", {"jurors_per_project": 3, "words": {"impact": {"max_words": 300}}})
    wait_for(lambda: (settings(), limit()) == (3, 300), 10, "the settings")

    assert http.get(EDITION).json()["phases"][0]["end"] == "2017-02-15T22:00:00Z"
    call("move_phase", {"end": "2017-02-15T21:00:00Z"}, phase="submission")
    wait_for(lambda: http.get(EDITION).json()["phases"][0]["end"] == "2017-02-15T21:00:00Z", 10, "the phase")

    assert http.get(f"{EDITION}/past-winners").json()["items"] == []
    row = {"edition": "2016", "title": "Nurses by phone", "organization": "Afya", "country": "KE", "language": "en"}
    contest.call("import_past_winners", contest.officer, edition="2017", body={"items": [row]})
    wait_for(lambda: http.get(f"{EDITION}/past-winners").json()["items"] == [row], 10, "the past winner")

    assert [row["edition"] for row in http.get("/v1/editions").json()["items"]] == ["2017"]
    body = {"edition": "2018", "copy_from": "2017", "reason": "The next"}
    contest.call("open_edition", contest.officer, body=body)
    wait_for(lambda: len(http.get("/v1/editions").json()["items"]) == 2, 10, "the next edition")


def test_edition_has_a_title_in_the_readers_language(http: httpx.Client) -> None:
    shown = http.get(EDITION, headers={"Accept-Language": "fr"}).json()
    assert (shown["title"], shown["titles"]["en"]) == ("Prix du SMSI 2017", "WSIS Prizes 2017")


def test_categories_count_their_nominees_and_nominees_say_their_language(
    contest: Any, http: httpx.Client, form: Any
) -> None:
    owners = {country: actor() for country in ("RW", "KE", "UY")}
    made = {
        country: contest.submit(who, form(organization="Afya", country=country), context={"locale": "fr"})["id"]
        for country, who in owners.items()
    }
    body = {"language": "en"}
    assert contest.call("change_project", owners["KE"], project=made["KE"], body=body)["language"] == "en"
    waiting = {row["code"]: row for row in contest.call("list_waiting", contest.officer)["items"]}
    assert (waiting["eligibility"]["count"], waiting["eligibility"]["oldest_at"]) == (3, "2017-01-10T12:00:00Z")
    overdue = waiting["clarifications_overdue"]
    assert (overdue["title"], overdue["count"]) == ("Questions past their date without an answer", 0)
    assert contest.call("list_waiting", owners["KE"])["items"] == []
    assert category(http, "C7.e-health")["nominees"] is None
    body = {"nominate": list(made.values()), "not_nominated": []}
    contest.call("fix_nominations", contest.officer, at="nomination", edition="2017", body=body)
    contest.run("publish_nominees", at="nomination", edition="2017")
    wait_for(lambda: category(http, "C7.e-health")["nominees"] == 3, 10, "the nominees")
    assert category(http, "C9")["nominees"] == 0
    listed = {row["country"]: row["language"] for row in http.get(f"{EDITION}/nominees").json()["items"]}
    assert listed == {"RW": "fr", "KE": "en", "UY": "fr"}
    assert http.get(f"{EDITION}/nominees/{made['KE']}").json()["language"] == "en"

    leave = {"reason": "We stop"}
    contest.call("withdraw_project", owners["UY"], at="nomination", project=made["UY"], body=leave)
    wait_for(lambda: category(http, "C7.e-health")["nominees"] == 2, 10, "the one that left")
    contest.call("disqualify_project", contest.officer, at="voting", project=made["RW"], body=leave)
    wait_for(lambda: category(http, "C7.e-health")["nominees"] == 1, 10, "the one that is out")
