"""What officers do on the desk of the contest, without a broker."""

from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from .desk_answers import ANSWERS, EDITION, ELIGIBILITY, LISTED, PLAN, PROJECT, REVIEW
from .page_kit import HERE, wrong

PARTS = (
    "",
    "/phases/nomination",
    "/settings",
    "/projects",
    "/projects/p1",
    "/jury",
    "/jury/j1",
    "/nominations",
    "/nominations/C1",
    "/past-winners",
)
PATHS = ("/desk/editions", *(HERE + part for part in PARTS))


@pytest.fixture
def pages() -> Pages:
    return Pages(ANSWERS, "prizes", "accounts").sign_in("officer")


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_of_the_desk_shows_in_each_language(pages: Pages, path: str, language: str) -> None:
    shown = pages.get(f"/{language}{path}")
    assert shown.status == 200, shown.text()
    assert len(shown.all("//h1")) == 1
    assert "None" not in shown.text()
    for field in shown.all("//main//form//*[self::input[not(@type='hidden')] or self::textarea or self::select]"):
        labelled = field.xpath("ancestor::label") or shown.all(f"//label[@for='{field.get('id')}']")
        assert labelled, f"{field.get('name')} has a label"


@pytest.mark.parametrize("path", PATHS)
def test_neither_members_nor_jurors_see_the_desk(pages: Pages, path: str) -> None:
    assert pages.sign_in("member").get(f"/en{path}").status == 403
    assert pages.sign_in("juror").get(f"/en{path}").status == 403
    pages.cookies.clear()
    assert "/en/sign-in" in pages.get(f"/en{path}").address


def test_the_desk_leads_to_the_editions_and_to_the_longest_wait(pages: Pages) -> None:
    links = pages.get("/en/desk").all("//main//a/@href")
    assert "/en/desk/editions" in links
    assert f"/en{HERE}/projects/p1" in links
    assert f"/en{HERE}" in pages.get("/en/desk/editions").all("//main//a/@href")


def test_an_edition_is_opened_with_the_settings_of_another(pages: Pages) -> None:
    shown = pages.get("/en/desk/editions")
    refused = shown.send(edition="18")
    assert wrong(refused) == ["#open-edition"]
    assert refused.tree.forms[0].fields["edition"] == "18"
    assert refused.send(edition="2018").address == "/en/desk/editions/2018?done=opened"
    assert pages.sent("open_edition")[-1]["body"]["copy_from"] == "2017"


def test_an_edition_shows_how_far_each_step_is(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}")
    steps = shown.text("//section[@aria-labelledby='steps']")
    assert "Eligibility to decide 2 to do" in steps
    assert "Too few jurors 0 none" in steps
    assert "Finished reviews: 4 of 6" in steps
    assert "fixed, not published" in steps
    assert "“Phase 3” begins before “Phase 2” ends." in shown.text("//section[@aria-labelledby='phases']")
    assert shown.all("//main//nav[.//li/a[contains(@href, '/jury')]]//a[@aria-current='true']/@href") == [f"/en{HERE}"]


def test_a_move_shows_first_what_it_changes_and_who_is_mailed(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}/phases/nomination")
    assert len(shown.tree.forms) == 1
    preview = shown.send(end="2017-03-20T23:00")
    end = datetime(2017, 3, 20, 22, tzinfo=UTC)
    assert pages.sent("preview_phase") == [{"edition": "2017", "phase": "nomination", "body": {"end": end}}]
    assert pages.sent("move_phase") == []
    words = preview.text("//section[@aria-labelledby='changes']")
    assert "41 submitters are mailed." in words
    assert "“Phase 3” begins before “Phase 2” ends." in words
    missing = preview.send(preview.form("Change the dates"))
    assert wrong(missing) == ["#move-reason"]
    assert "41 submitters" in missing.text(), "the preview stays"
    assert missing.tree.forms[0].fields["end"] == "2017-03-20T23:00"
    done = missing.send(missing.form("Change the dates"), reason="Many asked")
    assert done.address == f"/en{HERE}?done=moved"
    assert pages.sent("move_phase")[0]["body"] == {"end": end, "reason": "Many asked"}


