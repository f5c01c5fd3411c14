"""Answers to a form as a field: bounded JSON whose texts are cleaned. The form says later what fits where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError, fields
from wsis_shared.schemas import Text

MAX_TEXT = 20_000  # characters of one answer
MAX_ENTRIES = 100  # of one list or object
MAX_DEPTH = 4  # answers -> requests -> request -> speakers -> speaker
_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_TEXT = Text(max_length=MAX_TEXT, min_length=0, many_lines=True)


class Answers(fields.Field):
    """{code: answer}: texts, numbers, booleans, and lists and objects of them."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValidationError("Not a valid mapping type.")
        problems: dict[str, list[str]] = {}
        cleaned: dict[str, Any] = _clean(value, "", 0, problems)
        if problems:
            raise ValidationError(problems)
        return cleaned


def _clean(value: Any, path: str, depth: int, problems: dict[str, list[str]]) -> Any:
    if isinstance(value, str):
        try:
            return _TEXT.deserialize(value)
        except ValidationError as error:
            problems[path] = [str(message) for message in error.messages]
            return value
    if not isinstance(value, Mapping | list):
        return value
    if depth > MAX_DEPTH or len(value) > MAX_ENTRIES:
        problems[path] = ["Too many entries or levels."]
        return value
    if isinstance(value, list):
        return [_clean(item, _join(path, str(index)), depth + 1, problems) for index, item in enumerate(value)]
    for name in _unknown(value):
        problems[_join(path, name)] = ["Unknown field."]
    return {name: _clean(item, _join(path, str(name)), depth + 1, problems) for name, item in value.items()}


def _unknown(value: Mapping[Any, Any]) -> Iterator[str]:
    return (str(name)[:60] for name in value if not (isinstance(name, str) and _CODE.fullmatch(name)))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
