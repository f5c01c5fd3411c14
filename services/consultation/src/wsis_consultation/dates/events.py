"""Events of phases, deadlines and the Forum."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import Localised, ResponseSchema, Utc


class ForumChanged(ResponseSchema):
    """The Forum of an edition: its days before and after; its venue and theme by language."""

    edition = fields.String(required=True)
    starts_on = fields.String(required=True)
    ends_on = fields.String(required=True)
    high_level_days = fields.List(fields.String(), required=True)
    venue = fields.Raw(required=True, allow_none=True, metadata={"description": "By language; one text of before"})
    theme = Localised(required=True)
    former_starts_on = fields.String(required=True)
    former_ends_on = fields.String(required=True)
    former_high_level_days = fields.List(fields.String(), required=True)
    reason = fields.String(required=True)


FORUM_CHANGED = EventType(
    "forum_changed",
    "The Forum has other days, another venue or another theme",
    ForumChanged,
    {
        "edition": "2018",
        "starts_on": "2018-03-19",
        "ends_on": "2018-03-23",
        "high_level_days": ["2018-03-20"],
        "venue": {"en": "ITU, Geneva"},
        "theme": {"en": "Leveraging ICTs for the SDGs"},
        "former_starts_on": "2018-05-21",
        "former_ends_on": "2018-05-25",
        "former_high_level_days": ["2018-05-22"],
        "reason": "The conference centre is free in March",
    },
    public=True,
)


class PhaseChanged(ResponseSchema):
    """A phase with its times before and after. A new phase has no former times, a removed one no present times."""

    edition = fields.String(required=True)
    phase = fields.String(required=True)
    start = Utc(required=True, allow_none=True)
    end = Utc(required=True, allow_none=True)
    former_start = Utc(required=True, allow_none=True)
    former_end = Utc(required=True, allow_none=True)
    reason = fields.String(required=True)


PHASE_CHANGED = EventType(
    "phase_changed",
    "A phase of the consultation has new dates, or is new or removed",
    PhaseChanged,
    {
        "edition": "2017",
        "phase": "submissions_deadline",
        "start": "2017-02-28T23:00:00Z",
        "end": "2017-03-01T22:00:00Z",
        "former_start": "2017-02-19T23:00:00Z",
        "former_end": "2017-02-20T22:00:00Z",
        "reason": "Many asked for another week",
    },
    public=True,
)


class DeadlineChanged(ResponseSchema):
    """A deadline before and after."""

    edition = fields.String(required=True)
    deadline = fields.String(required=True)
    at = Utc(required=True)
    former_at = Utc(required=True)
    reason = fields.String(required=True)


class DeadlineAdded(ResponseSchema):
    """A further deadline."""

    edition = fields.String(required=True)
    deadline = fields.String(required=True)
    at = Utc(required=True)
    reason = fields.String(required=True)


DEADLINE_ADDED = EventType(
    "deadline_added",
    "The consultation has a further deadline",
    DeadlineAdded,
    {
        "edition": "2018",
        "deadline": "exhibition_requests",
        "at": "2018-03-01T22:00:00Z",
        "reason": "Stands are few",
    },
    public=True,
)
DEADLINE_CHANGED = EventType(
    "deadline_changed",
    "A deadline of the consultation has moved",
    DeadlineChanged,
    {
        "edition": "2017",
        "deadline": "hltf_nominations",
        "at": "2017-02-01T22:00:00Z",
        "former_at": "2016-11-20T22:00:00Z",
        "reason": "A second call was sent",
    },
    public=True,
)


class DateNotice(ResponseSchema):
    """Whom a change concerns, and which one: the number of the revision, from 0."""

    edition = fields.String(required=True)
    contact = fields.String(required=True)
    revision = fields.Integer(required=True)


DATE_NOTICE_REQUESTED = EventType(
    "date_notice_requested",
    "Somebody is to be told of changed dates",
    DateNotice,
    {"edition": "2017", "contact": "2017-0f3a", "revision": 0},
    notifications=(
        EmailNotification("dates_changed", to="contact", context_provider="describe_revision", kind="dates"),
    ),
)
