"""Options of schemas and of their fields, as marshmallow takes them: it publishes no types of its own for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypedDict

from marshmallow.fields import Field

AnyField = Field[Any]  # of whatever values
Check = Callable[[Any], object]
"""Raises ValidationError for a value that is not acceptable."""


class SchemaOptions(TypedDict, total=False):
    """Options of a schema (marshmallow's)."""

    many: bool
    only: Sequence[str]
    exclude: Sequence[str]
    partial: bool | Sequence[str]
    unknown: Literal["exclude", "include", "raise"]


class Presence(TypedDict, total=False):
    """Options of a field: must it be there, under which name, and what stands for it."""

    required: bool
    allow_none: bool
    load_default: object
    dump_default: object
    data_key: str
    attribute: str


class FieldOptions(Presence, total=False):
    """What a field of ours takes for the field of marshmallow that it is: also what OpenAPI says of it."""

    metadata: Mapping[str, object]


class CheckedOptions(FieldOptions, total=False):
    """With further checks."""

    validate: Check | Sequence[Check]


def as_list(checks: Check | Sequence[Check] | None) -> Sequence[Check]:
    """None, one or several."""
    return [checks] if callable(checks) else checks or ()
