"""Contributions on pages, without a broker: read by everybody, made public by their authors, endorsed by members."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import Conflict, NotFound
from wsis_testkit.pages import Pages, Shown

from ..page_answers import CONTRIBUTION, ENDORSEMENT, RECEIPT, SUBMISSION
from ..page_kit import in_each_language, site

LIST = "/consultations/2017/contributions"
ENTRY = f"{LIST}/{RECEIPT['receipt']}"


@pytest.fixture
def pages() -> Pages:
    return site(
        read_endorsement=ENDORSEMENT,
        endorse_contribution={**ENDORSEMENT, "endorsed": True, "endorsements": 3},
        withdraw_endorsement=ENDORSEMENT,
        read_submission=SUBMISSION,
        open_draft=NotFound("consultation.draft_unknown", ""),
        open_submission=SUBMISSION,
        change_consent={"id": "s1", "edition": "2017", "receipt": RECEIPT["receipt"], "public": True, "at": "now"},
    )


def press(shown: Shown, name: str, **values: Any) -> Shown:
    """Send the form of that name."""
    number = next(at for at, each in enumerate(shown.tree.forms) if each.fields.get("_form") == name)
    return shown.send(number, **values)


@pytest.mark.parametrize("path", [LIST, f"{LIST}?action_line=C3", ENTRY, f"{ENTRY}?done=endorsed"])
def test_everybody_reads_them_in_each_language(pages: Pages, path: str) -> None:
    in_each_language(pages, path)
    in_each_language(pages.sign_in("member"), path)


def test_the_list_leads_to_the_entry_and_the_edition_to_both(pages: Pages) -> None:
    assert f"/en{ENTRY}" in pages.get(f"/en{LIST}").all("//main//a/@href")
    assert pages.get("/en/consultations/2017").status == 200
    assert {f"/en{LIST}", f"/en{ENTRY}"} <= set(pages.get("/en/consultations/2017").all("//main//a/@href"))


def test_the_entry_says_what_was_written_and_who_endorses_it(pages: Pages) -> None:
    shown = pages.get(f"/en{ENTRY}")
    text = shown.text("//main")
    for said in (CONTRIBUTION["answers"]["structure_programme"], "2 endorsements", "Health for All", "Réseau"):
        assert said in text
    assert "members who say that they are of these organizations. Nobody has checked it" in text
    assert shown.all("//main//*[@lang='fr']"), "what people wrote has its language"


def test_a_contribution_that_is_not_public_is_not_found(pages: Pages) -> None:
    shown = site(read_contribution=NotFound("consultation.contribution_unknown", "")).get(f"/en{ENTRY}")
    assert (shown.status, "Réseau" in shown.text()) == (404, False)


def test_a_member_endorses_for_the_organization(pages: Pages) -> None:
    shown = press(pages.sign_in("member").get(f"/en{ENTRY}"), "endorse", for_organization="true")
    assert [each["body"] for each in pages.sent("endorse_contribution")] == [{"for_organization": True}]
    assert "Your endorsement is counted." in shown.text("//main")


def test_a_member_takes_it_back(pages: Pages) -> None:
    pages = site(
        read_endorsement={**ENDORSEMENT, "endorsed": True, "organization": "Health for All"},
        withdraw_endorsement=ENDORSEMENT,
    ).sign_in("member")
    shown = pages.get(f"/en{ENTRY}")
    assert "You endorse it for Health for All." in shown.text("//main")
    assert "is withdrawn" in press(shown, "take_back").text("//main")
    assert len(pages.sent("withdraw_endorsement")) == 1


def test_nobody_is_asked_to_endorse_their_own() -> None:
    pages = site(read_endorsement={**ENDORSEMENT, "own": True}).sign_in("member")
    assert not pages.get(f"/en{ENTRY}").all("//main//form[.//input[@value='endorse']]")


def test_visitors_sign_in_before_they_endorse(pages: Pages) -> None:
    shown = press(pages.get(f"/en{ENTRY}"), "endorse")
    assert (pages.sent("endorse_contribution"), shown.status) == ([], 401)
    assert shown.all("//form//input[@type='email']")


def test_a_refusal_stands_at_its_field() -> None:
    refusal = Conflict("consultation.own_contribution", "")
    pages = site(read_endorsement=ENDORSEMENT, endorse_contribution=refusal).sign_in("member")
    assert "You cannot endorse your own contribution" in press(pages.get(f"/en{ENTRY}"), "endorse").text("//main")


@pytest.mark.parametrize(("public", "button"), [(False, "Let everybody read it"), (True, "No longer let everybody")])
def test_its_author_makes_it_public_and_ends_that(public: bool, button: str) -> None:
    pages = site(read_submission={**SUBMISSION, "public": public}, change_consent={"id": "s1"}).sign_in("member")
    shown = pages.get("/en/me/submissions/2017/s1")
    assert button in shown.text("//section[@aria-labelledby='public']")
    assert (f"/en{ENTRY}" in shown.all("//main//a/@href")) is public
    press(shown, "publish")
    assert [each["body"]["public"] for each in pages.sent("change_consent")] == [not public]


def test_its_author_ends_that_of_one_that_was_merged() -> None:
    merged = {**SUBMISSION, "state": "merged", "merged_into": "OCP-2017-0003"}
    pages = site(read_submission={**merged, "public": True}, change_consent={"id": "s1"}).sign_in("member")
    press(pages.get("/en/me/submissions/2017/s1"), "publish")
    assert [each["body"]["public"] for each in pages.sent("change_consent")] == [False]
    pages = site(read_submission={**merged, "public": False}).sign_in("member")
    assert pages.get("/en/me/submissions/2017/s1").all("//section[@aria-labelledby='public']") == []


def test_a_mailed_link_makes_it_public_too(pages: Pages) -> None:
    opened = pages.get("/en/consultations/2017/submission").send(0, id="ab" * 16, key="cd" * 20)
    shown = press(opened, "publish")
    assert (shown.status, "OCP-2017-0007" in shown.text()) == (200, True)
    [body] = [each["body"] for each in pages.sent("change_consent")]
    assert (body["key"], body["public"]) == ("cd" * 20, True)
