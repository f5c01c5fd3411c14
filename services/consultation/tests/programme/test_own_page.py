"""Where organizers find their sessions and file a logo, without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit.pages import Pages

from ..page_answers import SUBMISSION
from ..page_kit import in_each_language, site
from ..test_pages_desk import SESSION

HERE = "/me/forum-sessions/2017"
LOGO = {"filename": "network.png", "media_type": "image/png", "size": 2048}
OPEN: dict[str, Any] = {**SESSION, "id": "n1", "status": "accepted", "logo": LOGO, "withdrawn_at": None, "reason": None}
OVER = {**OPEN, "id": "n2", "code": "S2", "status": "declined", "logo": None, "reason": "No room is free"}


@pytest.fixture
def pages() -> Pages:
    return site(
        list_own_sessions={"items": [OPEN, OVER]},
        list_my_drafts={"items": [], "next": None},
        list_my_submissions={"items": [SUBMISSION, SUBMISSION], "next": None},
    ).sign_in("member")


def test_the_page_shows_in_each_language(pages: Pages) -> None:
    in_each_language(pages, HERE)
    pages.bus.answers["consultation.list_own_sessions"] = {"items": []}
    assert "No session has been made" in pages.get(f"/en{HERE}").text()


def test_the_page_of_the_member_leads_there_once(pages: Pages) -> None:
    assert pages.get("/en/me").all("//main//a/@href").count(f"/en{HERE}") == 1


def test_a_session_that_goes_on_takes_a_logo(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}")
    assert ("network.png" in shown.text(), "No room is free" in shown.text()) == (True, True)
    assert [form.fields["session"] for form in shown.tree.forms if form.fields.get("_form") == "logo"] == ["n1"]
    refused = shown.send(shown.form_named("logo"))
    [field] = refused.all("//div[@role='alert']//a/@href")
    assert (refused.status, bool(refused.all(f"//input[@type='file'][@id='{field[1:]}']"))) == (422, True)
