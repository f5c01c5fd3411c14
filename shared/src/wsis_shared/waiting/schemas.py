"""What waits in a service, as its staff read it."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import ResponseSchema, Utc


class WaitingKind(ResponseSchema):
    """How much waits of a kind."""

    code = fields.String(required=True)
    count = fields.Integer(required=True)
    oldest_at = Utc(required=True, allow_none=True, metadata={"description": "Since when; null where nothing waits"})


class WaitingList(ResponseSchema):
    """What waits in a service, of the kinds that the reader may work on."""

    items = fields.List(fields.Nested(WaitingKind), required=True)
