from __future__ import annotations

import copy
from typing import Any

import pytest

from wsis_consultation.submissions.rules import publishing, questions


@pytest.fixture
def form() -> dict[str, Any]:
    return copy.deepcopy(questions.delivered("2017"))


def _question(form: dict[str, Any], section: str, code: str) -> dict[str, Any]:
    return next(
        question
        for found in form["sections"]
        if found["code"] == section
        for question in found["questions"]
        if question["code"] == code
    )


def _new(**more: Any) -> dict[str, Any]:
    texts = dict.fromkeys(("en", "fr", "pt", "es", "zh", "ar", "ru"), "Text")
    return {"code": "gender_balance", "type": "text", "label": texts, **more}


def test_delivered_form_may_be_published(form: dict[str, Any]) -> None:
    assert publishing.problems(form["sections"], [form]) == {}


@pytest.mark.parametrize(
    ("question", "where", "message"),
    [
        (_new(), "", ""),
        (_new(type="essay"), "type", "Must be one of: line, text"),
        (_new(code="per_line"), "code", "Each entry once."),
        (_new(label={"en": "Text"}), "label", "The text is missing in: fr, pt, es, zh, ar, ru."),
        (_new(max=20_001), "max", "A limit between 1 and 20000"),
        (_new(words=[200, 100]), "words", "Only texts count words"),
        (_new(type="line", words=[1, 2]), "words", "Only texts count words"),
        (_new(type="choice"), "choices", "Give choices"),
        (_new(choices=[{"code": "a", "label": _new()["label"]}]), "choices", "Only a question of the type choice"),
        (_new(when={"nothing": ["x"]}), "when.nothing", "A condition names an earlier question"),
        (_new(when={"kind": ["hearsay"]}), "when.kind", "Not a choice of that question: hearsay."),
        (_new(asked_of=["other"]), "asked_of", "Unknown stakeholder type: other."),
    ],
)
def test_new_question_is_checked(form: dict[str, Any], question: dict[str, Any], where: str, message: str) -> None:
    former = copy.deepcopy(form)
    form["sections"][1]["questions"].append(question)
    problems = publishing.problems(form["sections"], [former])
    path = f"sections.1.questions.{len(form['sections'][1]['questions']) - 1}.{where}"
    assert list(problems) == ([path] if where else [])
    assert not where or problems[path][0].startswith(message)


def test_code_keeps_its_type_even_after_it_was_left_out(form: dict[str, Any]) -> None:
    first, second = copy.deepcopy(form), copy.deepcopy(form)
    first["sections"][3]["questions"].append(_new())
    form["sections"][3]["questions"].append(_new(type="line"))
    [(path, [message])] = publishing.problems(form["sections"], [first, second]).items()
    assert path.endswith(".type")
    assert message == "This code has the type text for ever: choose another code."


def test_questions_that_others_read_cannot_be_left_out(form: dict[str, Any]) -> None:
    _question(form, "about", "stakeholder_type")["required"] = False
    form["sections"][0]["questions"] = [q for q in form["sections"][0]["questions"] if q["code"] != "email"]
    assert publishing.problems(form["sections"], [])["sections"] == [
        "The question email is needed: required, of everybody.",
        "The question stakeholder_type is needed: required, of everybody.",
    ]
    _question(form, "requests", "kind")["choices"][0]["code"] = "party"
    assert "sections.7.questions.0.choices.0.code" in publishing.problems(form["sections"], [])
