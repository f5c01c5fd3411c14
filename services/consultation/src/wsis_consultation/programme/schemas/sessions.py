"""Sessions as officers and organizers see them."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import (
    ONE_LANGUAGE,
    ActionLine,
    Id,
    Locale,
    Localised,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    Sdg,
    Text,
    Utc,
    page_of,
)

from wsis_consultation.meetings.schemas.arrangements import TimeZone
from wsis_consultation.programme.rules.codes import STATUSES
from wsis_consultation.programme.schemas.agendas import RequestReference

_STATUS = validate.OneOf(STATUSES)
MOST_MINUTES = 7 * 24 * 60


class Organizer(RequestSchema):
    """Who holds a session. The same `key` in two sessions is the same organization; it follows from the name."""

    name = Text(required=True, max_length=200)
    key = Text(load_default=None, allow_none=True, max_length=200)


class Speaker(RequestSchema):
    """Who speaks, in any role. The same `key` in two sessions is the same person; it follows from the name."""

    name = Text(required=True, max_length=120)
    organization = Text(load_default=None, allow_none=True, max_length=200)
    role = fields.String(load_default="speaker", validate=validate.OneOf(["speaker", "moderator", "panellist"]))
    remote = fields.Boolean(load_default=False)
    time_zone = TimeZone(load_default=None, allow_none=True, metadata={"description": "Where a remote speaker is"})
    email = fields.Email(load_default=None, allow_none=True, validate=validate.Length(max=254))


class OfficersSpeaker(Speaker):
    """A speaker; an officer gives two spellings of one person the same key."""

    key = Text(load_default=None, allow_none=True, max_length=200)
    submission = Id(allow_none=True, metadata={"description": "That they came with; by default the former one"})


class Span(RequestSchema):
    """A time at which the organizers can."""

    start = Utc(required=True)
    end = Utc(required=True)


_NOTE = Text(
    allow_none=True, max_length=2000, many_lines=True, metadata={"description": "For officers; nobody else sees it"}
)
_INTERPRETATION = fields.List(Locale(), validate=validate.Length(max=6))
_AVAILABILITY = fields.List(fields.Nested(Span), validate=validate.Length(max=20))


class SessionDetails(RequestSchema):
    """What organizers file before the deadline. Who has no account gives the submission and key of the mailed link."""

    submission = Id(load_default=None, allow_none=True)
    key = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))
    abstract = Text(max_length=5000, many_lines=True)
    language = Locale()
    interpretation = _INTERPRETATION
    availability = _AVAILABILITY
    speakers = fields.List(fields.Nested(Speaker), validate=validate.Length(max=30))


class SessionAccess(RequestSchema):
    """The mailed link of an organizer without an account."""

    submission = Id(required=True)
    key = fields.String(required=True, validate=validate.Length(max=64))


class WithdrawnSession(RequestSchema):
    """Organizers take their session back, with the mailed link where they have no account."""

    submission = Id(load_default=None, allow_none=True)
    key = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))
    reason = Text(
        required=True, min_length=3, max_length=1000, many_lines=True, metadata={"description": "Everybody reads it"}
    )
    language = Locale(required=True, metadata={"description": "Of the reason"})


class SessionChanges(RequestSchema):
    """What officers change."""

    type = Id()
    title = Localised(change=True, max_length=300, validate=ONE_LANGUAGE)
    abstract = Text(max_length=5000, min_length=0, many_lines=True)
    language = Locale()
    interpretation = _INTERPRETATION
    availability = _AVAILABILITY
    organizers = fields.List(fields.Nested(Organizer), validate=validate.Length(max=20))
    speakers = fields.List(fields.Nested(OfficersSpeaker), validate=validate.Length(max=30))
    action_lines = fields.List(ActionLine(), validate=validate.Length(max=18))
    sdgs = fields.List(Sdg(), validate=validate.Length(max=17))
    duration = fields.Integer(
        strict=True, validate=validate.Range(min=5, max=MOST_MINUTES), metadata={"description": "Minutes"}
    )
    capacity = fields.Integer(
        strict=True, validate=validate.Range(min=0, max=20_000), metadata={"description": "Seats that it needs"}
    )
    equipment = fields.List(Id(), validate=validate.Length(max=10))
    theme = Id(allow_none=True)
    note = _NOTE


class NewSession(SessionChanges):
    """A session that nobody requested: an opening, a ceremony."""

    type = Id(required=True)
    title = Localised(required=True, max_length=300, validate=ONE_LANGUAGE)


class FromRequests(RequestSchema):
    """Requests that become sessions: each its own, all together one (`merge`), or a part of one that exists (`into`,
    its id)."""

    requests = fields.List(fields.Nested(RequestReference), required=True, validate=validate.Length(min=1, max=100))
    merge = fields.Boolean(load_default=False)
    into = Id(load_default=None, allow_none=True)


class Made(ResponseSchema):
    """The sessions of the requests: those made now, and those that were there."""

    made = fields.List(fields.String(), required=True)
    present = fields.List(fields.String(), required=True)


class MadeOfAll(ResponseSchema):
    """The result of the job that makes sessions of all requests."""

    made = fields.Integer(required=True)


class NewStatus(RequestSchema):
    """A decision on a session. Its authors are told when the next version is published."""

    status = fields.String(required=True, validate=_STATUS)
    reason = Text(
        load_default=None,
        allow_none=True,
        max_length=1000,
        many_lines=True,
        metadata={"description": "For the authors, word for word"},
    )
    note = _NOTE
    notice = Localised(
        max_length=1000, metadata={"description": "Why it is cancelled, for everybody: on its page, by language"}
    )


MAX_OF_PAGE = 400  # sessions


class ManyDecisions(RequestSchema):
    """One decision on many sessions. Their authors are told when the next version is published."""

    sessions = fields.List(Id(), required=True, validate=validate.Length(min=1, max=500))
    status = fields.String(required=True, validate=_STATUS)
    reason = Text(
        load_default=None,
        allow_none=True,
        max_length=1000,
        many_lines=True,
        metadata={"description": "For the authors, word for word"},
    )


class Decided(ResponseSchema):
    """How many sessions have another status now."""

    decided = fields.Integer(required=True)


class LateDetails(RequestSchema):
    """Lets the organizers of a session file details after the deadline."""

    reason = Text(required=True, max_length=500)


class Reminded(ResponseSchema):
    """How many sessions lack their details."""

    sessions = fields.Integer(required=True)
    mails = fields.Integer(required=True)


class KnownSpeaker(ResponseSchema):
    """A speaker and the codes of their sessions."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    sessions = fields.List(fields.String(), required=True)


