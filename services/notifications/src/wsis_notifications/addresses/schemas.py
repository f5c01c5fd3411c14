"""Input and output: suppressed addresses."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import RequestSchema, ResponseSchema, Text, Utc, page_of, reason


class Suppression(ResponseSchema):
    """An address that gets transactional mail only. `id` is a keyed hash of the address."""

    id = fields.String(required=True)
    reason = fields.String(required=True)
    source = fields.String(metadata={"description": "How it is known"})
    at = Utc(required=True)


SuppressionPage = page_of(Suppression, "SuppressionPage")


class AddressQuestion(RequestSchema):
    """A mail address."""

    email = Text(required=True, max_length=320)


class NewSuppression(AddressQuestion):
    """An address, and why it gets no more mail."""

    reason = reason()


class Lifting(RequestSchema):
    """Why an address gets mail again."""

    reason = reason()
