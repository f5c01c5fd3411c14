"""What comes in and what goes out of cross-tabulations and their charts."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.schemas import PageQuery, ResponseSchema, Utc

from wsis_stocktaking.analysis.rules import DEFAULT_COLUMNS, DEFAULT_ROWS, FORMS, HEAT_MAP
from wsis_stocktaking.register.rules.cards import FACETS
from wsis_stocktaking.register.schemas import Day
from wsis_stocktaking.search.schemas import TextAndFilters


class CrosstabQuery(TextAndFilters):
    """Two facets, and which entries."""

    rows = fields.String(
        load_default=DEFAULT_ROWS, validate=validate.OneOf(FACETS), metadata={"description": "Facet of the rows"}
    )
    columns = fields.String(
        load_default=DEFAULT_COLUMNS,
        validate=validate.OneOf(FACETS),
        metadata={"description": "Facet of the columns, another one"},
    )
    as_of = Utc(metadata={"description": "The register as it was at this moment; not together with q"})
    sequence = fields.Integer(
        validate=validate.Range(min=0, max=2**53),
        metadata={"description": "The register as it was at this sequence; not together with q or as_of"},
    )
    submitted_from = Day(
        metadata={
            "description": "Submitted or updated by its organization on this day or later (UTC); not together with q"
        }
    )
    submitted_to = Day(
        metadata={
            "description": "Submitted or updated by its organization on this day or earlier (UTC); not together with q"
        }
    )

    @validates_schema
    def _one_state(self, data: Input, **_: object) -> None:
        if "sequence" in data and "as_of" in data:
            raise ValidationError("Not together with as_of.", "sequence")


class ChartQuery(CrosstabQuery):
    """A cross-tabulation and how it is drawn."""

    form = fields.String(
        load_default=HEAT_MAP,
        validate=validate.OneOf(FORMS),
        metadata={"description": "stacked_bars: each row as 100 %, for facets of which an entry has one code"},
    )


class CellsQuery(CrosstabQuery, PageQuery):
    """A cross-tabulation as a list."""


class Head(ResponseSchema):
    """A row or a column."""

    code = fields.String(required=True)
    label = fields.String(required=True, metadata={"description": "In the reader's language"})
    total = fields.Integer(required=True, metadata={"description": "Entries; not the sum of the cells"})


class Crosstab(ResponseSchema):
    """How many entries have both codes. An entry with several codes of a facet counts at each."""

    row_facet = fields.String(required=True)
    column_facet = fields.String(required=True)
    rows = fields.List(fields.Nested(Head), required=True)
    columns = fields.List(fields.Nested(Head), required=True)
    values = fields.List(fields.List(fields.Integer()), required=True, metadata={"description": "By row, then column"})
    total = fields.Integer(required=True, metadata={"description": "Entries that fit"})
    position = fields.Integer(required=True, metadata={"description": "The sequence at which the register is counted"})
    as_of = Utc(required=True)


class Cell(ResponseSchema):
    """A pair of codes that some entries have."""

    row = fields.String(required=True)
    row_label = fields.String(required=True)
    column = fields.String(required=True)
    column_label = fields.String(required=True)
    entries = fields.Integer(required=True)


class Cells(ResponseSchema):
    """A page of cells, row by row, without those of no entry."""

    items = fields.List(fields.Nested(Cell), required=True)
    next = fields.String(allow_none=True)
