"""What waits in a service, as its staff read it."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import ResponseSchema, Utc


class WaitingKind(ResponseSchema):
    """How much waits of a kind."""

    code = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "In the language of the request"})
    count = fields.Integer(required=True)
    oldest_at = Utc(required=True, allow_none=True, metadata={"description": "Since when; null where nothing waits"})
    page = fields.String(
        required=True, allow_none=True, metadata={"description": "Where staff work on the oldest, below the language"}
    )


class WaitingList(ResponseSchema):
    """What waits in a service, of the kinds that the reader may work on."""

    items = fields.List(fields.Nested(WaitingKind), required=True)
