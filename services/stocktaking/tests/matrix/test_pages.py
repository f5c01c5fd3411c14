"""Proposals to change the matrix on pages: of officers, and of agencies; without a broker."""

from __future__ import annotations

import pytest
from wsis_shared.errors import Forbidden
from wsis_testkit.pages import Pages

from ..desk_answers import DESK, PROPOSAL
from ..page_kit import CELL

NEW = "/en/desk/matrix/new"


@pytest.fixture
def pages() -> Pages:
    return Pages(DESK, "stocktaking").sign_in("officer")


def test_the_desk_leads_to_a_proposal_and_shows_the_link_as_it_is(pages: Pages) -> None:
    assert NEW in pages.get("/en/desk/matrix").all("//main//a/@href")
    empty = pages.get(NEW)
    assert empty.all("//form[@method='post']") == [], "no link is chosen"
    assert pages.sent("read_matrix_link") == []
    shown = pages.get(f"{NEW}?line=C2&goal=9")
    assert shown.all("//form[contains(., 'Targets')]//input[@name='changes.0.targets' and @checked]/@value") == [
        "9.1",
        "9.c",
    ]
    assert "Networks carry health." in shown.text("//textarea[@name='changes.0.rationale.en']")


def test_a_change_of_a_link_is_proposed_with_its_reasons(pages: Pages) -> None:
    shown = pages.get(f"{NEW}?line=C2&goal=9")
    typed = {"changes.0.targets": ["9.1"], "changes.0.rationale.fr": "Des réseaux."}
    back = shown.send(shown.form_named("propose"), **typed)
    assert back.all("//div[@role='alert']//a/@href") == ["#propose-justification"]
    done = back.send(back.form_named("propose"), justification="Agreed in May")
    assert done.address == "/en/desk/matrix?done=proposed"
    [sent] = pages.bodies("propose_matrix_changes")
    assert (sent["line"], sent["justification"]) == ("C2", "Agreed in May")
    [change] = sent["changes"]
    assert (change["sdg"], change["action"], change["targets"], change["goal_level"]) == (9, "change", ["9.1"], False)
    assert change["rationale"] == {"en": "Networks carry health.", "fr": "Des réseaux."}


def test_a_link_that_is_not_there_is_added_and_one_that_is_may_go(pages: Pages) -> None:
    shown = pages.get(f"{NEW}?line=C2&goal=9")
    shown.send(shown.form_named("remove"), justification="No longer true")
    [gone] = pages.bodies("propose_matrix_changes")[-1]["changes"]
    assert (gone["action"], gone["targets"], gone["rationale"]) == ("remove", [], None)
    pages = Pages({**DESK, "stocktaking.read_matrix_link": {**CELL, "link": None}}, "stocktaking").sign_in("officer")
    new = pages.get(f"{NEW}?line=C2&goal=9")
    assert new.all("//input[@value='remove']") == []
    new.send(
        new.form_named("propose"),
        **{"changes.0.goal_level": "true", "changes.0.rationale.en": "It does", "justification": "Agreed"},
    )
    [added] = pages.bodies("propose_matrix_changes")[-1]["changes"]
    assert (added["action"], added["goal_level"]) == ("add", True)


def test_an_agency_reads_why_a_line_of_others_is_refused_and_loses_nothing(pages: Pages) -> None:
    pages.cookies.clear()
    pages.sign_in("member", "agency")
    pages.bus.answers["stocktaking.propose_matrix_changes"] = Forbidden("stocktaking.matrix_line_of_others", line="C2")
    shown = pages.get(f"{NEW}?line=C2&goal=9")
    refused = shown.send(shown.form_named("propose"), justification="We work on it")
    assert refused.status == Forbidden.status
    assert "We work on it" in refused.text("//textarea[@name='justification']")


def test_a_proposal_is_withdrawn_by_its_own_side_after_a_check(pages: Pages) -> None:
    shown = pages.get("/en/desk/matrix/p1")
    check = shown.send(shown.form_named("withdraw"))
    assert "can no longer be accepted" in check.text("//*[@role='status']")
    assert pages.sent("withdraw_matrix_proposal") == [], "nothing has happened yet"
    assert check.send().address == "/en/desk/matrix?done=yes"
    assert pages.sent("withdraw_matrix_proposal") == [{"proposal": "p1"}]
    for other in ({"mine": False}, {"state": "published"}):
        pages.bus.answers["stocktaking.read_matrix_proposal"] = {**PROPOSAL, **other}
        assert pages.get("/en/desk/matrix/p1").all("//input[@name='_form' and @value='withdraw']") == []
