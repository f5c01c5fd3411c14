"""Laws of the form that hold for any answers."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from wsis_consultation.submissions.rules import contents, differences
from wsis_consultation.submissions.rules.answers import FormValidator, select_asked, type_of
from wsis_consultation.submissions.rules.questions import (
    choices,
    compile_form,
    delivered,
    every_question,
    stakeholder_types,
)

unhurried = settings(suppress_health_check=[HealthCheck.too_slow])
FORM = delivered("2017")
VALIDATOR = FormValidator(FORM)

_SOME = {
    "choice": lambda question: st.sampled_from([row["code"] for row in choices(question, "government")]),
    "line": lambda _: st.text("abc é", min_size=1, max_size=20).map(lambda text: f"a{text}"),
    "text": lambda _: st.integers(20, 40).map(lambda count: " ".join(["word"] * count)),
    "country": lambda _: st.sampled_from(["RW", "NO", "NA", "AQ"]),
    "email": lambda _: st.just("ada@ngo.example"),
    "phone": lambda _: st.just("+250 788 000"),
    "date": lambda _: st.dates().map(str),
    "stakeholder_type": lambda _: st.sampled_from(stakeholder_types()),
    "action_line": lambda _: st.sampled_from(["C1", "C7.e-health"]),
    "action_lines": lambda _: st.lists(st.sampled_from(["C1", "C2", "C7.e-health"]), min_size=1, unique=True),
    "sdgs": lambda _: st.lists(st.integers(1, 17), min_size=1, unique=True),
    "speakers": lambda _: st.lists(st.just({"name": "Wangari"}), min_size=1, max_size=2),
    "lines": lambda _: st.lists(st.just("NGO"), min_size=1, max_size=2),
}


def _scope(questions: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """What is required is answered, asked or not, and each other question or not: most answers are acceptable."""
    some = {question["code"]: _SOME[question["type"]](question) for question in questions}
    needed = {question["code"] for question in questions if question.get("required")}
    return st.fixed_dictionaries(
        {code: answer for code, answer in some.items() if code in needed},
        optional={code: answer for code, answer in some.items() if code not in needed},
    )


_PLAIN = [question for section in FORM["sections"] if not section.get("repeat") for question in section["questions"]]
_LISTS = {section["code"]: section["questions"] for section in FORM["sections"] if section.get("repeat")}
ANSWERS = st.builds(
    lambda plain, lists: {**plain, **{code: rows for code, rows in lists.items() if rows}},
    _scope(_PLAIN),
    st.fixed_dictionaries({code: st.lists(_scope(questions), max_size=2) for code, questions in _LISTS.items()}),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_CODES = [*(question["code"] for _, question in every_question(FORM)), *_LISTS]


@unhurried
@given(ANSWERS)
def test_what_is_asked_stays_asked(answers: dict[str, Any]) -> None:
    asked, _ = select_asked(FORM, answers)
    assert select_asked(FORM, asked) == (asked, [])


@unhurried
@given(ANSWERS)
def test_nothing_that_is_asked_is_unknown_to_the_schema(answers: dict[str, Any]) -> None:
    asked, _ = select_asked(FORM, answers)
    assert "Unknown field." not in str(VALIDATOR.problems(asked))


@unhurried
@given(ANSWERS)
def test_acceptable_answers_survive_the_way_into_the_store(answers: dict[str, Any]) -> None:
    asked, _ = select_asked(FORM, answers)
    assume(not VALIDATOR.problems(asked))
    content = contents.from_answers(asked, form_version=1, language="en")
    assert contents.to_answers(content) == asked
    assert set(content["chosen"]["action_lines"]) <= set(content["action_lines"])


@unhurried
@given(ANSWERS)
def test_acceptable_answers_are_an_acceptable_draft(answers: dict[str, Any]) -> None:
    asked, _ = select_asked(FORM, answers)
    assert set(VALIDATOR.problems(asked, draft=True)) <= set(VALIDATOR.problems(asked))


@unhurried
@given(ANSWERS)
def test_any_validator_of_json_schema_agrees(answers: dict[str, Any]) -> None:
    """The public schema, read back from JSON, without our keywords: all but words and unique entries."""
    asked, _ = select_asked(FORM, answers)
    public = json.loads(json.dumps(compile_form(FORM, type_of(asked))))
    stranger = Draft202012Validator(public, validate_formats=True)
    ours = VALIDATOR.problems(asked)
    assert stranger.is_valid(asked) or ours
    assert not stranger.is_valid(asked) or not ours or set(ours) == {"per_line"}


@unhurried
@given(st.dictionaries(st.sampled_from(_CODES), ANYTHING, max_size=6))
def test_no_answer_breaks_the_form(answers: dict[str, Any]) -> None:
    before = copy.deepcopy(answers)
    asked, dropped = select_asked(FORM, answers)
    assert VALIDATOR.problems(asked)  # a required answer is always missing or wrong
    assert answers == before
    assert all(isinstance(path, str) for path in dropped)


@unhurried
@given(ANSWERS, ANSWERS)
def test_difference_is_empty_only_between_equals(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert differences.between(one, one) == []
    found = differences.between(one, other)
    mirrored = [{"path": row["path"], "before": row["after"], "after": row["before"]} for row in found]
    assert differences.between(other, one) == mirrored
    assert all(row["before"] != row["after"] for row in found)