def test_an_extension_of_voting_says_that_it_mails_everybody(pages: Pages) -> None:
    pages.bus.answers["prizes.preview_phase"] |= {"everyone": True, "accounts": 0}
    shown = pages.get(f"/en{HERE}/phases/public_voting").send(end="2017-04-30T23:00")
    assert "Everybody with an account is mailed" in shown.text("//section[@aria-labelledby='changes']")


def test_dates_out_of_order_are_refused_before_anything_is_shown(pages: Pages) -> None:
    fields = {"end": ["Must be after the start."]}
    pages.bus.answers["prizes.preview_phase"] = Invalid("prizes.phase_ends_before_start", fields=fields)
    refused = pages.get(f"/en{HERE}/phases/nomination").send(end="2016-03-20T23:00")
    assert wrong(refused) == ["#preview-end"]
    assert refused.tree.forms[0].fields["end"] == "2016-03-20T23:00"
    assert len(refused.tree.forms) == 1


def test_settings_are_changed_with_a_reason(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}/settings")
    assert shown.tree.forms[0].fields["every_category"] == "true"
    typed = {"nominees_cap": "20", "every_category": "false", "words.title.max_words": "25", "categories": ["C1"]}
    missing = shown.send(**typed)
    assert wrong(missing) == ["#set-reason"]
    assert missing.tree.forms[0].fields["every_category"] == "false", "nothing typed is lost"
    assert missing.send(reason="As decided").address == f"/en{HERE}?done=set"
    [asked] = pages.sent("change_settings")
    assert asked["body"].pop("revision") == EDITION["revision"]
    changed = {**EDITION["settings"], "nominees_cap": 20, "every_category": False, "categories": ["C1"]}
    assert {name: asked["body"][name] for name in changed} == changed
    assert asked["body"]["words"]["title"] == {"min_words": None, "max_words": 25}


def test_two_officers_who_change_the_settings_learn_of_each_other(pages: Pages) -> None:
    def change(sent: dict[str, Any]) -> Any:
        if sent["body"]["revision"] != "r2":
            raise Conflict("prizes.changed_meanwhile")
        return EDITION

    pages.bus.answers |= {"prizes.read_edition": {**EDITION, "revision": "r2"}, "prizes.change_settings": change}
    shown = pages.get(f"/en{HERE}/settings")
    refused = shown.send(nominees_cap="20", reason="As decided", revision="r1")
    assert (refused.status, refused.tree.forms[0].fields["nominees_cap"]) == (409, "20")
    [box] = refused.all("//input[@type='checkbox' and @name='revision']")
    assert refused.send(revision=["r1", box.get("value")]).address == f"/en{HERE}?done=set"


def test_a_setting_that_is_fixed_is_refused_and_stays_typed(pages: Pages) -> None:
    pages.bus.answers["prizes.change_settings"] = Conflict("prizes.settings_fixed", setting="tie_rule")
    refused = pages.get(f"/en{HERE}/settings").send(tie_rule="expert_group_decides", reason="Later")
    assert refused.status == 409
    assert refused.tree.forms[0].fields["tie_rule"] == "expert_group_decides"


# -- projects ----------------------------------------------------------------------------------------------------------


def test_projects_are_filtered_and_the_next_page_keeps_the_filters(pages: Pages) -> None:
    pages.bus.answers["prizes.list_projects"] = {"items": [LISTED], "next": "c 1", "total": 41}
    shown = pages.get(f"/en{HERE}/projects?waits=eligibility&category=C1&country=JO&state=submitted&sdg=4")
    assert "41 Projects" in shown.text()
    [further] = shown.all("//a[@rel='next']/@href")
    pages.get(str(further))
    asked = pages.sent("list_projects")[-1]
    chosen = {"waits": "eligibility", "category": "C1", "country": "JO", "state": "submitted", "sdg": 4}
    assert {name: asked[name] for name in (*chosen, "after")} == {**chosen, "after": "c 1"}
    without = shown.all("//ul[@aria-label='Filters']//a[contains(., 'Jordan')]/@href")
    pages.get(str(without[0]))
    assert pages.sent("list_projects")[-1]["country"] is None
    [title] = shown.all("//tbody//a/span")
    assert (title.get("lang"), title.get("dir"), title.text_content()) == ("ar", "auto", "منصة التعليم <b>")


