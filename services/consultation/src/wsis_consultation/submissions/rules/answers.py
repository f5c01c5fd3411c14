"""Answers against a form: which are asked, and what is wrong with them, field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind
from wsis_shared.json_types import Input

from wsis_consultation.submissions.rules import words
from wsis_consultation.submissions.rules.questions import (
    PHONE,
    Form,
    Question,
    applies,
    compile_form,
    sections_for,
    stakeholder_types,
)

Answers = Input

Problem = Any
"""A ValidationError of jsonschema_rs, whose kinds mypy does not tell apart."""


def type_of(answers: Answers) -> str | None:
    """The stakeholder type that was answered; None where it is missing or none that the consultation accepts."""
    answered = answers.get("stakeholder_type")
    return answered if answered in stakeholder_types() else None


def select_asked(form: Form, answers: Answers) -> tuple[Answers, list[str]]:
    """(answers to questions that are asked, paths of those that are not). Empty answers are left out silently."""
    kept: dict[str, object] = {}
    known: set[str] = set()
    dropped: list[str] = []
    for section, questions in sections_for(form, type_of(answers)):
        code = section["code"]
        if not section.get("repeat"):
            known |= {question["code"] for question in questions}
            kept |= _asked(questions, answers, kept)
            continue
        known.add(code)
        rows = answers.get(code)
        if not isinstance(rows, list):
            kept |= {} if _is_empty(rows) else {code: rows}
            continue
        kept_rows: list[object] = []
        for row in rows:
            if not isinstance(row, Mapping):
                kept_rows.append(row)
                continue
            entry = _asked(questions, row, {})
            dropped += [f"{code}.{len(kept_rows)}.{name}" for name in _missing(row, {*entry, "id"})]
            if entry:
                kept_rows.append({**({"id": row["id"]} if row.get("id") else {}), **entry})
        kept |= {code: kept_rows} if kept_rows else {}
    return kept, [*(name for name in _missing(answers, {*kept, *_containers(form)})), *dropped]


def _asked(questions: Iterable[Question], answers: Answers, before: Answers) -> dict[str, object]:
    """In the order of the form, so that a condition on a question that is not asked does not hold."""
    kept = dict(before)
    for question in questions:
        value = _typed(question, answers.get(question["code"]))
        if not _is_empty(value) and applies(question, kept):
            kept[question["code"]] = value
    return kept


def _typed(question: Question, value: object) -> object:
    """Goals are numbers, which forms of pages send as text."""
    if question["type"] != "sdgs" or not isinstance(value, list):
        return value
    return [int(each) if isinstance(each, str) and each.isdecimal() and len(each) < 3 else each for each in value]


def _missing(answers: Answers, kept: set[str]) -> Iterator[str]:
    return (name for name, value in answers.items() if name not in kept and not _is_empty(value))


def _containers(form: Form) -> set[str]:
    return {section["code"] for section in form["sections"] if section.get("repeat")}


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], {})


class _Words:
    """`minWords` and `maxWords`."""

    def __init__(self, _parent: object, limit: int, path: Sequence[object]) -> None:
        self._limit, self._least = limit, path[-1] == "minWords"

    def validate(self, instance: object) -> None:
        """Raises ValueError("<words> <limit>")."""
        if isinstance(instance, str):
            found = words.count(instance)
            is_wrong = found < self._limit if self._least else found > self._limit
            if is_wrong:
                raise ValueError(f"{found} {self._limit}")


class _UniqueBy:
    """`uniqueBy`."""

    def __init__(self, _parent: object, key: str, _path: Sequence[object]) -> None:
        self._key = key

    def validate(self, instance: object) -> None:
        """Raises ValueError where two entries are equal."""
        rows = (
            [row.get(self._key) for row in instance if isinstance(row, Mapping)] if isinstance(instance, list) else []
        )
        if any(value in rows[:index] for index, value in enumerate(rows) if value is not None):
            raise ValueError(self._key)


class FormValidator:
    """Validates answers to one form version; compiles each schema once."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._validators: dict[tuple[str | None, bool], Draft202012Validator] = {}

    def problems(self, answers: Answers, *, draft: bool = False) -> dict[str, list[str]]:
        """What is wrong by path ("requests.0.title"), in English messages of the catalogue. Empty: acceptable."""
        found: dict[str, list[str]] = {}
        for error in self._validator(type_of(answers), draft).iter_errors(dict(answers)):
            path, message = _location(error), message_of(error)
            if message not in found.setdefault(path, []):
                found[path].append(message)
        return found

    def _validator(self, stakeholder_type: str | None, draft: bool) -> Draft202012Validator:
        key = (stakeholder_type, draft)
        if key not in self._validators:
            self._validators[key] = Draft202012Validator(
                compile_form(self._form, stakeholder_type, draft=draft),
                validate_formats=True,
                keywords={"minWords": _Words, "maxWords": _Words, "uniqueBy": _UniqueBy},
            )
        return self._validators[key]


