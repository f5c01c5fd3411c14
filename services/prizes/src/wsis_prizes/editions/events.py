"""An edition and its voting."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EventType
from wsis_shared.schemas import ResponseSchema, Utc


class EditionChanged(ResponseSchema):
    """Which edition."""

    edition = fields.String(required=True)


EDITION_CHANGED = EventType(
    type="edition_changed",
    summary="An edition was opened, or its settings, form or past winners changed",
    schema=EditionChanged,
    example={"edition": "2017"},
)


class VotingWindow(ResponseSchema):
    """When votes are taken, and whether a ballot needs every category."""

    edition = fields.String(required=True)
    opens_at = Utc(required=True)
    closes_at = Utc(required=True)
    every_category = fields.Boolean(required=True)


VOTING_WINDOW_CHANGED = EventType(
    type="voting_window_changed",
    summary="The window or the rule of public voting is set or changed",
    schema=VotingWindow,
    example={
        "edition": "2017",
        "opens_at": "2017-03-15T23:00:00Z",
        "closes_at": "2017-04-30T21:00:00Z",
        "every_category": True,
    },
    public=True,
)
