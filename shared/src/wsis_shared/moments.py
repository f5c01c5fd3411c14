"""Times in requests: messages carry them as text, and methods get moments, wherever the schemas of their routes have a
`Utc`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import Schema, fields
from wsis_shared import clock
from wsis_shared.field_options import AnyField
from wsis_shared.json_types import JsonObject
from wsis_shared.plugin import Route
from wsis_shared.schemas import Utc

Fields = Mapping[str, AnyField]


class Moments:
    """The times in the arguments of each method that the routes name."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._fields: defaultdict[str, dict[str, AnyField]] = defaultdict(dict)
        for route in routes:
            given = dict(route.query().load_fields) if route.query is not None else {}
            if route.body is not None:
                given["body"] = fields.Nested(route.body)
            self._fields[route.handler] |= {name: field for name, field in given.items() if _has_time(field, set())}

    def read(self, method: str, arguments: dict[str, object]) -> dict[str, Any]:
        """The arguments with moments in UTC, in whole milliseconds (what BSON keeps)."""
        return _with_moments(found, arguments) if (found := self._fields.get(method)) else arguments


def _with_moments(known: Fields, value: JsonObject) -> dict[str, Any]:
    read = dict(value)
    for name, field in known.items():
        key = field.attribute or name
        if read.get(key) is not None:
            read[key] = _read(field, read[key])
    return read


def _read(field: AnyField, value: object) -> object:
    if isinstance(field, Utc):
        return clock.to_milliseconds(clock.parse(value)) if isinstance(value, str) else value
    if isinstance(value, list):
        inner = field.inner if isinstance(field, fields.List) else field
        return [_read(inner, item) for item in value]
    if isinstance(field, fields.Nested):
        return _with_moments(field.schema.load_fields, value) if isinstance(value, Mapping) else value
    if isinstance(field, fields.Dict) and field.value_field is not None and isinstance(value, Mapping):
        return {key: _read(field.value_field, item) for key, item in value.items()}
    return value


def _has_time(field: AnyField, seen: set[type[Schema]]) -> bool:
    """Whether there is a time in it or below; schemas may contain themselves."""
    if isinstance(field, fields.Nested) and type(field.schema) not in seen:
        seen.add(type(field.schema))
        return any(_has_time(each, seen) for each in field.schema.load_fields.values())
    inner = field.inner if isinstance(field, fields.List) else getattr(field, "value_field", None)
    return isinstance(field, Utc) or (inner is not None and _has_time(inner, seen))
