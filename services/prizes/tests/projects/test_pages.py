"""The pages of submitters, without a broker: a draft, its submission, the one question, the withdrawal."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import Conflict, Invalid, NotFound
from wsis_testkit.pages import Pages, Shown

from ..page_kit import EDITION, FORM, each_language, sound

DRAFT: dict[str, Any] = {
    "id": "p1",
    "edition": "2017",
    "number": None,
    "state": "draft",
    "title": "عيادات على الخط",
    "language": "ar",
    "category": "C7.e-health",
    "organization": "وزارة الصحة",
    "country": "JO",
    "stakeholder_type": "government",
    "contact_name": "Ada",
    "contact_email": "ada@health.example",
    "short_description": "كلمة واحدة",
    "sdgs": [
        {"sdg": 3, "targets": ["3.8"], "rationale": "Care reaches villages.", "outside_matrix": False},
        {"sdg": 14, "targets": [], "rationale": "", "outside_matrix": True},
    ],
    "impact": "Two million visits",
    "countries": ["JO", "LB"],
    "completed": False,
    "version": 4,
    "editable": True,
    "withdrawable": True,
    "missing": {
        "short_description": ["2 words: at least 150 are needed."],
        "sdgs.1.rationale": ["Say how the project helps this goal."],
        "completed": ["Say whether the project, or a major phase of it, is completed."],
    },
    "updated_at": "2017-01-10T12:00:00Z",
    "clarification_open": False,
}
RECEIPT = {
    "project": "p1",
    "edition": "2017",
    "number": 12,
    "receipt": "WSIS-2017-0012",
    "received_at": "2017-01-10T12:00:00Z",
}
READY = {**DRAFT, "missing": {}}
SUBMITTED = {**READY, "state": "submitted", "number": 12, "receipt": RECEIPT}
ASKED = {
    **SUBMITTED,
    "editable": False,
    "clarification_open": True,
    "clarification": {
        "question": "Has the first phase ended?",
        "until": "2017-03-01T22:00:00Z",
        "asked_at": "2017-02-20T12:00:00Z",
        "answer": None,
        "answered_at": None,
    },
}
OVER = {
    **SUBMITTED,
    "state": "ineligible",
    "editable": False,
    "withdrawable": False,
    "outcome": {
        "code": "ineligible",
        "title": "The project does not meet the conditions.",
        "text": "Too early",
        "mean": None,
    },
}
HERE = "/en/me/projects/p1"
NEW = "/editions/2017/projects/new"


def site(edition: dict[str, Any]) -> Pages:
    """The pages with this edition, for a member."""
    rows = {"items": [DRAFT, {**ASKED, "id": "p2", "title": None}], "next": "n2"}
    answers = {
        "list_editions": {"items": [edition], "next": None},
        "read_edition": edition,
        "list_categories": {"items": [], "next": None},
        "read_form": FORM,
        "create_project": DRAFT,
        "list_my_projects": rows,
        "read_own_project": DRAFT,
        "change_project": DRAFT,
        "submit_project": RECEIPT,
        "answer_clarification": SUBMITTED,
        "withdraw_project": {**SUBMITTED, "state": "withdrawn"},
    }
    return Pages({f"prizes.{name}": answer for name, answer in answers.items()}, "prizes", "accounts").sign_in("member")


@pytest.fixture
def pages() -> Pages:
    return site(EDITION)


def at(pages: Pages, project: dict[str, Any]) -> Shown:
    """The page of the project as the service has it."""
    pages.bus.answers["prizes.read_own_project"] = project
    return pages.get(HERE)


@each_language
def test_each_page_shows_in_each_language(pages: Pages, language: str) -> None:
    for path in ("/me", "/me/projects", NEW, "/editions/2017", "/"):
        sound(pages.get(f"/{language}{path}"))
    for project in (DRAFT, READY, SUBMITTED, ASKED, OVER):
        pages.bus.answers["prizes.read_own_project"] = project
        sound(pages.get(f"/{language}/me/projects/p1"))


def test_who_is_not_signed_in_is_asked_to(pages: Pages) -> None:
    pages.cookies.clear()
    for path in ("/me/projects", "/me/projects/p1", NEW):
        assert pages.get(f"/en{path}").address.startswith("/en/sign-in?next="), path


def test_another_account_finds_no_such_project(pages: Pages) -> None:
    pages.bus.answers["prizes.read_own_project"] = NotFound("prizes.project_unknown", "")
    assert pages.get(HERE).status == 404


def test_projects_are_listed_with_their_state_and_what_waits(pages: Pages) -> None:
    for path in ("/en/me", "/en/me/projects"):
        rows = [" ".join(row.text_content().split()) for row in pages.get(path).all("//ul[@class='tasks']/li")]
        assert rows == ["عيادات على الخط Edition 2017 Draft", "Project without a title Edition 2017 question to answer"]
    assert pages.get("/en/me/projects").all("//a[@rel='next']/@href") == ["/en/me/projects?after=n2"]


def test_the_way_to_a_new_project_stands_where_submission_is_on(pages: Pages) -> None:
    for path in ("/en/", "/en/editions/2017", "/en/me", "/en/me/projects"):
        assert pages.get(path).all(f"//main//a[@href='/en{NEW}']"), path
    later = {**EDITION, "current": [], "phases": [{**phase, "current": False} for phase in EDITION["phases"]]}
    closed = site(later)
    for path in ("/en/", "/en/editions/2017", "/en/me", "/en/me/projects"):
        assert not closed.get(path).all(f"//main//a[@href='/en{NEW}']"), path
    closed.bus.answers["prizes.list_my_projects"] = {"items": [], "next": None}
    assert "My projects" not in closed.get("/en/me").text(), "nobody else needs it"
    shown = closed.get(f"/en{NEW}")
    assert (shown.tree.forms, "5 September 2016" in shown.text()) == ([], True)


def test_a_draft_begins_with_a_few_fields_and_goes_on(pages: Pages) -> None:
    shown = pages.get(f"/en{NEW}")
    after = shown.send(0, title="Clinics", category="C7.e-health", organization="Ministry of Health")
    [draft] = pages.sent("create_project")
    assert draft["body"] == {
        "title": "Clinics",
        "category": "C7.e-health",
        "organization": "Ministry of Health",
        "country": None,
        "submit": False,
    }
    assert (after.address, "The draft is saved" in after.text("//*[@role='status']")) == (f"{HERE}?done=begun", True)


def test_the_form_says_what_it_lacks_with_a_link_to_each_field(pages: Pages) -> None:
    shown = pages.get(HERE)
    links = shown.all("//section[@aria-labelledby='missing']//a")
    assert [link.get("href") for link in links] == [
        "#save-short_description",
        "#save-sdgs.1.rationale",
        "#save-completed",
    ]
    assert [link.text_content() for link in links] == ["Short description", "14. Life below water", "Completed"]
    assert all(shown.all(f"//*[@id='{link.get('href')[1:]}']") for link in links)
    tasks = [" ".join(row.text_content().split()) for row in shown.all("//ul[@class='tasks']/li")]
    assert tasks == [
        "The organization complete",
        "The project 1 point missing",
        "Sustainable Development Goals 1 point missing",
        "Results and plans 1 point missing",
    ]
    assert all(shown.all(f"//*[@id='{href[1:]}']") for href in shown.all("//ul[@class='tasks']//a/@href"))
    assert "150 to 200 words. As saved: 2 words." in shown.text("//*[@id='save-short_description-hint']")
    assert not shown.all("//button[text()='Check and submit']"), "it cannot be submitted yet"


def test_a_draft_that_is_saved_as_it_was_loses_nothing(pages: Pages) -> None:
    shown = pages.get(HERE)
    after = shown.send(shown.form("Save the draft"))
    [saved] = pages.sent("change_project")
    links = [{name: link[name] for name in ("sdg", "targets", "rationale")} for link in DRAFT["sdgs"]]
    for name, value in saved["body"].items():
        assert value == (links if name == "sdgs" else DRAFT.get(name)), name
    assert {"title", "sdgs", "impact", "completed", "language", "version"} <= set(saved["body"])
    assert "Your changes are saved." in after.text("//*[@role='status']")


def test_fields_that_are_emptied_are_emptied_and_goals_come_as_rows(pages: Pages) -> None:
    shown = pages.get(HERE)
    typed = {"sdgs.2.sdg": "4", "sdgs.2.rationale": "Nurses learn.", "sdgs.1.sdg": "", "countries": "KE"}
    shown.send(shown.form("Save the draft"), impact="", completed="true", **typed)
    [saved] = pages.sent("change_project")
    assert (saved["body"]["impact"], saved["body"]["completed"], saved["body"]["countries"]) == (None, True, ["KE"])
    assert [link["sdg"] for link in saved["body"]["sdgs"]] == [3, 4]
    again = pages.get(HERE)
    again.send(again.form("Save the draft"), countries="")
    assert pages.sent("change_project")[-1]["body"]["countries"] == []


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(pages: Pages) -> None:
    problems = {"impact": ["Needed."], "sdgs": ["Each goal once."]}
    pages.bus.answers["prizes.change_project"] = Invalid("prizes.project_incomplete", fields=problems)
    shown = pages.get(HERE)
    back = shown.send(shown.form("Save the draft"), title="Another title", website="no address")
    assert back.all("//div[@role='alert']//a/@href") == ["#save-website"], "the schema refuses first"
    back = shown.send(shown.form("Save the draft"), title="Another title", impact="")
    assert back.status == 422
    assert back.all("//div[@role='alert']//a/@href") == ["#save-impact", "#save-sdgs"]
    assert all(back.all(f"//*[@id='{href[1:]}']") for href in ("#save-impact", "#save-sdgs"))
    assert back.all("//input[@name='title']/@value") == ["Another title"]


def test_what_another_window_saved_is_replaced_on_purpose_alone(pages: Pages) -> None:
    shown = pages.get(HERE)

    def change(arguments: dict[str, Any]) -> object:
        return DRAFT if arguments["body"]["version"] == 5 else Conflict("prizes.changed_meanwhile")

    pages.bus.answers |= {"prizes.change_project": change, "prizes.read_own_project": {**DRAFT, "version": 5}}
    for _ in range(2):
        shown = shown.send(shown.form("Save the draft"), title="Mine")
        assert (shown.status, shown.all("//input[@name='title']/@value")) == (409, ["Mine"])
    [box] = shown.all("//input[@type='checkbox' and @name='version']/@value")
    assert shown.send(shown.form("Save the draft"), version=["4", box]).status == 200


def test_a_complete_draft_is_read_once_more_and_submitted(pages: Pages) -> None:
    shown = at(pages, READY)
    check = shown.send(shown.form("Check and submit"))
    assert "did not save" in check.text("//*[@role='status']")
    assert pages.sent("submit_project") == []
    assert "Two million visits" in check.text(), "the project as it will be read"
    assert "15 February 2017" in check.text("//*[@role='status']")
    assert len(check.tree.forms) == 1
    pages.bus.answers["prizes.read_own_project"] = SUBMITTED
    after = check.send(0)
    assert len(pages.sent("submit_project")) == 1
    assert "WSIS-2017-0012" in after.text("//dl")
    assert "submitted" in after.text("//*[@role='status']")


def test_a_submission_that_is_refused_says_why(pages: Pages) -> None:
    shown = at(pages, READY)
    pages.bus.answers["prizes.submit_project"] = Conflict("prizes.project_of_another")
    back = shown.send(shown.form("Check and submit")).send(0)
    assert (back.status, "Write to the secretariat" in back.text("//div[@role='alert']")) == (409, True)
    assert back.form("Save the draft") >= 0


def test_an_own_project_in_the_way_is_named_before_the_submission(pages: Pages) -> None:
    other = {"code": "prizes.project_exists", "project": "p7", "number": 7, "title": "Older clinics"}
    shown = at(pages, {**READY, "duplicate": other})
    assert "Number 7 · Older clinics" in shown.text("//a[@href='/en/me/projects/p7']")
    assert "Only one is allowed" in shown.text()
    assert not shown.all("//button[text()='Check and submit']")


def test_a_question_is_answered_once_after_a_look_at_the_answer(pages: Pages) -> None:
    shown = at(pages, ASKED)
    assert "Has the first phase ended?" in shown.text("//section[@aria-labelledby='question']")
    assert "1 March 2017" in shown.text("//section[@aria-labelledby='question']")
    refused = shown.send(shown.form("Check the answer"), answer="")
    assert refused.all("//div[@role='alert']//a/@href") == ["#answer-answer"]
    check = shown.send(shown.form("Check the answer"), answer="It has.")
    assert pages.sent("answer_clarification") == []
    assert "It has." in check.text("//dl")
    check.send(0)
    assert [each["body"] for each in pages.sent("answer_clarification")] == [{"answer": "It has."}]
    over = at(pages, {**ASKED, "clarification_open": False})
    assert "The date for the answer has passed." in over.text()
    answered = {**ASKED["clarification"], "answer": "It has.", "answered_at": "2017-02-21T12:00:00Z"}
    read = at(pages, {**ASKED, "clarification_open": False, "clarification": answered})
    assert "It has." in read.text("//section[@aria-labelledby='question']")


def test_a_project_is_withdrawn_with_a_reason_after_a_second_look(pages: Pages) -> None:
    shown = at(pages, SUBMITTED)
    refused = shown.send(shown.form("Continue"), reason="")
    assert refused.all("//div[@role='alert']//a/@href") == ["#withdraw-reason"]
    check = shown.send(shown.form("Continue"), reason="We stop")
    assert (pages.sent("withdraw_project"), "We stop" in check.text("//dl")) == ([], True)
    assert "leaves the contest for good" in check.text()
    check.send(0)
    assert [each["body"] for each in pages.sent("withdraw_project")] == [{"reason": "We stop"}]


def test_a_project_that_can_change_no_more_is_read_with_its_outcome(pages: Pages) -> None:
    shown = at(pages, OVER)
    assert shown.tree.forms == []
    assert shown.text("//div[contains(@class, 'notice')]/p") == "The project does not meet the conditions."
    assert "Two million visits" in shown.text()
    assert "outside the WSIS-SDG Matrix" in shown.text()
    assert shown.all("//*[@lang='ar' and text()='Two million visits']"), "in the language of the project"
