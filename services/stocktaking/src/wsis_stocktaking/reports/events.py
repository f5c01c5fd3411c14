"""Events of reports: global, regional, Success Stories."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EventType
from wsis_shared.schemas import ResponseSchema, Utc


class ReportPublished(ResponseSchema):
    """A version of a report is public."""

    report = fields.String(required=True)
    kind = fields.String(required=True)
    version = fields.String(required=True)
    region = fields.String(required=True, allow_none=True)
    edition = fields.String(required=True, allow_none=True)
    as_of = Utc(required=True)
    sequence = fields.Integer(required=True)
    languages = fields.List(fields.String(), required=True)


REPORT_PUBLISHED = EventType(
    type="report_published",
    summary="A version of a report is public",
    schema=ReportPublished,
    example={
        "report": "regional-arab_states-2014-01-01-2016-12-31-1.0",
        "kind": "regional",
        "version": "1.0",
        "region": "arab_states",
        "edition": None,
        "as_of": "2016-12-31T23:00:00Z",
        "sequence": 8120,
        "languages": ["en", "ar"],
    },
    public=True,
    facets={"regions": "region", "languages": "languages"},
)
