"""Input and output. Sending of an issue to its recipients: schedule, pause, resume, figures."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import (
    Email,
    Id,
    Locale,
    PageQuery,
    Region,
    RequestSchema,
    ResponseSchema,
    StakeholderType,
    Utc,
    page_of,
    reason,
)

from wsis_notifications.campaigns.rules.states import ROW_STATES, STATES
from wsis_notifications.subscribers.schemas import Topic

ALL = "all"  # as in campaigns/rules/segments.py
_FEW = validate.Length(max=20)


class SegmentTopic(Topic):
    """The code of a topic, or "all"."""

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> str:
        return ALL if value == ALL else super()._deserialize(value, attr, data, **kwargs)


class Segment(RequestSchema):
    """Of the readers of the issue's topics, those with one of the values of each list; an empty list takes all."""

    languages = fields.List(Locale(), load_default=list, validate=_FEW)
    topics = fields.List(
        SegmentTopic(),
        load_default=list,
        validate=_FEW,
        metadata={"description": 'Who reads one of these too; with "all", whoever reads none of the issue\'s as well'},
    )
    stakeholder_types = fields.List(StakeholderType(), load_default=list, validate=_FEW)
    regions = fields.List(Region(), load_default=list, validate=_FEW)


class CampaignBody(RequestSchema):
    """What goes to whom."""

    issue = Id(required=True)
    segment = fields.Nested(Segment, load_default=lambda: Segment().load({}))


class TestBody(RequestSchema):
    """A test goes to the officer's own address too."""

    issue = Id(required=True)
    addresses = fields.List(Email(), load_default=list, validate=validate.Length(max=5))
    languages = fields.List(
        Locale(),
        load_default=list,
        validate=validate.Length(max=7),
        metadata={"description": "Empty: that of the officer"},
    )
    format = fields.String(load_default="html", validate=validate.OneOf(("html", "text")))


class Schedule(RequestSchema):
    """When."""

    at = Utc(load_default=None, allow_none=True, metadata={"description": "Null: now"})


class Reason(RequestSchema):
    """Why."""

    reason = reason()


class Resend(Reason):
    """To whom once more."""

    include_unknown = fields.Boolean(
        load_default=False, metadata={"description": "Also to those who may have it: a mail of unknown outcome"}
    )


class CampaignQuery(PageQuery):
    """Narrow the list."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    issue = Id(load_default=None)


class CampaignDeliveryQuery(PageQuery):
    """Narrow the list."""

    state = fields.String(load_default=None, validate=validate.OneOf(ROW_STATES))


class Campaign(ResponseSchema):
    """The sending of an issue."""

    id = fields.String(required=True)
    kind = fields.String(metadata={"description": "full, test or failed_only"})
    issue = fields.String()
    name = fields.String()
    of = fields.String(allow_none=True, metadata={"description": "The campaign that failed_only repeats"})
    segment = fields.Nested(Segment)
    state = fields.String(validate=validate.OneOf(STATES))
    reason = fields.String(
        allow_none=True, metadata={"description": "late, issue, officer, hard_bounces or complaints"}
    )
    scheduled_at = Utc(allow_none=True)
    created_at = Utc()
    started_at = Utc(allow_none=True)
    ended_at = Utc(allow_none=True)


CampaignPage = page_of(Campaign, "CampaignPage")


class Estimate(ResponseSchema):
    """Before it is sent."""

    recipients = fields.Integer(required=True)
    exact = fields.Boolean(metadata={"description": "False: from a sample of a long list"})
    seconds = fields.Float()
    text = fields.String(metadata={"description": "200,000 at 800/s = 4 min 10 s"})


class Count(ResponseSchema):
    """Rows of one state."""

    name = fields.String(required=True)
    state = fields.String()
    count = fields.Integer(required=True)


class CampaignFigures(ResponseSchema):
    """Rows counted."""

    campaign = fields.String(required=True)
    state = fields.String()
    readers_seen = fields.Float(metadata={"description": "Share of the list that is read, 0 to 1"})
    states = fields.List(fields.Nested(Count))
    reasons = fields.List(fields.Nested(Count))
    languages = fields.List(fields.Nested(Count))
    domains = fields.List(fields.Nested(Count))


class CampaignDelivery(ResponseSchema):
    """A reader's row."""

    id = fields.String(required=True)
    subscriber = fields.String()
    state = fields.String(validate=validate.OneOf(ROW_STATES))
    reason = fields.String(allow_none=True)
    language = fields.String()
    attempts = fields.Integer()
    at = Utc(allow_none=True)


CampaignDeliveryPage = page_of(CampaignDelivery, "CampaignDeliveryPage")
