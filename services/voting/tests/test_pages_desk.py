"""The desk of the last evening, of the review of fraud and of the certification, by pages alone; without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from .page_answers import ANSWERS, LEAK, TURNOUT

DESK = "/desk/editions/2017"
PATHS = ["/desk/voting", f"{DESK}/turnout", f"{DESK}/turnout?day=2017-04-29"]


@pytest.fixture
def pages() -> Pages:
    return Pages(ANSWERS).sign_in("officer")


def sent(pages: Pages, method: str) -> list[dict[str, Any]]:
    return [arguments for name, arguments, _ in pages.bus.calls if name == method]


def rows(shown: Any, section: str) -> list[str]:
    """The cells of each row of a table, in a line."""
    found = shown.all(f"//section[@aria-labelledby='{section}']//tbody/tr")
    return [" ".join(" ".join(cell.text_content().split()) for cell in row) for row in found]


@pytest.mark.parametrize("language", LOCALES)
def test_each_page_shows_in_each_language(pages: Pages, language: str) -> None:
    for path in PATHS:
        shown = pages.get(f"/{language}{path}")
        assert (shown.status, len(shown.all("//h1"))) == (200, 1), (path, shown.text())
        assert "None" not in shown.text(), path


def test_the_desk_is_for_officers() -> None:
    for path in PATHS:
        assert Pages(ANSWERS).sign_in().get(f"/en{path}").status == 403, path
        assert Pages(ANSWERS).get(f"/en{path}").address.startswith("/en/sign-in"), path


def test_the_desk_leads_to_the_voting_of_each_edition(pages: Pages) -> None:
    assert "/en/desk/voting" in pages.get("/en/desk").all("//main//a/@href")
    assert f"/en{DESK}/turnout" in pages.get("/en/desk/voting").all("//main//a/@href")


# -- turnout -----------------------------------------------------------------------------------------------------------


def test_the_turnout_is_shown_by_hour_day_and_country(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/turnout")
    assert "5,400 Votes" in shown.text()
    assert rows(shown, "hours") == ["19:00 0 0 0 40", "20:00 3,600 200 190 0"], "of the last day, in Geneva"
    assert rows(shown, "days") == ["30 April 2017 3,600 200 190 40", "29 April 2017 1,800 110 100 0"]
    assert rows(shown, "countries") == ["Kenya 200 3,600 190", "unknown 60 900 50", "Others, together 50 900 50"]
    earlier = pages.get(shown.all("//section[@aria-labelledby='days']//tr[2]//a/@href")[0].partition("#")[0])
    assert rows(earlier, "hours") == ["23:00 1,800 110 100 0"]


def test_what_is_not_stored_is_told_and_the_broker_may_be_away(pages: Pages) -> None:
    assert "In the queue12" in pages.get(f"/en{DESK}/turnout").text("//dl")
    away = {**TURNOUT["unsettled"], "waiting": None, "oldest_seconds": 75.0}
    pages.bus.answers["voting.read_turnout"] = {**TURNOUT, "unsettled": away}
    shown = pages.get(f"/en{DESK}/turnout")
    assert "does not answer" in shown.text("//dl")
    assert "waited for over a minute" in shown.text()


def test_a_voting_without_votes_says_so(pages: Pages) -> None:
    nothing = {**TURNOUT, "hours": [], "countries": [], "domains": [], "votes": 0, "started": 0, "complete": 0}
    none = {"accounts": 0, "hours": [], "domains": [], "countries": []}
    pages.bus.answers["voting.read_turnout"] = {**nothing, "registrations": none}
    assert "There are no votes yet." in pages.get(f"/en{DESK}/turnout").text()


def test_the_turnout_says_never_for_whom(pages: Pages) -> None:
    """An attack from inside: what a service told of projects is on no page, and the page asks for no tally."""
    shown = pages.get(f"/en{DESK}/turnout")
    assert LEAK not in shown.html
    assert "987" not in shown.html
    asked = {name for name, _, _ in pages.bus.calls}
    assert asked <= {"accounts.jwks", "voting.read_turnout", "voting.read_voting"}
