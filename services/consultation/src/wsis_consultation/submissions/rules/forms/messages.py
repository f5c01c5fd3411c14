"""Errors of the validator as messages of the catalogue: no text of a library reaches a reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wsis_consultation.submissions.rules.forms.questions import PHONE

_TYPES = {
    "string": "Not a valid string.",
    "array": "Not a valid list.",
    "object": "Not a valid mapping type.",
    "boolean": "Not a valid boolean.",
    "integer": "Not a valid integer.",
}
_FORMATS = {"email": "Not a valid email address.", "date": "Not a date like 2017-03-01."}
_LISTED = 12  # choices that a message names


def message(error: Any) -> str:
    """The English message of a `jsonschema_rs.ValidationError`."""
    return MESSAGES.get(error.kind.name, _invalid)(error)


def _invalid(_error: Any) -> str:
    return "Invalid value."


def _enum(error: Any) -> str:
    options, value = error.kind.options, error.instance
    if value == "C7":
        return "C7 is a group: name one of its lines, for example C7.e-health."
    if len(options) <= _LISTED:
        return f"Must be one of: {', '.join(str(option) for option in options)}."
    return "Not one of the codes of this list."


def _type(error: Any) -> str:
    types = error.kind.types
    return _TYPES.get(types[0], _invalid(error)) if types else _invalid(error)


def _pattern(error: Any) -> str:
    if error.kind.pattern == PHONE:
        return "Not a telephone number: digits, spaces and + ( ) . / - only."
    return "Control characters and line breaks are not allowed here."


def _min_words(error: Any) -> str:
    found, limit = error.kind.message.split()
    return f"Has {found} words: write {limit} or more."


def _max_words(error: Any) -> str:
    found, limit = error.kind.message.split()
    return f"Has {found} words: write {limit} or fewer."


MESSAGES: Mapping[str, Callable[[Any], str]] = {
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