@pytest.mark.parametrize(
    ("path", "chosen"), [("jury", {"juror": None}), ("jury/j1", {"juror": "j1"}), ("jury/j1?after=x", {"juror": "j1"})]
)
def test_reviews_are_a_file(pages: Pages, path: str, chosen: dict[str, str | None]) -> None:
    [row] = pages.workbook(f"/en{HERE}/{path}", "reviews")
    assert (row["project"], row["state"]) == (REVIEW["project"], REVIEW["state"])
    asked = pages.sent("list_reviews")[-1]
    assert {name: asked[name] for name in (*chosen, "after")} == {**chosen, "after": None}
    assert pages.sign_in("juror").get(f"/en{HERE}/{path.partition('?')[0]}?file=reviews").status == 403


def test_the_list_is_a_file_with_the_same_filters(pages: Pages) -> None:
    [csv, *_] = pages.get(f"/en{HERE}/projects?category=C1&state=submitted").all("//ul[@aria-label='Files']//a/@href")
    file = pages.get(str(csv))
    assert file.headers["content-disposition"].startswith('attachment; filename="projects-')
    assert "منصة التعليم <b>" in file.html
    asked = pages.sent("list_projects")[-1]
    assert (asked["category"], asked["state"], asked["waits"]) == ("C1", "submitted", None)
    pages.cookies.clear()
    assert "/en/sign-in" in pages.get(str(csv)).address


def test_the_evidence_is_said_in_the_readers_language(pages: Pages) -> None:
    shown = pages.get(f"/fr{HERE}/projects/p1")
    evidence = shown.text("//section[@aria-labelledby='evidence']")
    for words in ("Ressemble à un lauréat d’une édition précédente", "Schools", "Hope · 2016"):
        assert words in evidence
    assert "In English" not in evidence
    assert shown.all("//section[@aria-labelledby='evidence']//a/@href") == [f"/fr{HERE}/projects/p2"]
    assert "amal@example.org" in shown.text()


def test_eligibility_is_decided_with_a_standard_reason_or_words(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}/projects/p1")
    decide = shown.form("Decide")
    missing = shown.send(decide, eligible="false")
    assert wrong(missing) == ["#decide-reason"]
    assert missing.all("//input[@name='eligible' and @checked]/@value") == ["false"]
    other = shown.send(decide, eligible="true", standard="won_before")
    assert wrong(other) == ["#decide-standard"]
    done = missing.send(missing.form("Decide"), standard="won_before")
    assert done.address == f"/en{HERE}/projects?waits=eligibility&done=decided"
    assert "The decision is stored." in done.text("//*[@role='status']")
    [asked] = pages.sent("decide_eligibility")
    assert asked["body"] == {"eligible": False, "standard": "won_before", "reason": None}


def test_a_decision_by_an_officer_with_an_interest_is_refused(pages: Pages) -> None:
    pages.bus.answers["prizes.decide_eligibility"] = Conflict("prizes.interested", "")
    shown = pages.get(f"/en{HERE}/projects/p1")
    refused = shown.send(shown.form("Decide"), eligible="true", reason="All is there")
    assert (refused.status, refused.all("//textarea[@name='reason']")[0].text.strip()) == (409, "All is there")


def test_a_question_is_shown_once_more_before_it_is_mailed(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}/projects/p1")
    check = shown.send(shown.form("Ask the question"), question="Has it ended?", until="2017-02-10T18:00")
    assert pages.sent("request_clarification") == []
    assert "the submitter is mailed this question at once" in check.text("//*[@role='status']")
    assert check.send().address == f"/en{HERE}/projects/p1?done=asked"
    until = datetime(2017, 2, 10, 17, tzinfo=UTC)
    assert pages.sent("request_clarification")[0]["body"] == {"question": "Has it ended?", "until": until}


def test_a_question_that_was_asked_cannot_be_asked_again(pages: Pages) -> None:
    asked = {"question": "Ended?", "until": "2017-02-10T17:00:00Z", "answer": "Oui", "asked_at": "2017-02-01T17:00:00Z"}
    pages.bus.answers["prizes.read_project"] = {**PROJECT, "clarification": asked}
    shown = pages.get(f"/en{HERE}/projects/p1")
    assert "Oui" in shown.text("//section[@aria-labelledby='clarification']")
    assert not shown.all("//button[text()='Ask the question']")


