"""A field of a schema as a control of a form: its type, how long it may be, what may be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from marshmallow import Schema, fields, validate
from wsis_shared import clock
from wsis_shared.data_fields import DataField
from wsis_shared.schemas import Country, Email, Locale, Region, StakeholderType, Text, Utc, Website

TYPES: tuple[tuple[type[fields.Field[Any]], str], ...] = (
    (Email, "email"),
    (Website, "url"),
    (Utc, "datetime-local"),
    (fields.Date, "date"),
    (fields.Boolean, "checkbox"),
    (fields.Number, "number"),
)
SETS: tuple[tuple[type[fields.Field[Any]], str], ...] = (
    (Country, "countries"),
    (Locale, "languages"),
    (Region, "regions"),
    (StakeholderType, "stakeholder_types"),
)
LONG = 300  # characters: a text that may be longer gets several lines


@dataclass(frozen=True)
class Control:
    """What a template shows of a field. `choices` is code -> title; `error` is empty where nothing is wrong. `form` is
    the name of its form, and of its row: several forms of a page may have a field of one name. A file has the endings
    that are accepted, at most so many bytes, what to say of a larger one, and what became of the one sent before.
    `listed`: the reference set whose titles one list of the page offers, for all fields that take one of its codes."""

    form: str
    name: str
    label: str
    hint: str
    type: str
    required: bool
    longest: int
    choices: Mapping[str, str]
    many: bool
    value: str
    values: Sequence[str]
    error: str
    accept: str = ""
    most: int = 0
    too_large: str = ""
    kept: str = ""
    listed: str = ""
    within: str = ""

    @cached_property
    def id(self) -> str:
        """Of the element that an error leads to."""
        return f"{self.form}-{self.name.rstrip('.')}"

    @property
    def whole_label(self) -> str:
        """Its label away from its group."""
        return f"{self.within} · {self.label}" if self.within else self.label

    @property
    def described_by(self) -> str:
        """The ids of what a screen reader says with it."""
        parts = {"hint": self.hint, "kept": self.kept, "error": self.error}
        return " ".join(f"{self.id}-{part}" for part, text in parts.items() if text)


def field_at(schema: Schema, name: str) -> fields.Field[Any] | None:
    """The field of a dotted name: "content.title.fr", "votes.0.category"."""
    found: fields.Field[Any] | None = None
    inner: Schema | None = schema
    for part in name.split("."):
        if isinstance(found, DataField):
            return found
        if inner is not None:
            found = {field.data_key or key: field for key, field in inner.fields.items()}.get(part)
        elif isinstance(found, fields.List) and part.isdecimal():
            found = found.inner
        elif isinstance(found, fields.Dict):
            found = found.value_field
        else:
            return None
        inner = found.schema if isinstance(found, fields.Nested) else None
    return found


def type_of(field: fields.Field[Any]) -> str:
    """The type of an input, or "textarea"."""
    if isinstance(field, Text) and (field.many_lines or field.max_length > LONG):
        return "textarea"
    return next((name for kind, name in TYPES if isinstance(field, kind)), "text")


def longest(field: fields.Field[Any]) -> int:
    """Characters that it may have; 0 where nothing says so."""
    return next((int(each.max) for each in field.validators if isinstance(each, validate.Length) and each.max), 0)


def begun(field: fields.Field[Any], value: object) -> str:
    """What a control begins with. A moment is a time of Geneva, as `forms.nested` reads it."""
    text = "" if value is None else str(value)
    if isinstance(field, Utc) and text.endswith("Z"):
        wall = clock.to_geneva(clock.parse(text))
        return f"{wall:%Y-%m-%dT%H:%M:%S}".removesuffix(":00")
    return text


def codes(field: fields.Field[Any]) -> list[str]:
    """What may be chosen, where the field says so."""
    inner = field.inner if isinstance(field, fields.List) else field
    return [str(code) for each in inner.validators for code in getattr(each, "choices", ())]


def is_many(field: fields.Field[Any]) -> bool:
    """May several of its choices be taken?"""
    return isinstance(field, fields.List)


def set_of(field: fields.Field[Any]) -> str:
    """The reference set that has the titles of its codes, where the kind of field says so."""
    inner = field.inner if isinstance(field, fields.List) else field
    return next((name for kind, name in SETS if isinstance(inner, kind)), "")
