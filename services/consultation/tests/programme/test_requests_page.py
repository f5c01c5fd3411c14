"""Where officers make sessions of the requests of a contribution, without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import Invalid
from wsis_testkit.pages import Pages

from ..page_answers import ANSWERED, SUBMISSION
from ..page_kit import in_each_language, site
from ..programme_answers import SESSION

HERE = "/desk/consultations/2017/submissions/s1/requests"
REQUESTS: list[dict[str, Any]] = [
    {"id": "r1", "kind": "workshop", "title": "Schools online", "description": "Schools show it."},
    {"id": "r2", "kind": "exhibition", "title": None, "description": None},
    {"id": "r3", "kind": "speaker", "title": "Who may speak"},
]
FOUND: dict[str, Any] = {
    **SUBMISSION,
    "event": None,
    "answers": {name: text for name, text in ANSWERED.items() if name not in ("requests", "email", "full_name")},
    "per_line": [],
    "requests": REQUESTS,
}


@pytest.fixture
def pages() -> Pages:
    return site(
        read_input=FOUND,
        list_sessions={"items": [{**SESSION, "organizers": ["ITU"]}], "next": None},
        make_sessions={"made": ["n1"], "present": []},
        read_form={"edition": "2017", "version": 1, "word_rule": {}, "sections": []},
        list_waiting={"items": []},
    ).sign_in("officer")


def test_the_page_shows_in_each_language(pages: Pages) -> None:
    in_each_language(pages, HERE)
    assert f"/en{HERE}" in pages.get("/en/desk/consultations/2017/submissions/s1").all("//main//a/@href")
    pages.cookies.clear()
    assert pages.sign_in("member").get(f"/en{HERE}").status == 403


def test_a_request_becomes_a_session_of_its_own(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}")
    assert len(shown.all("//button[text()='Make it a session']")) == 2, "a speaker is no session"
    done = shown.send(shown.form("Make it a session"))
    assert pages.bodies("make_sessions") == [
        {"requests": [{"submission": "s1", "request": "r1"}], "merge": False, "into": None}
    ]
    told = done.all("//*[@role='status']//a/@href")
    assert told == ["/en/desk/consultations/2017/sessions/n1"]


def test_a_request_joins_a_session_that_exists_or_stays_where_it_is(pages: Pages) -> None:
    pages.bus.answers["consultation.make_sessions"] = {"made": [], "present": ["x1"]}
    shown = pages.get(f"/en{HERE}")
    assert "S00001 · Schools online" in shown.all("//select[@name='into']/option/text()")
    [into] = {value for value in shown.all("//select[@name='into']/option/@value") if value}
    done = shown.send(shown.form("Make it a session", 1), into=into)
    [sent] = pages.bodies("make_sessions")
    assert (sent["requests"], sent["into"]) == ([{"submission": "s1", "request": "r2"}], into)
    assert "It was part of a session before" in done.text("//*[@role='status']")


def test_requests_of_what_was_merged_are_not_offered(pages: Pages) -> None:
    pages.bus.answers["consultation.read_input"] = {**FOUND, "merged_into": "OCP-2017-0002"}
    shown = pages.get(f"/en{HERE}")
    assert shown.all("//main//form") == []
    assert "No request of this contribution becomes a session." in shown.text("//main")


def test_what_is_refused_is_said_on_the_page(pages: Pages) -> None:
    fields = {"requests": ["Unknown."]}
    pages.bus.answers["consultation.make_sessions"] = Invalid("consultation.requests_unknown", "", fields=fields)
    shown = pages.get(f"/en{HERE}")
    refused = shown.send(shown.form("Make it a session"))
    assert refused.status == Invalid.status
    assert refused.all("//div[@role='alert']")