def _location(error: ValidationError) -> str:
    parts, kind = [str(part) for part in error.instance_path], error.kind
    if isinstance(kind, ValidationErrorKind.Required):
        parts.append(kind.property)
    if isinstance(kind, ValidationErrorKind.AdditionalProperties):
        parts += kind.unexpected[:1]
    return ".".join(parts)


# Errors of the validator as messages of the catalogue: no text of a library reaches a reader.


_TYPES = {
    "string": "Not a valid string.",
    "array": "Not a valid list.",
    "object": "Not a valid mapping type.",
    "boolean": "Not a valid boolean.",
    "integer": "Not a valid integer.",
}
_FORMATS = {"email": "Not a valid email address.", "date": "Not a date like 2017-03-01."}
_LISTED = 12  # choices that a message names


def message_of(error: Problem) -> str:
    """Its English message."""
    return MESSAGES.get(error.kind.name, _invalid)(error)


def _invalid(_error: Problem) -> str:
    return "Invalid value."


def _enum(error: Problem) -> str:
    options, value = error.kind.options, error.instance
    if value == "C7":
        return "C7 is a group: name one of its lines, for example C7.e-health."
    if len(options) <= _LISTED:
        return f"Must be one of: {', '.join(str(option) for option in options)}."
    return "Not one of the codes of this list."


def _type(error: Problem) -> str:
    types = error.kind.types
    return _TYPES.get(types[0], _invalid(error)) if types else _invalid(error)


def _pattern(error: Problem) -> str:
    if error.kind.pattern == PHONE:
        return "Not a telephone number: digits, spaces and + ( ) . / - only."
    return "Control characters and line breaks are not allowed here."


def _min_words(error: Problem) -> str:
    found, limit = error.kind.message.split()
    return f"Has {found} words: write {limit} or more."


def _max_words(error: Problem) -> str:
    found, limit = error.kind.message.split()
    return f"Has {found} words: write {limit} or fewer."


MESSAGES: Mapping[str, Callable[[Problem], str]] = {
    "required": lambda _error: "Missing data for required field.",
    "additionalProperties": lambda _error: "Unknown field.",
    "falseSchema": lambda _error: "Unknown field.",
    "type": _type,
    "enum": _enum,
    "pattern": _pattern,
    "format": lambda error: _FORMATS.get(error.kind.format, _invalid(error)),
    "minLength": lambda error: f"Shorter than minimum length {error.kind.limit}.",
    "maxLength": lambda error: f"Longer than maximum length {error.kind.limit}.",
    "maxItems": lambda error: f"At most {error.kind.limit} entries are allowed.",
    "uniqueItems": lambda _error: "Each entry once.",
    "uniqueBy": lambda _error: "Each entry once.",
    "minWords": _min_words,
    "maxWords": _max_words,
}
