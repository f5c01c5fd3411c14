"""Events. Issues of the newsletter: sections, previews, checks, archive."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EventType
from wsis_shared.schemas import ResponseSchema, Utc


class NewsletterIssued(ResponseSchema):
    """An issue that everybody can read. `number` is null for an announcement."""

    issue = fields.String(required=True)
    number = fields.Integer(required=True, allow_none=True)
    month = fields.String(required=True)
    topics = fields.List(fields.String(), required=True)
    language = fields.String(required=True)
    languages = fields.List(fields.String(), required=True)
    title = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    sent_at = Utc(required=True)


NEWSLETTER_ISSUED = EventType(
    type="newsletter_issued",
    summary="An issue of WSIS Flash is sent and in the archive",
    schema=NewsletterIssued,
    example={
        "issue": "6a1f",
        "number": 50,
        "month": "2017-07",
        "topics": ["forum", "stocktaking"],
        "language": "en",
        "languages": ["en", "fr"],
        "title": {"en": "Outcomes of the Forum", "fr": "Résultats du Forum"},
        "sent_at": "2017-07-14T09:00:00Z",
    },
    public=True,
    facets={"languages": "languages"},
)
