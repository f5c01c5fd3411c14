"""Input and output: kinds of mail that people decline, and links that unsubscribe."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import Id, RequestSchema, ResponseSchema


class MailKind(ResponseSchema):
    """A kind of mail, with its title in the reader's language."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    declined = fields.Boolean(required=True)


class MailPreferences(ResponseSchema):
    """The kinds that an account may decline; it always gets mails about its own doings."""

    kinds = fields.List(fields.Nested(MailKind), required=True)


class Declined(RequestSchema):
    """The kinds that are not wanted; all others are."""

    declined = fields.List(Id(), required=True, validate=validate.Length(max=50))


class Unsubscription(ResponseSchema):
    """What a link in a mail ends."""

    title = fields.String(required=True, metadata={"description": "The kind of mail, in the reader's language"})
    newsletter = fields.Boolean(required=True)


class OneClick(RequestSchema):
    """What mail programs send (RFC 8058)."""

    click = fields.String(data_key="List-Unsubscribe", load_default=None, validate=validate.OneOf(("One-Click",)))
