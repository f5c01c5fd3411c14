"""A form, and answers to it, in a reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

from wsis_shared import reference
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.reference import title

from wsis_consultation.submissions.rules.contents import Speaker
from wsis_consultation.submissions.rules.questions import (
    Choice,
    Form,
    Question,
    Section,
    choices,
    sections_for,
    stakeholder_types,
)

_KINDS_OF_LIST = ("action_lines", "sdgs", "speakers", "lines")


def localised(form: Form, stakeholder_type: str | None, locale: str) -> list[JsonObject]:
    """The sections with their texts in one language. Without a type all questions, marked with `asked_of`."""
    sections: list[Section] = (
        form["sections"]
        if stakeholder_type is None
        else [{**section, "questions": questions} for section, questions in sections_for(form, stakeholder_type)]
    )
    return [
        {
            "code": section["code"],
            "title": _text(section["title"], locale),
            "repeat": section.get("repeat"),
            "questions": [_question(item, stakeholder_type, locale) for item in section["questions"]],
        }
        for section in sections
    ]


def _question(question: Question, stakeholder_type: str | None, locale: str) -> JsonObject:
    least, most = question.get("words") or (None, None)
    return {
        "code": question["code"],
        "type": question["type"],
        "required": bool(question.get("required")),
        "label": _text(question["label"], locale),
        "help": _text(question["help"], locale) if question.get("help") else None,
        "max": question.get("max"),
        "min_words": least,
        "max_words": most,
        "choices": _choices(question, stakeholder_type, locale),
        "when": question.get("when"),
        "asked_of": question.get("asked_of"),
    }


def _choices(question: Question, stakeholder_type: str | None, locale: str) -> list[dict[str, str]] | None:
    if question["type"] == "stakeholder_type":
        known = [reference.stakeholder_type(code) for code in stakeholder_types()]
        return [{"code": item.code, "label": title(item, locale)} for item in known]
    if question["type"] != "choice":
        return None
    rows = choices(question, stakeholder_type) if stakeholder_type else _all_choices(question)
    return [{"code": row["code"], "label": _text(row["label"], locale)} for row in rows]


def _all_choices(question: Question) -> list[Choice]:
    return choices({**question, "choices": [{**row, "asked_of": None} for row in question.get("choices", [])]}, None)


class Answered(TypedDict):
    """A question and its answer in words."""

    label: str
    text: str


class AnsweredSection(TypedDict):
    """What was answered in a section."""

    title: str
    items: list[Answered]


def readable(form: Form, answers: Input, locale: str) -> list[AnsweredSection]:
    """What was answered, in the words of the form. A section that repeats gives one
    such entry for each of its own, titled "<section> 1", "<section> 2"."""
    found: list[AnsweredSection] = []
    for section in form["sections"]:
        heading = _text(section["title"], locale)
        if not section.get("repeat"):
            found.append({"title": heading, "items": list(_items(section, answers, locale))})
            continue
        for number, row in enumerate(answers.get(section["code"], []), 1):
            found.append({"title": f"{heading} {number}", "items": list(_items(section, row, locale))})
    return [entry for entry in found if entry["items"]]


def _items(section: Section, answers: Input, locale: str) -> Iterator[Answered]:
    for question in section["questions"]:
        value = answers.get(question["code"])
        if value not in (None, "", []):
            yield {"label": _text(question["label"], locale), "text": _value(question, value, locale)}


def _value(question: Question, value: Any, locale: str) -> str:
    if question["type"] in _KINDS_OF_LIST:
        return "; ".join(_single(question, item, locale) for item in value)
    return _single(question, value, locale)


def _single(question: Question, value: Any, locale: str) -> str:
    match question["type"]:
        case "country":
            return reference.country_name(value, locale)
        case "action_line" | "action_lines":
            return f"{value} {title(reference.action_line(value), locale)}"
        case "sdgs":
            return f"{value} {title(reference.sdg(value), locale)}"
        case "stakeholder_type":
            return title(reference.stakeholder_type(value), locale)
        case "speakers":
            return _speaker(value, locale)
        case "choice":
            labels = {row["code"]: row["label"] for row in _all_choices(question)}
            return _text(labels[value], locale) if value in labels else value
    return str(value)


def _speaker(speaker: Speaker, locale: str) -> str:
    country = reference.country_name(speaker["country"], locale) if speaker.get("country") else None
    return ", ".join(part for part in (speaker["name"], speaker.get("organization"), country) if part)


def _text(texts: Mapping[str, str], locale: str) -> str:
    return title({"title": texts}, locale)
