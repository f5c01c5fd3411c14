"""Input and output: what readers of the newsletter do themselves."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import Locale, RequestSchema, ResponseSchema, Text, Utc, reason

from wsis_notifications.subscribers.schemas import mail_format, topics


class SubscriptionMessage(ResponseSchema):
    """The same for every address."""

    message = fields.String(required=True)


class Confirmation(ResponseSchema):
    """What a link confirms. Reading it changes nothing: scanners of mails open all links."""

    confirmed = fields.Boolean(required=True, metadata={"description": "Somebody has pressed the button already"})
    email = fields.String(required=True, allow_none=True, metadata={"description": "null once it is confirmed"})


class Preferences(ResponseSchema):
    """What the newsletter is sent as."""

    email = fields.String(required=True, metadata={"description": "Masked: a link may be forwarded"})
    state = fields.String(required=True)
    format = fields.String(required=True)
    language = fields.String(required=True)
    topics = fields.List(fields.String(), required=True)
    consented_at = Utc(required=True)
    token = fields.String(required=True, metadata={"description": "Of the links in the reader's mails"})


class PreferencesLink(RequestSchema):
    """The token of the link in a reader's mails."""

    token = Text(max_length=64, required=True)


class Choices(RequestSchema):
    """What readers change. What is left out stays."""

    format = mail_format()
    language = Locale()
    topics = topics()


class Erasure(RequestSchema):
    """Why a reader is erased."""

    reason = reason()
