"""Schemas of mappings: what a request may say of the columns and values of a table, and what the response shows."""

from __future__ import annotations

from collections.abc import Sequence

from marshmallow import fields, validate
from wsis_shared.mapping.documents import ORDERS
from wsis_shared.schemas import RequestSchema, ResponseSchema, Utc

MAX_VALUE, MAX_CODES = 500, 60
SOURCE = validate.Regexp(r"\A[a-z0-9][a-z0-9._-]{0,39}\Z", error="Not a code like ke-ict.")
"""The code of what a file is of, the same at each import."""


def constant(max_length: int) -> fields.String:
    """What rows say that say nothing of a field."""
    return fields.String(
        load_default="",
        validate=validate.Length(max=max_length),
        metadata={"description": "A code, or a word for it; empty: the field has none"},
    )


def chosen(names: Sequence[str], description: str) -> fields.String:
    """What a column is read as: nothing, or one of these fields."""
    return fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(names),
        metadata={"description": description},
    )


class ColumnBody(RequestSchema):
    """A column; a service adds what it can be."""

    column = fields.String(required=True, validate=validate.Length(max=500))
    day_order = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(ORDERS),
        metadata={"description": "Of dates like 3/4/2014 where no value of the column tells it"},
    )


class ValueBody(RequestSchema):
    """What a value means; a service adds the fields."""

    value = fields.String(required=True, validate=validate.Length(max=MAX_VALUE))
    codes = fields.List(
        fields.String(validate=validate.Length(max=64)),
        load_default=list,
        validate=validate.Length(max=MAX_CODES),
        metadata={"description": "Without any, and without `nothing`, the value stays not understood"},
    )
    nothing = fields.Boolean(load_default=False, metadata={"description": "The value says nothing, like `n/a`"})


class StoredColumn(ResponseSchema):
    """What a column is read as."""

    column = fields.String(required=True)
    field = fields.String(allow_none=True, metadata={"description": "Null: it is not read"})
    also = fields.String(allow_none=True, metadata={"description": "A second field of the same cells"})
    day_order = fields.String(allow_none=True, metadata={"description": "day_first or month_first, of dates"})
    marks = fields.String(
        allow_none=True,
        metadata={"description": "What x, yes or 1 says in a column of a matrix; null: its cells are values"},
    )


class MappedColumn(StoredColumn):
    """What a column of a file was read as."""

    examples = fields.List(fields.String(), metadata={"description": "Frequent values; none of contacts"})
    unsure = fields.Boolean(metadata={"description": "No value tells the order of day and month: it was day_first"})


class Constant(ResponseSchema):
    """What rows say that say nothing of a field."""

    field = fields.String(required=True)
    value = fields.String(required=True)


class MappedValue(ResponseSchema):
    """What a value means."""

    field = fields.String(required=True)
    value = fields.String(required=True)
    codes = fields.List(fields.String(), required=True, metadata={"description": "None: it says nothing"})


class ImportMapping(ResponseSchema):
    """How a file was read."""

    source = fields.String(allow_none=True)
    state = fields.String(
        allow_none=True, metadata={"description": "proposed, or confirmed; null: the columns of an export of ours"}
    )
    number = fields.Integer(allow_none=True, metadata={"description": "The version of the source that was used"})
    columns = fields.List(fields.Nested(MappedColumn), required=True)
    constants = fields.List(fields.Nested(Constant), required=True)
    values = fields.List(fields.Nested(MappedValue), required=True)
    missing = fields.List(fields.String(), metadata={"description": "Fields that an entry needs and nothing says"})


class StoredMapping(ResponseSchema):
    """A version of the mapping of a register."""

    source = fields.String(required=True)
    number = fields.Integer(required=True)
    at = Utc()
    columns = fields.List(fields.Nested(StoredColumn), required=True)
    constants = fields.List(fields.Nested(Constant), required=True)
    values = fields.List(fields.Nested(MappedValue), required=True)


class ImportValue(ResponseSchema):
    """A value that was not understood or not valid."""

    field = fields.String(required=True)
    value = fields.String(allow_none=True, metadata={"description": "Null where it may name a person"})
    code = fields.String(allow_none=True)
    reason = fields.String(metadata={"description": "In the language of the reader"})
    refused = fields.Boolean(required=True, metadata={"description": "Its rows were refused; else it was left out"})
    count = fields.Integer(required=True, metadata={"description": "Rows"})
    likely = fields.List(fields.String(), metadata={"description": "Codes that it may mean, to be confirmed"})
    row = fields.Integer(required=True, metadata={"description": "The first one"})
