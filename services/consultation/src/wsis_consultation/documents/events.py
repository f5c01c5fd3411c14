"""Events of documents: Outcomes and Analysis, the final brief, the Outcome Document."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EventDependency, EventType
from wsis_shared.schemas import ResponseSchema, Utc


class DocumentPublished(ResponseSchema):
    """A version of a document is public."""

    edition = fields.String(required=True)
    document = fields.String(required=True)
    kind = fields.String(required=True)
    version = fields.String(required=True)
    as_of = Utc(required=True)
    languages = fields.List(fields.String(), required=True)


DOCUMENT_PUBLISHED = EventType(
    type="document_published",
    summary="A version of Outcomes and Analysis, the final brief or the Outcome Document is public",
    schema=DocumentPublished,
    example={
        "edition": "2017",
        "document": "2017-outcomes-1.1",
        "kind": "outcomes",
        "version": "1.1",
        "as_of": "2017-03-17T12:00:00Z",
        "languages": ["en", "fr"],
    },
    public=True,
    facets={"languages": "languages"},
)

_PARTNER = ("edition", "partner", "organization")
DEPENDS_ON = (
    EventDependency("partnerships", "partner_confirmed", reads=_PARTNER, handler="keep_partner"),
    EventDependency("partnerships", "partner_withdrawn", reads=_PARTNER, handler="remove_partner"),
)
