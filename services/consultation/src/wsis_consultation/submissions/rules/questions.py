"""The official submission form as data: questions, what is asked of whom, and the JSON Schema that follows.

A form version is immutable. What a question does not have is absent, and `asked_of` lists stakeholder types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from wsis_shared import reference
from wsis_shared.json_types import Input
from wsis_shared.reference.loading import Titles, names, read

from wsis_consultation.editions.rules.reference import SessionType, session_types
from wsis_consultation.editions.rules.stored import Stored

# Types of questions, each as a JSON Schema, and which questions are asked.


class Choice(TypedDict):
    """One answer among several."""

    code: str
    label: Titles
    asked_of: NotRequired[list[str] | None]


class Question(TypedDict):
    """`max` counts characters or entries, `words` are the least and the most, `when` maps earlier questions of the same
    section to the answers under which this one is asked."""

    code: str
    type: str
    label: Titles
    help: NotRequired[Titles]
    required: NotRequired[bool]
    max: NotRequired[int]
    words: NotRequired[list[int | None]]
    choices: NotRequired[list[Choice]]
    choices_from: NotRequired[str]
    when: NotRequired[dict[str, list[Any]]]
    asked_of: NotRequired[list[str] | None]


class Repeat(TypedDict):
    """How many entries there are at most, and by which question no two are equal."""

    max: int
    key: NotRequired[str]


class Section(TypedDict):
    """Answers stand beside each other; those of a section that repeats are a list of entries under its code."""

    code: str
    title: Titles
    repeat: NotRequired[Repeat]
    asked_of: NotRequired[list[str] | None]
    questions: list[Question]


class Sections(TypedDict):
    """What is read of a form."""

    sections: list[Section]


class Form(Stored, Sections):
    """A version; `_id` is "2017-3"."""

    edition: str
    number: int
    published_at: NotRequired[datetime]
    reason: NotRequired[str]


Schema = dict[str, Any]  # a JSON Schema

PROCESS = "consultation"
LINE, TEXT, ENTRIES = 300, 10_000, 10  # limits where a question sets none: characters, characters, entries
ONE_LINE = "^[^\\n\\r\\t]*$"
PHONE = "^\\+?[0-9][0-9 ()./-]{4,30}$"
CHOICES_FROM = ("session_types",)


def stakeholder_types() -> list[str]:
    """The six types that the consultation accepts."""
    return [item.code for item in reference.stakeholder_types() if PROCESS in item.processes]


def is_asked(item: Question | Section | Choice, stakeholder_type: str | None) -> bool:
    """Whether a question, section or choice concerns this type; one for certain types concerns nobody without type."""
    asked_of = item.get("asked_of")
    return not asked_of or stakeholder_type in asked_of


def applies(question: Question, answers: Input) -> bool:
    """Whether the condition of a question holds under the answers beside it."""
    return all(answers.get(code) in values for code, values in (question.get("when") or {}).items())


def sections_for(form: Sections, stakeholder_type: str | None) -> Iterator[tuple[Section, list[Question]]]:
    """The sections that concern a type, each with its questions."""
    for section in form["sections"]:
        if is_asked(section, stakeholder_type):
            yield section, [item for item in section["questions"] if is_asked(item, stakeholder_type)]


def every_question(form: Sections) -> Iterator[tuple[str, Question]]:
    """(path, question): ("full_name", ...), ("requests.title", ...)."""
    for section in form["sections"]:
        prefix = f"{section['code']}." if section.get("repeat") else ""
        yield from ((f"{prefix}{question['code']}", question) for question in section["questions"])


def choices(question: Question, stakeholder_type: str | None) -> list[Choice]:
    """The choices that concern a type."""
    rows = question.get("choices") or _requestable(session_types())
    return [row for row in rows if is_asked(row, stakeholder_type)]


def with_types(form: Form, types: Iterable[SessionType]) -> Form:
    """The form of an edition with types of its own: they are the choices of the questions that take them from it."""
    rows = _requestable(types)

    def filled(question: Question) -> Question:
        return {**question, "choices": rows} if question.get("choices_from") else question

    sections: list[Section] = [
        {**section, "questions": [filled(question) for question in section["questions"]]}
        for section in form["sections"]
    ]
    return {**form, "sections": sections}


def _requestable(types: Iterable[SessionType]) -> list[Choice]:
    return [{"code": row["code"], "label": row["title"]} for row in types if row["requestable"]]


def value_schema(question: Question, stakeholder_type: str | None, *, draft: bool = False) -> Schema:
    """The schema of one answer. A draft may have too few words; nothing in it is ever too long."""
    return TYPES[question["type"]](question, stakeholder_type, draft)


def _line(question: Question, _type: str | None, _draft: bool) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": question.get("max", LINE), "pattern": ONE_LINE}


def _text(question: Question, _type: str | None, draft: bool) -> Schema:
    least, most = question.get("words") or (None, None)
    schema: Schema = {"type": "string", "minLength": 1, "maxLength": question.get("max", TEXT)}
    if least and not draft:
        schema["minWords"] = least
    if most:
        schema["maxWords"] = most
    return schema


def _choice(question: Question, stakeholder_type: str | None, _draft: bool) -> Schema:
    return {"enum": [row["code"] for row in choices(question, stakeholder_type)]}


def _phone(_question: Question, _type: str | None, _draft: bool) -> Schema:
    return {"type": "string", "pattern": PHONE}


def _email(_question: Question, _type: str | None, _draft: bool) -> Schema:
    return {"type": "string", "maxLength": 254, "format": "email"}


def _date(_question: Question, _type: str | None, _draft: bool) -> Schema:
    return {"type": "string", "maxLength": 10, "format": "date"}


def _stakeholder_type(_question: Question, stakeholder_type: str | None, _draft: bool) -> Schema:
    return {"enum": [stakeholder_type] if stakeholder_type else stakeholder_types()}


def _of(name: str) -> Callable[[Question, str | None, bool], Schema]:
    return lambda _question, _type, _draft: {"$ref": f"#/$defs/{name}"}


def _list_of(items: Schema, *, unique: bool = False) -> Callable[[Question, str | None, bool], Schema]:
    def schema(question: Question, _type: str | None, _draft: bool) -> Schema:
        made: Schema = {"type": "array", "items": items, "maxItems": question.get("max", ENTRIES)}
        return {**made, "uniqueItems": True} if unique else made

    return schema


_SPEAKER = {
    "type": "object",
    "properties": {
        "name": {"$ref": "#/$defs/line"},
        "organization": {"$ref": "#/$defs/line"},
        "country": {"$ref": "#/$defs/country"},
        "email": {"type": "string", "maxLength": 254, "format": "email"},
        "remote": {"type": "boolean"},
    },
    "required": ["name"],
    "additionalProperties": False,
}

TYPES: Mapping[str, Callable[[Question, str | None, bool], Schema]] = {
    "line": _line,
    "text": _text,
    "choice": _choice,
    "country": _of("country"),
    "email": _email,
    "phone": _phone,
    "date": _date,
    "stakeholder_type": _stakeholder_type,
    "action_line": _of("action_line"),
    "action_lines": _list_of({"$ref": "#/$defs/action_line"}, unique=True),
    "sdgs": _list_of({"$ref": "#/$defs/sdg"}, unique=True),
    "speakers": _list_of(_SPEAKER),
    "lines": _list_of({"$ref": "#/$defs/line"}),
}


def definitions() -> dict[str, Schema]:
    """What the schemas of several questions share."""
    return {
        "line": {"type": "string", "minLength": 1, "maxLength": LINE, "pattern": ONE_LINE},
        "country": {"enum": [item.code for item in reference.countries()]},
        "action_line": {"enum": [item.code for item in reference.action_lines()]},
        "sdg": {"enum": [item.number for item in reference.sdgs()]},
    }


# A form version and a stakeholder type become one JSON Schema 2020-12, the same for server and browsers.
#
# Beside the standard it has three keywords: `minWords` and `maxWords` count as `rules.words` does; `uniqueBy` names the
# property by which no two entries of a list may be equal.


DIALECT = "https://json-schema.org/draft/2020-12/schema"


def compile_form(form: Sections, stakeholder_type: str | None, *, draft: bool = False) -> Schema:
    """The schema of the answers. That of a draft bounds each answer and requires none."""
    plain: list[Question] = []
    repeated: dict[str, Schema] = {}
    for section, questions in sections_for(form, stakeholder_type):
        if section.get("repeat"):
            repeated[section["code"]] = _list_schema(section, questions, stakeholder_type, draft=draft)
        else:
            plain += questions
    schema = _object_schema(plain, stakeholder_type, draft=draft)
    schema["properties"] |= repeated
    return {"$schema": DIALECT, "$defs": definitions(), **schema}


def _list_schema(
    section: Section, questions: Sequence[Question], stakeholder_type: str | None, *, draft: bool
) -> Schema:
    entry = _object_schema(questions, stakeholder_type, draft=draft)
    entry["properties"]["id"] = {"type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9._-]+$"}
    schema: Schema = {"type": "array", "items": entry, "maxItems": section["repeat"]["max"]}
    return {**schema, "uniqueBy": section["repeat"]["key"]} if section["repeat"].get("key") else schema


def _object_schema(questions: Iterable[Question], stakeholder_type: str | None, *, draft: bool) -> Schema:
    questions = list(questions)
    schema: Schema = {
        "type": "object",
        "properties": {item["code"]: value_schema(item, stakeholder_type, draft=draft) for item in questions},
        "additionalProperties": False,
    }
    if draft:
        return schema
    schema["required"] = [item["code"] for item in questions if item.get("required") and not item.get("when")]
    if conditional := [_condition(item) for item in questions if item.get("when")]:
        schema["allOf"] = conditional
    return schema


def _condition(question: Question) -> Schema:
    """Asked under `when`; elsewhere no answer is accepted."""
    code, when = question["code"], question["when"]
    return {
        "if": {"properties": {name: {"enum": list(values)} for name, values in when.items()}, "required": list(when)},
        "then": {"required": [code]} if question.get("required") else True,
        "else": {"properties": {code: False}},
    }


# Forms as delivered with the service.


_PACKAGE = "wsis_consultation"


def delivered(edition: str) -> Form:
    """The first version of an edition's form. An edition without a file starts with the newest delivered form."""
    known = names("forms", _PACKAGE)
    name = f"forms/{edition}" if f"forms/{edition}" in known else known[-1]
    return {
        "_id": f"{edition}-1",
        "edition": edition,
        "number": 1,
        "sections": deepcopy(read(name, _PACKAGE)["sections"]),
    }
