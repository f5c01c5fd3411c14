"""What officers change of the submission form on the desk, without a broker."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from wsis_consultation.submissions.rules import questions

from ..page_kit import in_each_language, site

DESK = "/desk/consultations/2017/form"
STORED: dict[str, Any] = {
    "edition": "2017",
    "version": 3,
    "published_at": "2016-10-01T08:00:00Z",
    "reason": "Shorter",
    "sections": copy.deepcopy(questions.delivered("2017")["sections"]),
}
FORM = {
    "edition": "2017",
    "version": 3,
    "word_rule": {},
    "sections": [
        {
            "code": "about",
            "title": "About you",
            "repeat": None,
            "questions": [{"code": "full_name", "type": "line", "required": True, "label": "Full name", "help": None}],
        },
        {
            "code": "requests",
            "title": "Requests",
            "repeat": {"max": 5},
            "questions": [
                {
                    "code": "kind",
                    "type": "choice",
                    "required": True,
                    "label": "Kind",
                    "help": None,
                    "choices": [{"code": "workshop", "label": "A workshop"}],
                },
                {"code": "description", "type": "text", "required": True, "label": "What", "help": None},
            ],
        },
    ],
}


@pytest.fixture
def pages() -> Pages:
    return site(
        read_form=FORM,
        list_form_versions={"items": [{**STORED, "version": 1, "published_at": None, "reason": None}, STORED]},
        read_form_version=STORED,
        change_question=STORED,
        add_question=STORED,
        remove_question=STORED,
    ).sign_in("officer")


def test_the_pages_show_in_each_language(pages: Pages) -> None:
    for part in ("", "/full_name", "/requests.description", "/requests.kind", "/sections/requests/new"):
        in_each_language(pages, f"{DESK}{part}")
    pages.cookies.clear()
    assert pages.sign_in("member").get(f"/en{DESK}").status == 403


def test_the_form_leads_to_each_question_by_its_path(pages: Pages) -> None:
    links = pages.get(f"/en{DESK}").all("//main//a/@href")
    assert {f"/en{DESK}/full_name", f"/en{DESK}/requests.description", f"/en{DESK}/sections/about/new"} <= set(links)
    shown = pages.get(f"/en{DESK}/full_name")
    assert shown.all("//input[@name='required' and @type='checkbox']") == [], "every form has it"
    assert shown.all("//input[@name='least_words']") == [], "a line counts no words"
    gone = pages.get(f"/en{DESK}/none_such")
    assert (gone.status, gone.tree.forms) == (200, [])


def test_words_of_a_question_change_with_a_reason_after_a_check(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/requests.description")
    before = shown.text("//textarea[@name='label.fr']")
    assert before
    back = shown.send(**{"label.en": "What will you show?", "most_words": "300"})
    assert back.all("//div[@role='alert']//a/@href") == ["#change-reason"]
    check = back.send(reason="Many asked")
    assert "Drafts and amendments take it" in check.text("//*[@role='status']")
    assert pages.sent("change_question") == [], "nothing has happened yet"
    assert check.send().address == f"/en{DESK}?done=yes"
    [sent] = pages.sent("change_question")
    assert sent["question"] == "requests.description"
    body = sent["body"]
    assert (body["version"], body["label"]["en"], body["label"]["fr"]) == (3, "What will you show?", before)
    assert (body["most_words"], body["reason"]) == (300, "Many asked")


def test_what_is_wrong_stands_at_its_field(pages: Pages) -> None:
    fields = {"label": ["The text is missing in: ru."]}
    pages.bus.answers["consultation.change_question"] = Invalid("consultation.form_invalid", fields=fields)
    check = pages.get(f"/en{DESK}/full_name").send(**{"label.ru": "", "reason": "Shorter"})
    refused = check.send()
    assert refused.status == Invalid.status
    assert "The text is missing in: ru." in refused.text("//div[@role='alert']")
    assert refused.text("//textarea[@name='label.ru']") == ""


def test_a_version_that_somebody_else_published_is_not_overwritten(pages: Pages) -> None:
    pages.bus.answers["consultation.change_question"] = Conflict("consultation.form_changed", version=4)
    check = pages.get(f"/en{DESK}/full_name").send(**{"label.en": "Your name", "reason": "Shorter"})
    pages.bus.answers["consultation.read_form_version"] = {**STORED, "version": 4}
    refused = check.send()
    assert refused.status == Conflict.status
    assert refused.text("//textarea[@name='label.en']") == "Your name"
    assert refused.all("//input[@type='checkbox' and @name='version']/@value") == ["4"]


def test_a_question_is_added_to_a_section_with_its_answers_after_a_check(pages: Pages) -> None:
    texts = {f"label.{code}": "What does it cost?" for code in LOCALES}
    answers = {f"choices.{row}.label.{code}": f"Much {row}" for row in (0, 1) for code in LOCALES}
    new = f"/en{DESK}/sections/requests/new"
    back = pages.get(new).send(**texts, **answers, type="choice")
    assert back.all("//div[@role='alert']//a/@href") == ["#add-reason"]
    assert back.text("//textarea[@name='choices.1.label.ar']") == "Much 1", "nothing typed is lost"
    check = back.send(**{"reason": "Many asked", "when.kind": "workshop", "asked_of": "academia", "before": "kind"})
    assert "Drafts and amendments take it" in check.text("//*[@role='status']")
    assert "Academia" in check.text("//dl"), "choices by their titles"
    assert "What does it cost?" in check.text("//dl")
    assert pages.sent("add_question") == [], "nothing has happened yet"
    assert check.send().address == f"/en{DESK}?done=yes"
    [sent] = pages.sent("add_question")
    body = sent["body"]
    assert (sent["section"], body["version"], body["type"], body["before"]) == ("requests", 3, "choice", "kind")
    assert (body["when"], body["asked_of"], body["required"]) == ({"kind": ["workshop"]}, ["academia"], False)
    assert [row["label"]["fr"] for row in body["choices"]] == ["Much 0", "Much 1"]
    gone = pages.get(f"/en{DESK}/sections/none_such/new")
    assert (gone.status, gone.tree.forms) == (200, [])


def test_a_question_is_removed_with_a_reason_after_a_check(pages: Pages) -> None:
    check = pages.get(f"/en{DESK}/requests.description").send(1, reason="Nobody answers")
    assert "without this question" in check.text("//*[@role='status']")
    assert pages.sent("remove_question") == [], "nothing has happened yet"
    assert check.send().address == f"/en{DESK}?done=yes"
    [sent] = pages.sent("remove_question")
    assert sent["question"] == "requests.description"
    assert sent["body"] == {"version": 3, "reason": "Nobody answers"}


def test_a_question_that_the_form_needs_has_no_way_out(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/full_name")
    assert "Every form has this question" in shown.text("//main")
    assert shown.all("//form[@action]//button")
    kind = pages.get(f"/en{DESK}/requests.kind")
    assert "Type of session" in kind.text("//section[@aria-labelledby='remove']//ul")
    for each in (shown, kind):
        assert each.all("//section[@aria-labelledby='remove']//form") == []
