"""What comes in and what goes out."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import Id, PageQuery, RequestSchema, ResponseSchema, Text, Utc, page_of

from wsis_notifications.mails.rules.deliveries import PRIORITIES, STATES

BOUNCES = ("hard", "soft", "blocked")


class DeliveryQuery(PageQuery):
    """Narrow the list of deliveries."""

    event = Id(load_default=None, metadata={"description": "Id of the CloudEvent"})
    account = Id(load_default=None, metadata={"description": "Id of the account that it goes to"})
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class Delivery(ResponseSchema):
    """One mail to one person. `account` is null where the person had no account yet, and of a mail whose time or
    recipient could tell a secret; the times of such a mail are its days."""

    id = fields.String(required=True)
    event = fields.String(required=True, metadata={"description": "Id of the CloudEvent that it follows"})
    template = fields.String(required=True, metadata={"description": "publisher/template"})
    account = fields.String(allow_none=True)
    priority = fields.String(required=True, validate=validate.OneOf(PRIORITIES))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    attempts = fields.Integer(required=True)
    message_id = fields.String(required=True)
    reason = fields.String(allow_none=True, metadata={"description": "Why it is not sent, for example rcpt 550 5.1.1"})
    bounce = fields.String(
        allow_none=True,
        validate=validate.OneOf(BOUNCES),
        metadata={"description": "How it came back: hard (no such address), soft (later perhaps), blocked (we are)"},
    )
    at = Utc(required=True)
    sent_at = Utc(allow_none=True)


DeliveryPage = page_of(Delivery, "DeliveryPage")


class TemplateFigure(ResponseSchema):
    """Mails of one template in one state."""

    template = fields.String(required=True)
    state = fields.String(required=True)
    count = fields.Integer(required=True)


PriorityFigure = ResponseSchema.from_dict(
    {
        "priority": fields.String(required=True),
        **{state: fields.Integer(required=True) for state in STATES},
        "oldest_queued_seconds": fields.Float(required=True, metadata={"description": "Age of the oldest that waits"}),
    },
    name="PriorityFigure",
)


class Announcement(ResponseSchema):
    """A mail to many whose deliveries are still being stored, or that waits for its template."""

    event = fields.String(required=True)
    template = fields.String(required=True)
    recipients = fields.Integer(required=True)
    reason = fields.String(allow_none=True)


class Figures(ResponseSchema):
    """Counts of all mails."""

    templates = fields.List(fields.Nested(TemplateFigure), required=True)
    priorities = fields.List(fields.Nested(PriorityFigure), required=True)
    expanding = fields.List(fields.Nested(Announcement), required=True)


class Retry(RequestSchema):
    """Why a mail is sent again."""

    reason = Text(required=True, max_length=500, min_length=3)
