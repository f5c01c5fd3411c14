"""Input and output. Kinds of mail that people decline, unsubscription, and the suppression list."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import Id, RequestSchema, ResponseSchema, Text, Utc, page_of, reason


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


class OneClick(RequestSchema):
    """What mail programs send (RFC 8058)."""

    click = fields.String(data_key="List-Unsubscribe", load_default=None, validate=validate.OneOf(("One-Click",)))


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
