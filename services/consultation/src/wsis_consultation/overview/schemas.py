"""The index of submissions, counts and coverage."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate
from wsis_shared.schemas import (
    ActionLine,
    Country,
    Locale,
    PageQuery,
    Region,
    RequestSchema,
    ResponseSchema,
    StakeholderType,
    Utc,
    page_of,
)

from wsis_consultation.index.rules import ALL, KINDS, MERGED, RECEIVED, REQUEST_KINDS, WITHDRAWN


class Filters(RequestSchema):
    """Which submissions: all filters must match."""

    stakeholder_type = StakeholderType()
    merged = fields.Boolean(
        load_default=False,
        metadata={"description": "Whether academia and the technical community are one type, as in the charts"},
    )
    region = Region()
    country = Country()
    action_line = ActionLine()
    sdg = fields.Integer(validate=validate.Range(min=1, max=17))  # in a query, a number is text
    kind = fields.String(validate=validate.OneOf(KINDS))
    state = fields.String(load_default=RECEIVED, validate=validate.OneOf((RECEIVED, WITHDRAWN, MERGED, ALL)))
    request_kind = fields.String(
        validate=validate.OneOf(REQUEST_KINDS), metadata={"description": "With at least one such request"}
    )
    language = Locale()
    late = fields.Boolean(metadata={"description": "Whether it came in after the deadline, by an override"})
    received_from = Utc(metadata={"description": "Included"})
    received_to = Utc(metadata={"description": "Not included"})


class SubmissionsQuery(Filters, PageQuery):
    """Filters of a page."""


class SubmissionRow(ResponseSchema):
    """A submission in the index, without personal data."""

    number = fields.Integer(required=True)
    receipt = fields.String(required=True)
    id = fields.String(required=True)
    state = fields.String(required=True)
    kind = fields.String(required=True)
    organization = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    stakeholder_type = fields.String(required=True)
    language = fields.String(allow_none=True)
    action_lines = fields.List(fields.String(), required=True)
    sdgs = fields.List(fields.Integer(), required=True)
    request_kinds = fields.List(fields.String(), required=True)
    requests = fields.Integer(required=True, metadata={"description": "How many"})
    late = fields.Boolean(required=True)
    received_at = Utc(required=True)
    updated_at = Utc(allow_none=True)


class Input(ResponseSchema):
    """What a submission says, without personal data of its author."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    number = fields.Integer(required=True)
    receipt = fields.String(required=True)
    kind = fields.String(required=True)
    organization = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    stakeholder_type = fields.String(required=True)
    language = fields.String(allow_none=True)
    event = fields.Raw(allow_none=True, metadata={"description": "The national or regional event that it reports"})
    action_lines = fields.List(fields.String(), required=True)
    sdgs = fields.List(fields.Integer(), required=True)
    answers = fields.Raw(required=True, metadata={"description": "By the code of the question"})
    per_line = fields.Raw(required=True, metadata={"description": "Answers for an action line"})
    requests = fields.Raw(required=True, metadata={"description": "Speakers without their addresses"})
    merged_into = fields.String(allow_none=True, metadata={"description": "Receipt of the one it was merged into"})
    merged = fields.List(fields.String(), metadata={"description": "Receipts of those merged into it"})
    received_at = Utc(required=True)


class ContactRow(ResponseSchema):
    """Whom to write to about a submission. Empty after the account was erased."""

    receipt = fields.String(required=True)
    organization = fields.String(allow_none=True)
    full_name = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    telephone = fields.String(allow_none=True)
    language = fields.String(allow_none=True)


ContactPage = page_of(ContactRow, "SubmissionContactPage")


class Counted(ResponseSchema):
    """A code and how many submissions name it."""

    code = fields.String(required=True)
    codes = fields.List(fields.String(), required=True, metadata={"description": "The types that are merged into it"})
    count = fields.Integer(required=True)
    share = fields.Float(required=True, metadata={"description": "Percent of the total"})


def _counts(*dimensions: str) -> dict[str, fields.Field[Any]]:
    return {name: fields.List(fields.Nested(Counted), required=True) for name in dimensions}


SubmissionPage: type[Schema] = type(
    "SubmissionPage",
    (page_of(SubmissionRow, "SubmissionRows"),),
    {"total": fields.Integer(required=True, metadata={"description": "Of all pages"})},
)

Counts: type[Schema] = ResponseSchema.from_dict(
    {
        "total": fields.Integer(required=True),
        "as_of": Utc(allow_none=True, metadata={"description": "When the newest of them was changed"}),
        **_counts("stakeholder_type", "region", "country", "action_line", "sdg", "kind", "request_kind", "language"),
    },
    name="SubmissionCounts",
)

_Unheard = ResponseSchema.from_dict(
    {
        name: fields.List(fields.String(), required=True)
        for name in ("action_line", "sdg", "region", "stakeholder_type")
    },
    name="Unheard",
)
_CoverageCounts = ResponseSchema.from_dict(
    _counts("action_line", "sdg", "region", "stakeholder_type"), name="CoverageCounts"
)


class CoverageCell(ResponseSchema):
    """How many submissions from a region name an action line."""

    action_line = fields.String(required=True)
    region = fields.String(required=True)
    count = fields.Integer(required=True)


class Coverage(ResponseSchema):
    """What is unheard so far."""

    edition = fields.String(required=True)
    total = fields.Integer(required=True)
    as_of = Utc(allow_none=True)
    unheard = fields.Nested(_Unheard, required=True, metadata={"description": "Codes that no submission names"})
    counts = fields.Nested(_CoverageCounts, required=True)
    cells = fields.List(
        fields.Nested(CoverageCell),
        required=True,
        metadata={"description": "Each action line with each region; 0: nobody from there names it"},
    )


class CoverageRow(ResponseSchema):
    """A code and from whom nobody has named it."""

    dimension = fields.String(required=True, metadata={"description": "action_line, sdg, region, stakeholder_type"})
    code = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "In the reader's language"})
    count = fields.Integer(required=True)
    share = fields.Float(required=True, metadata={"description": "Percent of all submissions"})
    unheard_types = fields.List(fields.String(), required=True)
    unheard_regions = fields.List(fields.String(), required=True)


CoveragePage = page_of(CoverageRow, "CoveragePage")
