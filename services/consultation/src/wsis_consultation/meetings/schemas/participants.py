"""Participants of meetings, and the floor."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import (
    Country,
    Id,
    Locale,
    PageQuery,
    Region,
    RequestSchema,
    ResponseSchema,
    StakeholderType,
    Text,
    Utc,
    page_of,
    reason,
)

from wsis_consultation.editions.rules import reference
from wsis_consultation.meetings.rules import floor, registration
from wsis_consultation.meetings.schemas.arrangements import TimeZone
from wsis_consultation.meetings.schemas.audience import Question, ShowOfHands

_RANKS = tuple(row["code"] for row in reference.ranks())
_RANK = {"description": "Of /v1/reference/participant_ranks: counted in the Outcome Document of the Forum"}
_CONSENT = {"description": "Whether name and organization may be shown to everybody when the participant speaks"}


class RegistrationBody(RequestSchema):
    """How a member takes part. The rest is known from the account."""

    mode = fields.String(required=True, validate=validate.OneOf(registration.MODES))
    time_zone = TimeZone(load_default="Europe/Zurich")
    public_name = fields.Boolean(load_default=False, metadata=_CONSENT)


class ParticipantBody(RegistrationBody):
    """Somebody whom officers register; no account is needed."""

    full_name = Text(max_length=200, required=True)
    email = fields.Email(required=True, validate=validate.Length(max=254))
    locale = Locale(load_default="en")
    organization = Text(max_length=300, load_default=None, allow_none=True)
    country = Country(load_default=None, allow_none=True)
    stakeholder_type = StakeholderType(required=True)
    rank = fields.String(validate=validate.OneOf(_RANKS), metadata=_RANK)


class RankBody(RequestSchema):
    """The rank of a participant; null: none is known."""

    rank = fields.String(required=True, allow_none=True, validate=validate.OneOf(_RANKS), metadata=_RANK)
    reason = reason()


class MeetingRegistration(ResponseSchema):
    """A registration as its owner sees it."""

    participant = fields.String(required=True)
    meeting = fields.String(required=True)
    mode = fields.String(required=True, validate=validate.OneOf(registration.MODES))
    state = fields.String(required=True, metadata={"description": "registered, waiting or cancelled"})
    badge_number = fields.String(required=True)
    waiting_before = fields.Integer(allow_none=True, metadata={"description": "People before you on the waiting list"})
    time_zone = fields.String(required=True)
    public_name = fields.Boolean(required=True)
    local_start = fields.String(required=True, metadata={"description": "In the participant's time zone"})
    local_end = fields.String(required=True, metadata={"description": "In the participant's time zone"})
    join_url = fields.String(allow_none=True, metadata={"description": "For registered remote participants"})
    checked_in = fields.Boolean(required=True)
    floor_request = fields.String(allow_none=True, metadata={"description": "My request for the floor that waits"})


class ParticipantsQuery(PageQuery):
    """Filters of the list."""

    mode = fields.String(load_default=None, validate=validate.OneOf(registration.MODES))
    state = fields.String(load_default=None, validate=validate.OneOf(registration.STATES))
    region = Region(load_default=None)
    country = Country(load_default=None)
    stakeholder_type = StakeholderType(load_default=None)
    checked_in = fields.Boolean(load_default=None)


class Participant(ResponseSchema):
    """A participant as officers see them."""

    id = fields.String(required=True)
    number = fields.Integer(required=True, metadata={"description": "On the badge"})
    mode = fields.String(required=True, validate=validate.OneOf(registration.MODES))
    state = fields.String(required=True)
    full_name = fields.String(required=True)
    email = fields.String(required=True)
    locale = fields.String(required=True)
    organization = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    region = fields.String(required=True)
    stakeholder_type = fields.String(allow_none=True)
    rank = fields.String(allow_none=True, metadata=_RANK)
    time_zone = fields.String(required=True)
    public_name = fields.Boolean(required=True)
    registered_at = Utc(required=True)
    checked_in_at = Utc(allow_none=True)


ParticipantPage = page_of(Participant, "ConsultationParticipantPage")


class CheckInBody(RequestSchema):
    """What the QR code of a badge says, or its number."""

    token = fields.String(required=True, validate=validate.Length(min=1, max=200))
    compared = fields.Boolean(metadata={"description": "The officer has compared the name: needed with a number"})


class CheckIn(ResponseSchema):
    """Who has come, or whose number it is."""

    participant = fields.String(required=True)
    badge_number = fields.String(required=True)
    full_name = fields.String(required=True)
    organization = fields.String(allow_none=True)
    checked_in_at = Utc(
        required=True, allow_none=True, metadata={"description": "Null: not yet, the name is to be compared"}
    )
    repeated = fields.Boolean(required=True, metadata={"description": "Whether they were checked in before"})


class InterventionBody(RequestSchema):
    """A request for the floor. Officers name the participant for whom they ask."""

    kind = fields.String(load_default=floor.STATEMENT, validate=validate.OneOf(floor.KINDS))
    language = Locale(required=True, metadata={"description": "Language in which the participant will speak"})
    topic = Text(max_length=300, load_default=None, allow_none=True)
    agenda_item = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(min=1, max=50),
        metadata={"description": "Number of the item on the agenda, from 1"},
    )


class InterventionForBody(InterventionBody):
    """A request for the floor that an officer records for a participant."""

    participant = Id(required=True)


class InterventionPatch(RequestSchema):
    """What was said, in short."""

    summary = Text(max_length=5000, required=True, many_lines=True)
    reason = Text(max_length=1000, load_default=None, allow_none=True, many_lines=True)


class OrderBody(RequestSchema):
    """The ids of all who wait, in the order in which they speak."""

    order = fields.List(Id(), required=True, validate=validate.Length(max=300))


class Order(ResponseSchema):
    """Ids of interventions in their order."""

    order = fields.List(fields.String(), required=True)


class Intervention(ResponseSchema):
    """An intervention as everybody sees it: name and organization only with the participant's consent."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    name = fields.String(allow_none=True)
    organization = fields.String(allow_none=True)
    stakeholder_type = fields.String(allow_none=True)
    mode = fields.String(required=True, validate=validate.OneOf(registration.MODES))
    kind = fields.String(required=True, validate=validate.OneOf(floor.KINDS))
    language = fields.String(required=True)
    topic = fields.String(allow_none=True)
    agenda_item = fields.Integer(allow_none=True)
    state = fields.String(required=True)
    started_at = Utc(allow_none=True)
    ended_at = Utc(allow_none=True)
    seconds = fields.Integer(allow_none=True, metadata={"description": "Speaking time that was used"})
    used_seconds = fields.Integer(metadata={"description": "Speaking time until the last pause"})
    running_since = Utc(allow_none=True, metadata={"description": "Null while the clock stands"})
    over_limit = fields.Boolean(allow_none=True)


