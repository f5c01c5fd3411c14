"""What officers set of a fund on the desk: its packages, its activities, and logos of partners; without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from .test_pages import CALL, ENTRY, PACKAGES, PLEDGE, SUMS

DESK = "/desk/partners"
WAITS = {**PLEDGE, "logo_waits": True, "proposed_logo": "b2"}


@pytest.fixture
def pages() -> Pages:
    answers: dict[str, Any] = {
        "prizes.list_editions": {"items": [{"edition": "2018", "title": "WSIS Prizes 2018"}], "next": None},
        "partnerships.list_funds": {"edition": "2017", "editions": ["2017"]},
        "partnerships.list_packages": PACKAGES,
        "partnerships.read_call": CALL,
        "partnerships.list_pledges": {"items": [], "next": None},
        "partnerships.read_report": {"edition": "2017", "cash": SUMS, "in_kind": SUMS},
        "partnerships.open_fund": {**PACKAGES, "edition": "2018"},
        "partnerships.add_activity": PACKAGES,
        "partnerships.set_activity": PACKAGES,
        "partnerships.read_pledge": WAITS,
        "partnerships.decide_logo": PLEDGE,
    }
    return Pages(answers, "partnerships", "prizes").sign_in("officer")


@pytest.mark.parametrize("language", LOCALES)
def test_the_pages_show_in_each_language(pages: Pages, language: str) -> None:
    for path in (f"{DESK}/2017/packages", f"{DESK}/2017/p2"):
        shown = pages.get(f"/{language}{path}")
        assert (shown.status, len(shown.all("//h1"))) == (200, 1), shown.text()
        assert "None" not in shown.text()


def test_an_edition_without_packages_gets_them_after_a_check(pages: Pages) -> None:
    check = pages.get(f"/en{DESK}").send()
    assert "sponsors can pledge" in check.text("//*[@role='status']")
    assert pages.sent("open_fund") == [], "nothing has happened yet"
    assert check.send().address == f"/en{DESK}/2018/packages?done=saved"
    assert pages.sent("open_fund")[0]["edition"] == "2018"


def test_packages_that_are_open_are_not_opened_again(pages: Pages) -> None:
    pages.bus.answers["partnerships.list_funds"] = {"edition": "2018", "editions": ["2018", "2017"]}
    assert pages.get(f"/en{DESK}").all("//form[@method='post']") == []


def test_activities_are_added_and_renamed_in_all_languages(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/2017/packages")
    back = shown.send(shown.form_named("add"), **{"title.en": "Night of code"})
    assert "#add-title.fr" in back.all("//div[@role='alert']//a/@href")
    titles = {f"title.{code}": f"Night {code}" for code in LOCALES}
    assert back.send(back.form_named("add"), **titles).address == f"/en{DESK}/2017/packages?done=saved"
    assert pages.bodies("add_activity")[0]["title"]["ru"] == "Night ru"
    shown.send(shown.form_named("rename"), **{"title.fr": "Marathon"})
    [renamed] = pages.sent("set_activity")
    assert (renamed["activity"], renamed["body"]["title"]["fr"]) == ("hackathon", "Marathon")
    assert renamed["body"]["title"]["en"] == "Hackathon"


@pytest.mark.parametrize(("chosen", "accepted"), [("true", True), ("false", False)])
def test_a_logo_is_decided_with_a_reason(pages: Pages, chosen: str, accepted: bool) -> None:
    shown = pages.get(f"/en{DESK}/2017/p2")
    assert shown.all("//a[contains(@href, 'file=logo')]")
    assert shown.all("//input[@name='accepted' and @checked]") == [], "no choice is suggested"
    back = shown.send(shown.form_named("logo"), accepted=chosen)
    assert back.all("//div[@role='alert']//a/@href") == ["#logo-reason"]
    assert back.send(back.form_named("logo"), reason="As agreed").address == f"/en{DESK}/2017/p2?done=saved"
    assert pages.bodies("decide_logo") == [{"accepted": accepted, "reason": "As agreed", "proposed_logo": "b2"}]


def test_an_officer_can_look_at_the_logo_that_a_confirmation_publishes(pages: Pages) -> None:
    pages.bus.answers["partnerships.read_pledge"] = {**PLEDGE, "state": "pledged", "has_logo": True}
    shown = pages.get(f"/en{DESK}/2017/p2")
    assert shown.all("//section[@aria-labelledby='decide' or @id='decide']//a[contains(@href, 'file=logo')]")


def test_no_logo_waits_where_none_was_sent(pages: Pages) -> None:
    pages.bus.answers["partnerships.read_pledge"] = PLEDGE
    assert pages.get(f"/en{DESK}/2017/p2").all("//input[@name='accepted']") == []


@pytest.mark.parametrize(
    ("path", "file", "cell"),
    [
        ("?state=pledged&after=x", "pledges", ("organization", "<b>Example</b> Telecom")),
        ("?state=pledged", "fund", ("package_title", "Gold")),
        ("/2017/ledger?after=x", "ledger", ("pledge", "p2")),
    ],
)
def test_lists_of_the_desk_are_files(pages: Pages, path: str, file: str, cell: tuple[str, str]) -> None:
    line = {"package": "gold", "package_title": "Gold", "activity": None, "form": "cash", **SUMS}
    pages.bus.answers |= {
        "prizes.list_editions": {"items": [{"edition": "2017", "title": "WSIS Prizes 2017"}], "next": None},
        "partnerships.list_pledges": {"items": [PLEDGE], "next": None},
        "partnerships.list_ledger": {"items": [ENTRY], "next": None},
        "partnerships.list_report_lines": {"items": [line], "next": None},
        "partnerships.record_export": None,
    }
    (name, value), address = cell, f"/en/desk/partners{path}"
    rows = pages.workbook(address, file)
    assert {row[name] for row in rows} == {value}
    asked = [arguments for called, arguments, _ in pages.bus.calls if called.startswith("partnerships.list_")][-1]
    assert (asked["edition"], asked["after"], asked.get("state")) == (
        "2017",
        None,
        "pledged" if file == "pledges" else None,
    )
    assert pages.sign_in("member").get(f"{address.partition('?')[0]}?edition=2017&file={file}").status == 403