def test_a_nominee_is_disqualified_after_a_check(pages: Pages) -> None:
    assert not pages.get(f"/en{HERE}/projects/p1").all("//h2[@id='disqualify']")
    pages.bus.answers["prizes.read_project"] = {**PROJECT, "state": "nominated"}
    pages.bus.answers["prizes.read_eligibility"] = {**ELIGIBILITY, "state": "nominated"}
    shown = pages.get(f"/en{HERE}/projects/p1")
    assert not shown.all("//button[text()='Decide']")
    check = shown.send(shown.form("Disqualify the nominee"), reason="Bought votes")
    assert pages.sent("disqualify_project") == []
    check.send()
    assert pages.sent("disqualify_project")[0]["body"] == {"reason": "Bought votes"}


# -- the Expert Group --------------------------------------------------------------------------------------------------


def test_an_assignment_shows_first_the_load_of_each_juror_and_what_is_missing(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}/jury")
    preview = shown.send(shown.form("Show what changes"), per_project="3")
    assert (pages.sent("preview_assignment")[0]["body"]["per_project"], pages.sent("assign_reviews")) == (3, [])
    words = preview.text("//section[@aria-labelledby='assign']")
    for said in ("5 reviews are assigned. 2 jurors are mailed.", "1 project still lacks jurors."):
        assert said in words
    assert f"/en{HERE}/projects/p9" in preview.all("//section[@aria-labelledby='assign']//a/@href")
    done = preview.send(preview.form("Assign the reviews"))
    assert done.address == f"/en{HERE}/jury?done=assigned"
    assert pages.sent("assign_reviews")[0]["body"]["per_project"] == 3


def test_nothing_is_assigned_where_nothing_is_missing(pages: Pages) -> None:
    pages.bus.answers["prizes.preview_assignment"] = {**PLAN, "assigned": 0, "jurors": 0}
    shown = pages.get(f"/en{HERE}/jury")
    preview = shown.send(shown.form("Show what changes"))
    assert not preview.all("//button[text()='Assign the reviews']")


def test_reminders_say_how_many_jurors_they_mail(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}/jury")
    check = shown.send(shown.form("Remind the jurors"))
    assert "1 juror is mailed now" in check.text("//*[@role='status']")
    assert (pages.sent("remind_jurors"), pages.sent("preview_assignment")) == ([], [])
    assert check.send().address == f"/en{HERE}/jury?done=reminded"


def test_jurors_who_have_most_to_do_come_first(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}/jury")
    assert shown.all("//section[@aria-labelledby='jurors']//tbody//a/@href") == [
        f"/en{HERE}/jury/j2",
        f"/en{HERE}/jury/j1",
    ]
    assert shown.all("//section[@aria-labelledby='others']//a/@href") == [f"/en{HERE}/jury/j3"]


def test_a_juror_is_named_with_lines_or_for_all(pages: Pages) -> None:
    pages.get(f"/en{HERE}/jury/j3").send(categories=["C2"])
    assert pages.get(f"/en{HERE}/jury/j3").send().address == f"/en{HERE}/jury?done=named"
    named = [(each["account"], each["body"]["categories"]) for each in pages.sent("set_expertise")]
    assert named == [("j3", ["C2"]), ("j3", [])]


def test_a_juror_is_taken_out_with_a_reason_after_a_check(pages: Pages) -> None:
    shown = pages.get(f"/en{HERE}/jury/j1")
    back = shown.send(shown.form_named("take_out"))
    assert wrong(back) == ["#take_out-reason"]
    check = back.send(back.form_named("take_out"), reason="Works for an entrant")
    assert "the next assignment gives them to others" in check.text("//*[@role='status']")
    assert pages.sent("take_out_juror") == [], "nothing has happened yet"
    done = check.send()
    assert done.address == f"/en{HERE}/jury?done=taken_out"
    assert "no longer of this edition" in done.text("//*[@role='status']")
    [sent] = pages.sent("take_out_juror")
    assert (sent["account"], sent["body"]) == ("j1", {"reason": "Works for an entrant"})
    other = pages.get(f"/en{HERE}/jury/j3")
    assert other.all("//input[@name='_form' and @value='take_out']") == [], "who is not of it"


def test_reviews_of_a_published_edition_are_closed(pages: Pages) -> None:
    done = {**EDITION["done"], "nominees_published": True}
    pages.bus.answers["prizes.read_edition"] = {**EDITION, "done": done}
    assert pages.get(f"/en{HERE}/jury").tree.forms == []
