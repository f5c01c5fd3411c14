from __future__ import annotations

import copy
import json
import shutil
import subprocess
from typing import Any

import pytest

from wsis_consultation.submissions.rules import labels, questions, words
from wsis_consultation.submissions.rules.answers import FormValidator, select_asked
from wsis_consultation.submissions.rules.questions import compile_form


@pytest.fixture(scope="module")
def form() -> dict[str, Any]:
    return questions.delivered("2017")


@pytest.fixture(scope="module")
def validator(form: dict[str, Any]) -> FormValidator:
    return FormValidator(form)


def _problems(form: dict[str, Any], validator: FormValidator, answers: dict[str, Any]) -> dict[str, list[str]]:
    asked, _ = select_asked(form, answers)
    return validator.problems(asked)


def test_complete_answers_are_accepted(form: dict[str, Any], validator: FormValidator, make_answers: Any) -> None:
    assert _problems(form, validator, make_answers()) == {}


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"full_name": ""}, "full_name", "Missing data for required field."),
        ({"full_name": "x" * 201}, "full_name", "Longer than maximum length 200."),
        ({"full_name": "Ada\nUmutoni"}, "full_name", "Control characters and line breaks are not allowed here."),
        ({"full_name": 7}, "full_name", "Not a valid string."),
        ({"email": "ada"}, "email", "Not a valid email address."),
        ({"telephone": "call me"}, "telephone", "Not a telephone number: digits, spaces and + ( ) . / - only."),
        ({"organization_country": "XX"}, "organization_country", "Not one of the codes of this list."),
        ({"action_lines": ["C7"]}, "action_lines.0", "C7 is a group: name one of its lines, for example C7.e-health."),
        ({"action_lines": ["C1", "C1"]}, "action_lines", "Each entry once."),
        ({"sdgs": [18]}, "sdgs.0", "Not one of the codes of this list."),
        ({"per_line": [{"action_line": "C1", "al_topics": "a"}] * 2}, "per_line", "Each entry once."),
        ({"kind": "national_event"}, "event_name", "Missing data for required field."),
        (
            {"requests": [{"kind": "workshop", "title": "T"}]},
            "requests.0.session_type",
            "Missing data for required field.",
        ),
        ({"requests": "x"}, "requests", "Not a valid list."),
        ({"requests": ["x"]}, "requests.0", "Not a valid mapping type."),
    ],
)
def test_each_problem_names_its_field(
    form: dict[str, Any], validator: FormValidator, make_answers: Any, change: dict[str, Any], path: str, message: str
) -> None:
    assert message in _problems(form, validator, make_answers(**change)).get(path, [])


@pytest.mark.parametrize(("count", "accepted"), [(19, False), (20, True), (200, True), (201, False)])
def test_words_are_limited_on_both_sides(
    form: dict[str, Any], validator: FormValidator, make_answers: Any, make_words: Any, count: int, accepted: bool
) -> None:
    request = {**make_answers()["requests"][0], "description": make_words(count)}
    problems = _problems(form, validator, make_answers(requests=[request]))
    assert (problems == {}) is accepted
    if not accepted:
        [message] = problems["requests.0.description"]
        assert message.startswith(f"Has {count} words")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" - – * ", 0),
        ("state-of-the-art  design", 2),
        ("https://example.org/a?b=c", 1),
        ("Öst/Väst", 1),
        ("منتدى القمة العالمية", 3),
        ("信息社会世界峰会", 8),
        ("使用ICT技术。", 5),
        ("a\u3000b", 2),
        ("-" * 20_000, 0),
    ],
)
def test_words_are_counted_alike_in_any_script(text: str, count: int) -> None:
    assert words.count(text) == count


def test_what_is_not_asked_is_dropped_and_listed(form: dict[str, Any], make_answers: Any) -> None:
    request = {**make_answers()["requests"][0], "rank": "minister"}
    asked, dropped = select_asked(form, make_answers(event_name="Forum", shoe_size=43, requests=[request]))
    assert dropped == ["event_name", "shoe_size", "requests.0.rank"]
    assert not {"event_name", "shoe_size"} & set(asked)
    assert "rank" not in asked["requests"][0]


def test_only_some_types_are_asked_for_a_high_level_speaking_slot(
    form: dict[str, Any], validator: FormValidator, make_answers: Any, make_words: Any
) -> None:
    slot = {"kind": "speaking_slot", "title": "Minister", "description": make_words(30), "rank": "minister"}
    assert _problems(form, validator, make_answers(stakeholder_type="government", requests=[slot])) == {}
    refused = _problems(form, validator, make_answers(stakeholder_type="academia", requests=[slot]))
    assert refused == {"requests.0.kind": ["Must be one of: workshop, exhibition, speaker, partnership."]}


def test_draft_may_be_incomplete_and_not_too_long(validator: FormValidator, make_words: Any) -> None:
    assert validator.problems({"requests": [{"description": "three words only"}]}, draft=True) == {}
    assert validator.problems({}, draft=True) == {}
    assert validator.problems({"structure_programme": make_words(501)}, draft=True) == {
        "structure_programme": ["Has 501 words: write 500 or fewer."]
    }


def test_schema_is_one_for_a_type_and_states_conditions(form: dict[str, Any]) -> None:
    schema = compile_form(form, "civil_society")
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    request = schema["properties"]["requests"]["items"]
    assert "speaking_slot" not in request["properties"]["kind"]["enum"]
    assert {"required": ["session_type"]} in [rule["then"] for rule in request["allOf"]]
    assert "speaking_slot" in str(compile_form(form, "government"))


def test_copy_is_in_the_words_of_the_form(form: dict[str, Any], make_answers: Any) -> None:
    sections = labels.readable(form, make_answers(), "fr")
    lines = {item["label"]: item["text"] for section in sections for item in section["items"]}
    assert lines["Pays de l’organisation"] == "Rwanda"
    assert lines["Type de séance"] == "Atelier thématique"
    assert lines["Grandes orientations concernées"].startswith("C7.e-health ")
    assert [section["title"] for section in sections][-1] == "Demandes fermes 1"


def test_answers_are_not_changed(form: dict[str, Any], make_answers: Any) -> None:
    answers = make_answers()
    before = copy.deepcopy(answers)
    select_asked(form, answers)
    assert answers == before


@pytest.mark.skipif(shutil.which("node") is None, reason="node is in Debian's package nodejs")
def test_browser_counts_words_by_the_published_rule() -> None:
    texts = [
        "",
        " - – * ",
        "state-of-the-art  design",
        "منتدى القمة العالمية",
        "使用ICT技术。",
        "カタカナ and ひらがな",
        "a\u3000b",
    ]
    script = f"""
        const rule = {json.dumps(words.RULE)}, texts = {json.dumps(texts)};
        const count = text => text.replace(new RegExp(rule.unspaced, rule.flags), " $& ")
            .split(new RegExp(rule.split, "u")).filter(run => new RegExp(rule.counts_if, "u").test(run)).length;
        console.log(JSON.stringify(texts.map(count)));
    """
    done = subprocess.run(["node", "-e", script], capture_output=True, check=True, timeout=30)
    assert json.loads(done.stdout) == [words.count(text) for text in texts]
