"""The desk of public events, without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

DESK = "/desk/events"
EVENT: dict[str, Any] = {
    "specversion": "1.0",
    "id": "e1",
    "source": "/prizes",
    "type": "wsis.prizes.project_disqualified.v1",
    "time": "2017-02-01T08:00:00Z",
    "subject": "p1",
    "sequence": "00000000000000001042",
    "datacontenttype": "application/json",
    "data": {"reason": "Votes <b>were bought", "category": "C1", "open": True, "titles": [{"ar": "مدرسة"}]},
}
GONE = {**EVENT, "id": "e2", "sequence": "00000000000000001043", "data": None}


@pytest.fixture
def pages() -> Pages:
    answers = {
        "agencies.list_events": {"items": [EVENT, GONE], "next": 1043, "position": 1043, "warnings": []},
        "agencies.take_down_event": GONE,
    }
    return Pages(answers, "agencies", "accounts").sign_in("officer")


@pytest.mark.parametrize("language", LOCALES)
def test_the_page_shows_in_each_language(pages: Pages, language: str) -> None:
    shown = pages.get(f"/{language}{DESK}")
    assert (shown.status, len(shown.all("//h1"))) == (200, 1), shown.text()
    assert "None" not in shown.text()
    assert "Votes <b>were bought" in shown.text()
    assert '[{"ar": "مدرسة"}]' in shown.text(), "as agencies get it"


def test_the_desk_leads_to_the_log_and_the_log_goes_on(pages: Pages) -> None:
    assert f"/en{DESK}" in pages.get("/en/desk").all("//a/@href")
    [further] = pages.get(f"/en{DESK}").all("//a[@rel='next']/@href")
    pages.get(str(further))
    assert pages.sent("list_events")[-1]["after"] == 1043
    pages.cookies.clear()
    assert pages.sign_in("member").get(f"/en{DESK}").status == 403


def test_content_is_withdrawn_with_a_reason_after_a_check(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}")
    assert len(shown.all("//input[@name='_form' and @value='take_down']")) == 1, "what is gone cannot go again"
    form = shown.form_named("take_down")
    back = shown.send(form)
    assert back.all("//div[@role='alert']//a/@href") == ["#take_down-1042-reason"]
    check = back.send(back.form_named("take_down"), reason="A person asked")
    assert "deleted for good" in check.text("//*[@role='status']")
    assert pages.sent("take_down_event") == [], "nothing has happened yet"
    assert check.send().address == f"/en{DESK}?done=yes"
    assert pages.sent("take_down_event") == [{"sequence": "1042", "body": {"reason": "A person asked"}}]
