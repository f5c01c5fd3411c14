"""Partners and pledges of earlier editions on the pages, without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import NotFound
from wsis_testkit.pages import Pages

from .test_pages import CALL, PACKAGES, PARTNER, PLEDGE, SUMS

YEARS = ["2018", "2017"]
TABS = "//nav[@aria-label='Editions of the Forum']//a"


@pytest.fixture
def pages() -> Pages:
    """A fund of 2017 with a partner, and one of 2018 that has just been opened; the Prizes have 2019 already."""

    def funds(arguments: dict[str, Any]) -> Any:
        asked = arguments["edition"]
        if asked not in (None, *YEARS):
            return NotFound("partnerships.fund_unknown", edition=asked)
        return {"edition": asked or YEARS[0], "editions": YEARS}

    def of(answer: dict[str, Any], items: list[dict[str, Any]]) -> Any:
        return lambda arguments: {
            **answer,
            "edition": arguments["edition"],
            "items": items if arguments["edition"] == "2017" else [],
        }

    answers: dict[str, Any] = {
        "prizes.list_editions": {"items": [{"edition": "2019", "title": "WSIS Prizes 2019"}], "next": None},
        "partnerships.list_funds": funds,
        "partnerships.list_packages": lambda arguments: {**PACKAGES, "edition": arguments["edition"]},
        "partnerships.list_partners": of({"next": None}, [PARTNER]),
        "partnerships.list_pledges": of({"next": None}, [PLEDGE]),
        "partnerships.read_report": lambda arguments: {**arguments, "cash": SUMS, "in_kind": SUMS},
        "partnerships.read_call": lambda arguments: {**CALL, "open": arguments["edition"] == "2018"},
    }
    return Pages(answers, "partnerships", "prizes")


def test_partners_of_an_earlier_edition_stay_on_their_page(pages: Pages) -> None:
    shown = pages.get("/en/partners")
    assert ("No partner" in shown.text(), shown.texts(TABS)) == (True, ["WSIS Forum 2018", "WSIS Forum 2017"])
    assert shown.texts(f"{TABS}[@aria-current]") == ["WSIS Forum 2018"], "the newest where nobody chooses"
    former = pages.get(shown.all(f"{TABS}[not(@aria-current)]/@href")[0])
    assert (former.address, former.all("//main//img/@alt")) == ("/en/partners?edition=2017", [PARTNER["organization"]])
    assert former.headers["cache-control"].startswith("public")
    assert former.all("//main//a[contains(@href, '/pledge')]") == [], "nobody pledges for what is over"
    assert pages.get("/en/partners?edition=1999").status == 404


def test_a_package_that_was_pressed_is_that_of_its_edition(pages: Pages) -> None:
    address = "/en/partners/pledge?edition=2018&package=gold"
    assert address in pages.get("/en/partners").all("//main//a/@href")
    shown = pages.sign_in().get(address)
    assert shown.all("//input[@name='package'][@checked]/@value") == ["gold"]
    assert shown.all("//input[@name='edition']/@value") == ["2018"]


def test_the_desk_has_the_pledges_of_each_edition(pages: Pages) -> None:
    shown = pages.sign_in("officer").get("/en/desk/partners?state=pledged")
    assert "There are no pledges." in shown.text()
    former = pages.get(shown.all(f"{TABS}[not(@aria-current)]/@href")[0])
    assert former.address == "/en/desk/partners?state=pledged&edition=2017", "of the state that was chosen"
    links = former.all("//main//a/@href")
    assert {
        "/en/desk/partners/2017/p2",
        "/en/desk/partners/2017/ledger",
        "/en/desk/partners?state=received&edition=2017",
    } <= set(links)
    assert pages.sent("list_pledges")[-1]["edition"] == "2017"
    assert "WSIS Prizes 2019" in former.text("//*[@id='open']/.."), "the next one can be opened"
