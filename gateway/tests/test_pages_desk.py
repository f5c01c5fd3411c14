"""The officers' desk: what waits in each service, for those who may work on it."""

import pytest
from wsis_shared.errors import Unavailable
from wsis_testkit.pages import Pages

ENTRY = {"code": "entries", "title": "Entries to review", "count": 12, "oldest_at": "2017-03-01T12:00:00Z"}
NONE = {"code": "duplicates", "title": "Probable duplicates", "count": 0, "oldest_at": None, "page": None}
PROPOSAL = {
    "code": "proposals",
    "title": "Acts that need a second officer",
    "count": 1,
    "oldest_at": "2017-03-02T12:00:00Z",
    "page": "/me/sessions",
}


@pytest.fixture
def pages():
    return Pages(
        {
            "stocktaking.list_waiting": {"items": [{**ENTRY, "page": "/desk/no-such-page"}, NONE]},
            "accounts.list_waiting": {"items": [PROPOSAL]},
            "prizes.list_waiting": {"items": [NONE]},
        },
        "accounts",
        "stocktaking",
        "prizes",
        "voting",
    )


def panel(shown, heading):
    return f"//section[h2[text()='{heading}']]"


def test_what_waits_how_much_and_since_when(pages):
    shown = pages.sign_in("officer").get("/en/desk")
    assert (shown.status, shown.text("//h1")) == (200, "Desk")
    assert shown.text(panel(shown, "WSIS Stocktaking") + "//li").startswith(
        "12 Entries to review The oldest since 1 March 2017"
    )
    assert "Probable duplicates" not in shown.text()
    assert "Nothing waits here." in shown.text(panel(shown, "WSIS Prizes"))


def test_one_press_leads_to_the_oldest_where_there_is_a_page(pages):
    shown = pages.sign_in("officer").get("/fr/desk")
    links = shown.all("//ul[@class='queues']//a")
    assert [(each.text, each.get("href")) for each in links] == [(PROPOSAL["title"], "/fr/me/sessions")]


def test_a_service_that_is_away_leaves_its_figures_out(pages):
    pages.bus.answers["stocktaking.list_waiting"] = Unavailable("made.up", "")
    shown = pages.sign_in("officer").get("/en/desk")
    assert shown.status == 200
    assert PROPOSAL["title"] in shown.text()
    assert "Nothing waits" not in shown.text(panel(shown, "WSIS Stocktaking"))


def test_it_is_for_staff(pages):
    assert pages.get("/en/desk").text("//h1") == "Sign in"
    shown = pages.sign_in().get("/en/desk")
    assert (shown.status, shown.all("//a[@href='/en/desk']")) == (403, [])
    assert pages.get("/en/me").all("//a[@href='/en/desk']") == []


def test_a_link_in_the_menu_leads_staff_to_it(pages):
    pages.sign_in("officer")
    assert len(pages.get("/en/me").all("//header//a[@href='/en/desk']")) == 1
    assert pages.get("/en/prizes").all("//a[@href='/en/desk']") == [], "a public page is the same for all"
