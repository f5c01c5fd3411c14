"""Output. Webhooks."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import ResponseSchema


class PublicKeys(ResponseSchema):
    """A JWK set (RFC 7517)."""

    keys = fields.List(fields.Dict(), required=True)
