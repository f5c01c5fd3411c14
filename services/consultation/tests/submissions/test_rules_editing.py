"""One question of a form: in place of another, added or removed."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from wsis_testkit import refused

from wsis_consultation.submissions.rules import editing, publishing, questions

SECTIONS: Any = copy.deepcopy(questions.delivered("2017")["sections"])


def _asked(path: str) -> Any:
    at, number = _place(path)
    return SECTIONS[at]["questions"][number]


def _place(path: str) -> tuple[int, int]:
    place = editing.place_of(SECTIONS, path)
    assert place is not None
    return place


def test_each_question_is_found_by_its_path() -> None:
    for path, question in questions.every_question({"sections": SECTIONS}):
        assert _asked(path) == question
    assert editing.place_of(SECTIONS, "description") is None, "it is one of requests"
    assert editing.place_of(SECTIONS, "none_such") is None


@pytest.mark.parametrize("path", ["full_name", "requests.description", "action_lines"])
def test_who_wants_nothing_else_changes_nothing(path: str) -> None:
    asked = _asked(path)
    as_read = {
        "label": asked["label"],
        "help": dict.fromkeys(asked["label"]) | asked.get("help", {}),
        "required": asked.get("required", False),
        "max": asked.get("max"),
        "least_words": (asked.get("words") or [None, None])[0],
        "most_words": (asked.get("words") or [None, None])[1],
    }
    assert editing.changed(asked, {}) == asked
    assert editing.changed(asked, as_read) == asked


def test_what_is_named_changes_and_the_rest_of_the_form_stays() -> None:
    place, asked = _place("requests.description"), _asked("requests.description")
    made = editing.changed(asked, {"label": {"en": "What?"}, "help": dict.fromkeys(asked["label"]), "most_words": 90})
    assert made["label"] == {**asked["label"], "en": "What?"}
    assert "help" not in made
    assert made["words"][1] == 90
    assert (made["code"], made["type"]) == (asked["code"], asked["type"])
    sections = editing.with_question(SECTIONS, place, made)
    assert publishing.problems(sections, [{"sections": SECTIONS}]) == {}  # type: ignore[list-item] -- all it reads
    assert [each for at, each in enumerate(sections) if at != place[0]] == [
        each for at, each in enumerate(SECTIONS) if at != place[0]
    ]
    assert SECTIONS[place[0]]["questions"][place[1]] == asked, "a published version is never changed"


def test_no_limit_and_no_label() -> None:
    asked = _asked("requests.description")
    free = editing.changed(asked, {"least_words": None, "most_words": None, "max": None})
    assert "words" not in free
    assert "max" not in free
    with refused("suite.text_required"):
        editing.changed(asked, {"label": dict.fromkeys(asked["label"])})


def test_what_is_wrong_is_named_by_the_field_of_the_change() -> None:
    place, own = (0, 2), "sections.0.questions.2"
    found = {f"{own}.label": ["No."], f"{own}.words": ["Too many."], "sections": ["Lacks one."]}
    assert editing.of_question(found, place) == {
        "label": ["No."],
        "most_words": ["Too many."],
        "sections": ["Lacks one."],
    }


WANTED: dict[str, Any] = {"type": "line", "label": {"en": "What is your budget?"}, "help": None, "required": False}


def test_the_english_text_makes_a_code_that_nothing_has_had() -> None:
    assert editing.code_of("What is your budget?", ()) == "what_is_your_budget"
    assert editing.code_of("What is your budget?", {"what_is_your_budget"}) == "what_is_your_budget_2"
    assert [editing.code_of(text, ()) for text in ("Économie", "2 days", "预算", "")] == [
        "economie",
        "q_2_days",
        "q",
        "q",
    ]
    assert editing.code_of("Telephone", editing.used_codes([{"sections": SECTIONS}])) == "telephone_2"
    assert len(editing.code_of("word " * 40, ())) <= editing.MAX_CODE


def test_a_wanted_question_has_what_was_given_and_no_more() -> None:
    assert editing.made(WANTED, ()) == {
        "type": "line",
        "label": WANTED["label"],
        "code": "what_is_your_budget",
    }
    asked = {"code": None, "label": {"en": "Yes"}, "asked_of": None}
    choice = {**WANTED, "type": "choice", "choices": [asked, asked], "code": "spent", "most_words": 9}
    made: Any = editing.made(choice, ())
    assert made["code"] == "spent"
    assert [row["code"] for row in made["choices"]] == ["yes", "yes_2"]
    assert made["words"] == [None, 9]


def test_a_question_comes_last_or_before_another() -> None:
    at = editing.section_at(SECTIONS, "scope")
    assert at is not None
    question = editing.made(WANTED, ())
    sections, number = editing.added(SECTIONS, at, question)
    assert [each["code"] for each in sections[at]["questions"]] == ["action_lines", "sdgs", "what_is_your_budget"]
    assert number == 2
    sections, number = editing.added(SECTIONS, at, question, "sdgs")
    assert [each["code"] for each in sections[at]["questions"]][number] == "what_is_your_budget"
    assert number == 1
    with refused("consultation.form_invalid") as refusal:
        editing.added(SECTIONS, at, question, "full_name")
    assert list(refusal.value.fields) == ["before"]
    assert editing.section_at(SECTIONS, "none_such") is None


def test_a_question_goes_and_the_last_one_takes_its_section_along() -> None:
    place = _place("telephone")
    rest = editing.removed(SECTIONS, place)
    assert "telephone" not in [each["code"] for each in rest[place[0]]["questions"]]
    assert publishing.problems(rest, []) == {}
    for path in ("action_lines", "sdgs"):
        found = editing.place_of(rest, path)
        assert found is not None
        rest = editing.removed(rest, found)
    assert editing.section_at(rest, "scope") is None
    assert publishing.problems(rest, []) == {}


@pytest.mark.parametrize("path", [*publishing.REQUIRED, "requests.kind", "per_line.action_line"])
def test_a_question_that_the_form_needs_stays(path: str) -> None:
    """Every form has it, others are asked under an answer to it, or the entries of its section differ in it."""
    with refused("consultation.form_question_needed"):
        editing.removed(SECTIONS, _place(path))
