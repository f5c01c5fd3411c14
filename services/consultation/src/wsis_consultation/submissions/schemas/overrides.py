"""Overrides of the deadline."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import Locale, RequestSchema, ResponseSchema, Text, Utc

from wsis_consultation.submissions.schemas.drafts import email_field


class LateAmendment(RequestSchema):
    """Why, and until when."""

    reason = Text(required=True, max_length=1000, many_lines=True)
    expires_at = Utc(required=True)


class LateSubmission(LateAmendment):
    """For whom."""

    email = email_field(required=True, metadata={"description": "Where the link goes"})
    name = Text(required=True, max_length=300, metadata={"description": "The person or organization"})
    language = Locale(load_default="en", metadata={"description": "Of the mail"})


class Override(ResponseSchema):
    """An override, used once."""

    edition = fields.String(required=True)
    name = fields.String(required=True)
    reason = fields.String(required=True)
    by = fields.String(required=True)
    expires_at = Utc(required=True)
