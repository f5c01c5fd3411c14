"""Events of replies by mail: what the member is told."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema

CAUSES = ("closed", "removed", "empty", "too_long", "not_acceptable", "too_many", "turned_off")


class ReplyRefused(ResponseSchema):
    """A reply that its member wrote is not posted."""

    account = fields.String(required=True)
    edition = fields.String(required=True)
    discussion = fields.String(required=True)
    cause = fields.String(required=True, validate=validate.OneOf(CAUSES))
    mail = fields.String(required=True)


class ReplyHeld(ResponseSchema):
    """A reply whose sender is not certain waits for the member."""

    account = fields.String(required=True)
    edition = fields.String(required=True)
    discussion = fields.String(required=True)
    held = fields.String(required=True)


_OF = {"account": "3f2a", "edition": "2017", "discussion": "2017-12"}

REPLY_REFUSED = EventType(
    "reply_refused",
    "A reply by mail was not posted",
    ReplyRefused,
    {**_OF, "cause": "closed", "mail": "9c1d"},
    notifications=(
        EmailNotification("reply_refused", priority="high", context_provider="explain_refused_reply", auto_reply=True),
    ),
)
REPLY_HELD = EventType(
    "reply_held",
    "A reply by mail waits for the confirmation of its member",
    ReplyHeld,
    {**_OF, "held": "77b1"},
    notifications=(
        EmailNotification("reply_held", priority="high", context_provider="offer_confirmation", auto_reply=True),
    ),
)
