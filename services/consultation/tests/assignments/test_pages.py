"""Assignments on the desk, without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import Conflict

from ..page_answers import DISCUSSION
from ..page_kit import in_each_language, site

DESK = "/en/desk/consultations/2017/assignments"
OWN = {
    "id": "moderator-d1-mona",
    "edition": "2017",
    "role": "moderator",
    "target": "d1",
    "title": DISCUSSION["title"],
    "language": "fr",
    "page": "/desk/consultations/2017/comments/d1",
    "waiting": 2,
    "at": "2016-11-01T08:00:00Z",
}
ROW = {**OWN, "account": "mona", "names": "Mona Haddad", "by": "officer"}
ACCOUNT = {"account": "mona", "names": "Mona Haddad", "email": "mona@un.example", "roles": ["member", "moderator"]}
REPORTED = {
    "discussion": "d1",
    "number": 2,
    "status": "published",
    "language": "fr",
    "author": "Bob",
    "account": "b",
    "markdown": "Pub",
    "posted_at": "2016-11-01T08:00:00Z",
    "reported_at": "2016-11-01T08:00:00Z",
    "report_count": 1,
    "report_reasons": {"spam": 1},
    "moderation": None,
}


@pytest.fixture
def pages() -> Any:
    pages = site(
        list_assignments={"items": [ROW, {**ROW, "role": "edition_editor", "title": None, "names": None}]},
        list_own_assignments={"items": [OWN, {**OWN, "role": "chair", "waiting": 0}]},
        list_reported_in_discussion={"items": [REPORTED], "next": None},
        assign=ROW,
        end_assignment=None,
        record_page=None,
    )
    pages.bus.answers["accounts.list_accounts"] = {"items": [ACCOUNT], "next": None}
    pages.bus.answers["accounts.record_page"] = None
    return pages.sign_in("officer")


def test_the_pages_show_in_each_language(pages: Any) -> None:
    in_each_language(pages, "/desk/consultations/2017/assignments")
    pages.cookies.clear()
    for role in ("moderator", "chair", "check_in", "programme_editor", "edition_editor"):
        pages.sign_in("member", role)
        in_each_language(pages, "/desk/assignments")
        assert pages.get(DESK).status == 403
        pages.cookies.clear()
    assert pages.sign_in("member").get("/en/desk/assignments").status == 403


def test_an_officer_assigns_after_a_look_at_what_it_does(pages: Any) -> None:
    shown = pages.get(f"{DESK}?q=mona")
    typed = {"account": "mona", "role": "moderator", "target": "d1"}
    wrong = shown.send(len(shown.tree.forms) - 1, **typed, reason="")
    assert wrong.all("//div[@role='alert']//a/@href") == ["#assign-reason"]
    check = wrong.send(len(wrong.tree.forms) - 1, reason="UNESCO sent her")
    assert pages.sent("assign") == []
    assert "can act there at once" in check.text()
    assert check.send().address == f"{DESK}?done=yes"
    assert pages.sent("assign")[0]["body"] == {**typed, "reason": "UNESCO sent her"}


def test_what_is_refused_is_said_and_nothing_is_lost(pages: Any) -> None:
    pages.bus.answers["consultation.assign"] = Conflict("consultation.role_missing", "")
    shown = pages.get(DESK)
    typed = {"account": "mona", "role": "chair", "target": "m1", "reason": "Asked for"}
    refused = shown.send(len(shown.tree.forms) - 1, **typed).send()
    assert refused.status == 409
    assert "does not hold the role" in refused.text()


def test_an_officer_takes_it_back_with_a_reason(pages: Any) -> None:
    shown = pages.get(DESK)
    [place, *_] = [number for number, form in enumerate(shown.tree.forms) if form.fields.get("assignment") == ROW["id"]]
    assert shown.send(place, reason="Over").send().address == f"{DESK}?done=yes"
    assert pages.sent("end_assignment")[0] == {"edition": "2017", "assignment": ROW["id"], "body": {"reason": "Over"}}


def test_the_desk_shows_a_role_its_own_work_only(pages: Any) -> None:
    pages.cookies.clear()
    pages.sign_in("member", "moderator")
    links = pages.get("/en/desk").all("//main//a/@href")
    assert [link for link in links if link.startswith("/en/desk/")] == ["/en/desk/assignments"]
    mine = pages.get("/en/desk/assignments")
    assert "2 reported comments" in mine.text("//main")
    assert "/en/desk/consultations/2017/comments/d1" in mine.all("//main//a/@href")
    queue = pages.get("/en/desk/consultations/2017/comments/d1")
    assert "/en/desk/consultations/2017/comments/d1/2" in queue.all("//main//a/@href")
    for officers in ("comments", "submissions", "candidates", "meetings/m1/floor", "agenda", "dates"):
        assert pages.get(f"/en/desk/consultations/2017/{officers}").status == 403, officers