class SpeakerPair(ResponseSchema):
    """Two speakers who may be one person."""

    likeness = fields.Integer(required=True, metadata={"description": "Percent"})
    speakers = fields.List(fields.Nested(KnownSpeaker), required=True)


class SimilarSpeakers(ResponseSchema):
    """Pairs, the likeliest first."""

    items = fields.List(fields.Nested(SpeakerPair), required=True)


class SessionQuery(PageQuery):
    """Filters of the officers' list, of which one page has what one decision takes from a form of the web."""

    limit = fields.Integer(
        load_default=20,
        validate=validate.Range(min=1, max=MAX_OF_PAGE),
        metadata={"description": f"Rows, at most {MAX_OF_PAGE}"},
    )
    status = fields.String(validate=_STATUS)
    type = Id()
    track = Id()
    theme = Id()
    action_line = ActionLine()
    sdg = fields.Integer(validate=validate.Range(min=1, max=17))
    details = fields.String(validate=validate.OneOf(["filed", "missing"]))
    outcome = fields.String(validate=validate.OneOf(["filed", "missing"]))


class SessionRow(ResponseSchema):
    """A session in a list."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    code = fields.String(required=True)
    status = fields.String(required=True, validate=_STATUS)
    type = fields.String(required=True)
    type_title = Localised(required=True)
    track = fields.String(required=True)
    title = Localised(required=True)
    organizers = fields.List(fields.String(), required=True)
    action_lines = fields.List(fields.String(), required=True)
    sdgs = fields.List(fields.Integer(), required=True)
    duration = fields.Integer(required=True)
    theme = fields.String(allow_none=True)
    details_at = Utc(allow_none=True)
    outcome_at = Utc(allow_none=True)


class Logo(ResponseSchema):
    """A picture of the organizers."""

    filename = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)


class Session(SessionRow):
    """A session with everything that its organizers may see: speakers, submissions and requests that are theirs, the
    status and the reason as last published."""

    edition = fields.String(required=True)
    version = fields.Integer(required=True)
    abstract = fields.String()
    language = fields.String()
    interpretation = fields.List(fields.String())
    organizers = fields.List(fields.Nested(Organizer), required=True)
    speakers = fields.List(fields.Nested(OfficersSpeaker), required=True)
    availability = fields.List(fields.Nested(Span))
    capacity = fields.Integer()
    equipment = fields.List(fields.String())
    submissions = fields.List(fields.String(), required=True)
    requests = fields.List(fields.String(), required=True)
    reason = fields.String(allow_none=True)
    details_until = Utc(required=True)
    details_late = fields.Dict(allow_none=True)
    withdrawn_at = Utc(allow_none=True, metadata={"description": "When its organizers took it back"})
    logo = fields.Nested(Logo, allow_none=True)
    outcome = fields.Dict(allow_none=True)


class WholeSession(Session):
    """A session with everything, for officers."""

    note = fields.String(allow_none=True, metadata={"description": "Of officers; nobody else sees it"})
    notice = Localised(metadata={"description": "Why it is cancelled, for everybody"})


class OwnSessions(ResponseSchema):
    """The sessions that an account organizes."""

    items = fields.List(fields.Nested(Session), required=True)


page_of_sessions = page_of(SessionRow, "SessionPage")
