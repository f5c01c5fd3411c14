"""One question of a form in place of another."""

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