class Floor(ResponseSchema):
    """Who speaks, who follows, and the last interventions."""

    meeting = fields.String(required=True)
    limit_seconds = fields.Integer(required=True)
    speaking = fields.Nested(Intervention, allow_none=True)
    waiting = fields.List(fields.Nested(Intervention), required=True, metadata={"description": "In speaking order"})
    recent = fields.List(fields.Nested(Intervention), required=True, metadata={"description": "The last one first"})
    agenda_item = fields.Integer(allow_none=True, metadata={"description": "The item that the chair has called"})
    questions = fields.List(
        fields.Nested(Question), metadata={"description": "Written ones, answered or taken up, the last one first"}
    )
    questions_waiting = fields.Integer(metadata={"description": "Written questions that the chair has not handled"})
    shows_of_hands = fields.List(fields.Nested(ShowOfHands), metadata={"description": "The last one first"})


class InterventionsQuery(PageQuery):
    """Filters of the list."""

    state = fields.String(load_default=None, validate=validate.OneOf(floor.STATES))


class InterventionRow(Intervention):
    """An intervention as officers see it."""

    participant = fields.String(required=True)
    full_name = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    requested_at = Utc(required=True)
    summary = fields.String(allow_none=True)


InterventionPage = page_of(InterventionRow, "InterventionPage")
