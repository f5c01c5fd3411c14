"""What officers change of an entry on the desk: its content and its owner; without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import Conflict
from wsis_testkit.pages import Pages

from ..desk_answers import DESK, REVIEW
from ..page_kit import CONTENT

PERSON = {
    "account": "a9",
    "email": "ana@red.example",
    "names": "Ana Quispe",
    "organization": None,
    "country": "PE",
    "stakeholder_type": "civil_society",
}


@pytest.fixture
def pages() -> Pages:
    people = {"accounts.list_accounts": {"items": [PERSON], "next": None}, "accounts.record_page": None}
    return Pages({**DESK, **people}, "stocktaking", "accounts").sign_in("officer")


def test_any_public_entry_is_found_from_the_queue(pages: Pages) -> None:
    assert "/en/desk/entries/search" in pages.get("/en/desk/entries").all("//main//a/@href")
    empty = pages.get("/en/desk/entries/search")
    assert "/en/desk/entries/e1" not in empty.all("//main//a/@href"), "nothing was looked for"
    found = pages.get("/en/desk/entries/search?q=redes")
    assert pages.sent("search_entries")[-1]["q"] == "redes"
    assert "/en/desk/entries/e1" in found.all("//main//a/@href")
    links = pages.get("/en/desk/entries/e1").all("//main//a/@href")
    assert {"/en/desk/entries/e1/correction", "/en/desk/entries/e1/owner"} <= set(links)


def test_a_correction_begins_with_what_is_public_and_sends_all_of_it(pages: Pages) -> None:
    shown = pages.get("/en/desk/entries/e1/correction")
    assert "The public reads the correction at once" in shown.text("//main")
    back = shown.send(**{"content.keywords": ["redes", "salud"]})
    assert back.all("//div[@role='alert']//a/@href") == ["#correct-reason"]
    assert pages.sent("correct_entry") == []
    done = back.send(reason="A keyword was missing")
    assert done.address == "/en/desk/entries/e1?done=corrected"
    [sent] = pages.bodies("correct_entry")
    assert sent["version"] == REVIEW["version"]
    assert sent["content"]["keywords"] == ["redes", "salud"]
    same = {name: value for name, value in CONTENT.items() if name not in ("keywords", "links", "start_date")}
    assert {name: sent["content"][name] for name in same} == same, "what was not touched stays, the draft is not public"
    assert sent["content"]["links"][0] == CONTENT["links"][0]


def test_a_correction_of_what_changed_meanwhile_is_not_lost(pages: Pages) -> None:
    pages.bus.answers["stocktaking.correct_entry"] = Conflict("stocktaking.entry_changed", "")
    shown = pages.get("/en/desk/entries/e1/correction")
    pages.bus.answers["stocktaking.read_review"] = {**REVIEW, "version": 6}
    refused = shown.send(**{"content.title.es": "Redes nuevas", "reason": "As they asked"})
    assert refused.status == Conflict.status
    assert "Redes nuevas" in refused.html
    assert refused.all("//input[@type='checkbox' and @name='version']/@value") == ["6"]


def test_an_entry_without_a_public_content_has_nothing_to_correct(pages: Pages) -> None:
    pages.bus.answers["stocktaking.read_review"] = {**REVIEW, "visibility": "unpublished", "content": None}
    shown = pages.get("/en/desk/entries/e1/correction")
    assert (shown.status, shown.tree.forms) == (200, [])
    assert "/en/desk/entries/e1/correction" not in pages.get("/en/desk/entries/e1").all("//main//a/@href")


@pytest.mark.parametrize(("chosen", "said", "owner"), [("a9", "new owner gets a mail", "a9"), ("", "Nobody is", None)])
def test_an_entry_is_given_to_an_account_or_to_nobody(pages: Pages, chosen: str, said: str, owner: Any) -> None:
    shown = pages.get("/en/desk/entries/e1/owner?q=ana")
    assert "Ana Quispe · ana@red.example" in shown.text("//form[@method='post']")
    assert shown.all("//input[@name='account' and @checked]") == [], "no choice is suggested"
    check = shown.send(shown.form_named("assign"), account=chosen, reason="They asked")
    assert said in check.text("//*[@role='status']")
    assert pages.sent("assign_entry") == [], "nothing has happened yet"
    assert check.send().address == "/en/desk/entries/e1?done=assigned"
    assert pages.bodies("assign_entry") == [{"version": REVIEW["version"], "account": owner, "reason": "They asked"}]


def test_an_owner_that_nobody_chose_comes_back_with_the_people_who_were_found(pages: Pages) -> None:
    shown = pages.get("/en/desk/entries/e1/owner?q=ana")
    back = shown.send(shown.form_named("assign"), reason="They asked")
    assert back.all("//div[@role='alert']//a/@href") == ["#assign-account"]
    assert "Ana Quispe" in back.text("//main//form[@method='post']")
