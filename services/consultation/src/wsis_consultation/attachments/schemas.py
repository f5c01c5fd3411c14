"""Files attached to a submission."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import RequestSchema, ResponseSchema, Text, Utc

from wsis_consultation.attachments.rules import SCANS


class Removal(RequestSchema):
    """Why an officer removes it."""

    reason = Text(max_length=1000, required=True)


class Publication(RequestSchema):
    """Whether everybody sees it."""

    published = fields.Boolean(required=True)
    reason = Text(max_length=1000, load_default=None)


class AttachmentDetails(ResponseSchema):
    """A file of a submission."""

    id = fields.String(required=True)
    filename = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "Bytes"})
    sha256 = fields.String(required=True)
    at = Utc(required=True)
    scan = fields.String(
        required=True, validate=validate.OneOf(SCANS), metadata={"description": "What the virus scanner said"}
    )
    published_at = Utc(allow_none=True, metadata={"description": "None while only its owner and officers see it"})
    removed = fields.Boolean(required=True)


class AttachmentList(ResponseSchema):
    """The files of a submission, at most ten."""

    items = fields.List(fields.Nested(AttachmentDetails), required=True)
