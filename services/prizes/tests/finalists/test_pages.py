"""The desk of the finalists and of the announcements, without a broker: what is under embargo, a tie and its rule, and
acts that cannot be reversed."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

DESK = "/desk/editions/2017"
PATHS = [f"{DESK}/finalists", f"{DESK}/announcement", f"{DESK}/looks"]


def nominee(number: int, votes: int, rank: int) -> dict[str, Any]:
    return {
        "project": f"p{number}",
        "number": number,
        "title": f"Project {number}",
        "language": "en",
        "organization": "Afya",
        "country": "KE",
        "votes": votes,
        "rank": rank,
    }


PREVIEW: dict[str, Any] = {
    "edition": "2017",
    "items": [
        {
            "category": "C1",
            "tie_rule": "all_tied",
            "places": 2,
            "free": 0,
            "finalists": [nominee(1, 90, 1), nominee(2, 40, 2)],
            "tied": [],
        },
        {
            "category": "C7.e-health",
            "tie_rule": "expert_group_decides",
            "places": 2,
            "free": 1,
            "finalists": [nominee(3, 70, 1)],
            "tied": [nominee(4, 30, 2), nominee(5, 30, 2)],
        },
    ],
    "hidden": 1,
    "next": None,
}
SHOWN: dict[str, Any] = {
    "edition": "2017",
    "finalists_fixed_at": None,
    "champions_announced_at": None,
    "winners_released_at": None,
    "ceremony_at": "2017-06-13T08:00:00Z",
    "champions": 0,
    "submitters": 0,
    "categories": 0,
    "undecided": [],
}
FIXED_AT, ANNOUNCED_AT = "2017-05-02T08:00:00Z", "2017-05-03T08:00:00Z"
FIXED: dict[str, Any] = {
    "edition": "2017",
    "items": [{"category": "C1", "finalists": [nominee(1, 90, 1)], "decision": None}],
    "next": None,
}
LOOKS = [
    {"account": "a7", "roles": ["officer"], "what": what, "at": FIXED_AT, "request_id": "r1"}
    for what in ("tally", "all categories", "C1")
]
ANSWERS: dict[str, Any] = {
    "prizes.read_announcements": SHOWN,
    "prizes.preview_finalists": PREVIEW,
    "prizes.read_finalists": Conflict("prizes.finalists_not_fixed", ""),
    "prizes.fix_finalists": {"edition": "2017", "categories": 2, "finalists": 4},
    "prizes.announce_champions": {"edition": "2017", "champions": 4, "winners": None, "at": ANNOUNCED_AT},
    "prizes.release_winners": {"edition": "2017", "champions": 4, "winners": 2, "at": ANNOUNCED_AT},
    "prizes.list_looks": {"items": LOOKS, "next": None},
}


def site(*roles: str, **answers: Any) -> Pages:
    found = {**ANSWERS, **{f"prizes.{name}": answer for name, answer in answers.items()}}
    return Pages(found, "prizes", "accounts").sign_in(*(roles or ("officer",)))


def announced(**more: Any) -> dict[str, Any]:
    return {**SHOWN, "finalists_fixed_at": FIXED_AT, "champions": 40, "submitters": 38, "categories": 18, **more}


@pytest.mark.parametrize("language", LOCALES)
def test_each_page_shows_in_each_language(language: str) -> None:
    fixed = {"read_finalists": FIXED, "preview_finalists": Conflict("prizes.finalists_fixed", "")}
    waits = announced(champions_announced_at=ANNOUNCED_AT, undecided=["C1"])
    for pages in (site(), site(**fixed, read_announcements=announced()), site(**fixed, read_announcements=waits)):
        for path in PATHS:
            shown = pages.get(f"/{language}{path}")
            assert (shown.status, len(shown.all("//h1"))) == (200, 1), (path, shown.text())
            assert "None" not in shown.text(), path


@pytest.mark.parametrize("role", ["member", "juror"])
def test_who_is_no_officer_sees_nothing_under_embargo(role: str) -> None:
    pages = site(role)
    for path in PATHS:
        shown = pages.get(f"/en{path}")
        assert shown.status == 403
        assert "Project" not in shown.text()
    assert {name for name, _, _ in pages.bus.calls} == {"accounts.jwks"}, "no look is made in their name"


# -- finalists ---------------------------------------------------------------------------------------------------------


def test_before_the_certification_the_page_says_what_it_waits_for() -> None:
    shown = site(preview_finalists=Conflict("prizes.tally_not_certified", "")).get(f"/en{DESK}/finalists")
    assert "has not certified its tally yet" in shown.text()
    assert shown.tree.forms == []


def test_a_tie_is_shown_with_its_rule_and_settled_by_a_choice() -> None:
    pages = site()
    shown = pages.get(f"/en{DESK}/finalists")
    tie = shown.text("//*[@aria-labelledby='tie-1']")
    assert "2 projects have equal votes. Free places: 1 of 2." in tie
    assert "the Expert Group names who of them takes the free places" in tie
    assert "Choose 1 of them" in tie
    assert "1 category is not shown" in shown.text()
    check = shown.send(**{"settle.0.projects": ["p5"]})
    assert "4 finalists are fixed for good" in check.text("//*[@role='status']")
    assert "Project 5" in check.text("//dl")
    assert not pages.sent("fix_finalists"), "nothing has happened yet"
    pages.bus.answers["prizes.read_finalists"] = FIXED
    done = check.send()
    [order] = pages.sent("fix_finalists")
    assert order["body"] == {"settle": [{"category": "C7.e-health", "projects": ["p5"]}]}
    assert "The finalists are fixed." in done.text("//*[@role='status']")


def test_a_tie_that_nobody_settled_comes_back_with_the_error_at_its_choice() -> None:
    pages = site()
    back = pages.get(f"/en{DESK}/finalists").send()
    assert back.all("//div[@role='alert']//a/@href") == ["#fix-settle.0.projects"]
    assert not pages.sent("fix_finalists")


def test_too_many_of_a_tie_are_refused_and_the_choice_stays() -> None:
    wrong = Invalid("prizes.not_of_the_tie", category="C7.e-health", free=1, fields={"settle": ["C7.e-health"]})
    pages = site(fix_finalists=wrong)
    refused = pages.get(f"/en{DESK}/finalists").send(**{"settle.0.projects": ["p4", "p5"]}).send()
    assert refused.status == Invalid.status
    assert "exactly as many projects as there are free places" in refused.text("//div[@role='alert']")
    assert refused.all("//input[@name='settle.0.projects' and @checked]/@value") == ["p4", "p5"]


# -- announcements -----------------------------------------------------------------------------------------------------


def test_the_announcement_names_whom_it_mails_and_that_it_is_final() -> None:
    pages = site(read_announcements=announced())
    check = pages.get(f"/en{DESK}/announcement").send()
    said = check.text("//*[@role='status']")
    assert "40 champions become public" in said
    assert "Mails: 38 submitters, and everyone who takes news" in said
    assert "cannot be reversed" in said
    assert not pages.sent("announce_champions")
    pages.bus.answers["prizes.read_announcements"] = announced(champions_announced_at=ANNOUNCED_AT)
    assert "The champions are announced." in check.send().text("//*[@role='status']")
    assert len(pages.sent("announce_champions")) == 1


def test_winners_wait_for_the_expert_group() -> None:
    waits = announced(champions_announced_at=ANNOUNCED_AT, undecided=["C1"])
    shown = site(read_announcements=waits).get(f"/en{DESK}/announcement")
    assert "1 category waits for the decision" in shown.text()
    assert shown.tree.forms == []


def test_winners_are_released_with_a_reason_after_a_check() -> None:
    pages = site(read_announcements=announced(champions_announced_at=ANNOUNCED_AT))
    back = pages.get(f"/en{DESK}/announcement").send(reason="")
    assert back.all("//div[@role='alert']//a/@href") == ["#release-reason"]
    check = pages.get(f"/en{DESK}/announcement").send(reason="The ceremony has begun")
    assert "The decisions of 18 categories become public" in check.text("//*[@role='status']")
    assert not pages.sent("release_winners")
    check.send()
    assert pages.sent("release_winners")[0]["body"] == {"reason": "The ceremony has begun"}


def test_whoever_looked_at_what_is_under_embargo_is_listed() -> None:
    shown = site().get(f"/en{DESK}/looks")
    assert "/en/desk/accounts/a7" in shown.all("//main//a/@href")
    assert "the tally" in shown.text("//table")
    assert "all categories" in shown.text("//table")
