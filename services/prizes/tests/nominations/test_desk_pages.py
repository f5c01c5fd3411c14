"""What officers do with nominations and past winners on the desk, without a broker."""

from __future__ import annotations

import pytest
from wsis_shared.errors import Conflict, Invalid
from wsis_testkit.pages import Pages

from ..desk_answers import ANSWERS, DRAFT
from ..page_kit import HERE, wrong


@pytest.fixture
def pages() -> Pages:
    return Pages(ANSWERS, "prizes", "accounts").sign_in("officer")


def test_a_list_by_score_shows_first_what_it_changes(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}/nominations")
    wrong_score = shown.send(shown.form("Show what changes"), threshold="7")
    assert wrong(wrong_score) == ["#preview-threshold"]
    preview = shown.send(shown.form("Show what changes"), threshold="3.5", count="40")
    assert pages.sent("fix_nominations") == []
    assert "1 added, 0 removed. Nothing has changed yet." in preview.text("//*[@role='status']")
    assert not preview.all("//button[text()='Publish the nominees']"), "the list that is shown is not the one that is"
    done = preview.send(preview.form("Fix the list"), reason="As the group decided")
    assert done.address == f"/en{HERE}/nominations?done=fixed"
    [asked] = pages.sent("fix_nominations")
    expected = {"threshold": 3.5, "count": 40, "cap": 20, "nominate": None, "reason": "As the group decided"}
    assert {name: asked["body"][name] for name in expected} == expected


def test_a_list_that_is_refused_keeps_its_limits(pages: Pages) -> None:
    pages.bus.answers["prizes.fix_nominations"] = Conflict("prizes.interested", "")
    shown = pages.get(f"/en{HERE}/nominations")
    preview = shown.send(shown.form("Show what changes"), threshold="3.5")
    refused = preview.send(preview.form("Fix the list"), reason="Mine")
    assert refused.status == 409
    fields = refused.tree.forms[refused.form("Fix the list")].fields
    assert (fields["threshold"], fields["reason"].strip()) == ("3.5", "Mine")


def test_publication_says_how_many_it_mails(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}/nominations")
    check = shown.send(shown.form("Publish the nominees"))
    assert "4 mails about the outcome are sent." in check.text("//*[@role='status']")
    assert pages.sent("publish_nominees") == []
    begun = check.send()
    assert begun.address == f"/en{HERE}/nominations?job=prizes.job1"
    assert "Publication of the nominees: running · 3 / 8" in begun.text("//*[@role='status']")
    pages.bus.answers["prizes.read_nominations"] = {**DRAFT, "published": True}
    assert pages.get(f"/en{HERE}/nominations").tree.forms == []


def test_a_list_that_lacks_a_category_is_not_offered_for_publication(pages: Pages) -> None:
    lacking = {"category": "C2", "projects": 2, "reviewed": 2, "nominated": 0, "added": 0, "removed": 0, "missing": 2}
    pages.bus.answers["prizes.read_nominations"] = {**DRAFT, "categories": [*DRAFT["categories"], lacking]}
    shown = pages.get(f"/en{HERE}/nominations")
    assert not shown.all("//button[text()='Publish the nominees']")
    assert "2 projects are neither nominated nor left out." in shown.text("//section[@aria-labelledby='publish']")
    assert shown.all("//section[@aria-labelledby='publish']//a/@href") == [f"/en{HERE}/nominations/C2"]


def test_a_category_shows_scores_spread_and_rank(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}/nominations/C1")
    first, second = (row.text_content() for row in shown.all("//tbody/tr"))
    for words in ("4.25", "1.5", "2 / 2", "Nominate 2", "nominated"):
        assert words in first
    assert "0 / 2" in second
    assert shown.all("//tbody//a/@href") == [f"/en{HERE}/projects/p1", f"/en{HERE}/projects/p2"]


def test_nominees_of_a_category_are_chosen_by_name_after_a_check(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}/nominations/C1")
    assert shown.all("//input[@name='nominate' and @checked]/@value") == ["p1"]
    missing = shown.send(nominate=["p2"])
    assert wrong(missing) == ["#choose-reason"]
    assert missing.all("//input[@name='nominate' and @checked]/@value") == ["p2"]
    check = missing.send(reason="By the group")
    assert "Clinics" in check.text("//section[@aria-labelledby='list_added']")
    assert "منصة" in check.text("//section[@aria-labelledby='list_removed']")
    assert pages.sent("fix_category") == []
    assert check.send().address == f"/en{HERE}/nominations?done=fixed"
    [asked] = pages.sent("fix_category")
    assert (asked["category"], asked["body"]) == ("C1", {"nominate": ["p2"], "reason": "By the group"})


def test_more_nominees_than_the_cap_are_refused(pages: Pages) -> None:
    fields = {"nominate": ["C1: 2"]}
    pages.bus.answers["prizes.fix_category"] = Invalid("prizes.over_the_cap", cap=1, fields=fields)
    check = pages.get(f"/en{HERE}/nominations/C1").send(nominate=["p1", "p2"], reason="Both")
    refused = check.send()
    assert wrong(refused) == ["#choose-nominate"]
    assert refused.all("//input[@name='nominate' and @checked]/@value") == ["p1", "p2"]


def test_a_winner_of_an_edition_held_elsewhere_is_added(pages: Pages) -> None:
    assert f"/en{HERE}/past-winners" in pages.get(f"/en{HERE}/projects").all("//main//a/@href")
    shown = pages.get(f"/en{HERE}/past-winners")
    assert [each.get("lang") for each in shown.all("//tbody//th/span")] == ["fr"]
    typed = {"items.0.edition": "2015", "items.0.title": "Clinics", "items.0.organization": "Hope"}
    missing = shown.send(**typed)
    assert wrong(missing) == ["#add-items.0.country"]
    assert missing.tree.forms[0].fields["items.0.title"] == "Clinics"
    assert missing.send(**{"items.0.country": "RW"}).address == f"/en{HERE}/past-winners?done=added"
    [asked] = pages.sent("import_past_winners")
    row = {"edition": "2015", "title": "Clinics", "organization": "Hope", "country": "RW", "language": None}
    assert asked["body"] == {"items": [row]}
