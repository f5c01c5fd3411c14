"""The page of a member's own programme, without a broker."""

from __future__ import annotations

import pytest
from wsis_testkit.pages import Pages

from .page_kit import in_each_language, site
from .programme_answers import OWN_PROGRAMME

HERE = "/en/consultations/2017/programme"


@pytest.fixture
def pages() -> Pages:
    made = site(
        choose_sessions=OWN_PROGRAMME,
        drop_session=OWN_PROGRAMME,
        renew_own_calendar={**OWN_PROGRAMME, "calendar": "https://wsis.example/new"},
    )
    return made.sign_in("member")


@pytest.mark.parametrize("query", ["", "?add=S1,S2,S4", "?done=yes"])
def test_the_page_shows_in_each_language(pages: Pages, query: str) -> None:
    in_each_language(pages, f"/consultations/2017/programme/mine{query}")


def test_what_was_cancelled_and_what_collides_is_said(pages: Pages) -> None:
    shown = pages.get(f"{HERE}/mine")
    cards = shown.all("//main//article") or shown.all("//main//li[.//form]")
    assert len(cards) == 3
    assert "Some of your sessions take place at the same time." in shown.text("//main")
    assert ["At the same time" in card.text_content() for card in cards] == [True, True, False]
    assert ["cancelled" in card.text_content() for card in cards] == [False, False, True]
    assert OWN_PROGRAMME["calendar"] in shown.text("//section[@aria-labelledby='calendar']")


def test_sessions_of_an_address_are_added_by_a_press(pages: Pages) -> None:
    assert f"{HERE}/mine?add=S1" in pages.get(f"{HERE}/sessions/S1").all("//a/@href")
    assert f"{HERE}/mine?add=S1,S4" in pages.get(f"{HERE}?mine=S1,S4").all("//a/@href")
    shown = pages.get(f"{HERE}/mine?add=S1,S2,S9")
    assert (pages.sent("choose_sessions"), "Add this session" in shown.text("//main")) == ([], True), "S1 is there"
    shown.send(0)
    assert [each["body"] for each in pages.sent("choose_sessions")] == [{"sessions": ["S2"]}]


def test_a_session_is_removed_by_its_own_press(pages: Pages) -> None:
    pages.get(f"{HERE}/mine").send(1)
    assert [each["session"] for each in pages.sent("drop_session")] == ["S3"]


def test_an_address_is_replaced_after_a_second_look(pages: Pages) -> None:
    asked = pages.get(f"{HERE}/mine").send(-1)
    assert (pages.sent("renew_own_calendar"), "stops working at once" in asked.text("//main")) == ([], True)
    asked.send(0)
    assert len(pages.sent("renew_own_calendar")) == 1


def test_strangers_sign_in_first_and_come_back(pages: Pages) -> None:
    shown = site().get(f"{HERE}/mine?add=S1")
    assert "sign-in" in shown.address or shown.all("//form//input[@type='email']")
