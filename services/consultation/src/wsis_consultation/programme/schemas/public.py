"""The published programme, as everybody reads it."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import ActionLine, Id, Locale, Localised, RequestSchema, ResponseSchema, Text, Utc

from wsis_consultation.editions.schemas import is_date
from wsis_consultation.programme.schemas.outcomes import Outcome


class ProgrammeQuery(RequestSchema):
    """Filters; all must fit."""

    day = fields.String(validate=is_date)
    track = Id()
    type = Id()
    room = Id()
    theme = Id()
    action_line = ActionLine()
    sdg = fields.Integer(validate=validate.Range(min=1, max=17))
    language = Locale(metadata={"description": "Of the floor, or interpreted"})
    text = Text(max_length=100)


class CalendarQuery(RequestSchema):
    """Which part of the programme."""

    day = fields.String(validate=is_date)
    room = Id()
    track = Id()
    action_line = ActionLine()
    session = Id(metadata={"description": "Code of a session"})


class DifferenceQuery(RequestSchema):
    """The version to compare with."""

    since = fields.String(
        load_default=None,
        validate=validate.Regexp(r"\A\d{1,3}\.\d{1,4}\Z"),
        metadata={"description": "By default the version before"},
    )


class Speaker(ResponseSchema):
    """Who speaks."""

    name = fields.String(required=True)
    organization = fields.String(allow_none=True)
    role = fields.String(required=True)
    remote = fields.Boolean(required=True)


class SessionBrief(ResponseSchema):
    """A session in the programme."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    code = fields.String(required=True)
    type = fields.String(required=True)
    type_title = fields.String(required=True, metadata={"description": "In the reader's language"})
    track = fields.String(required=True)
    title = fields.String(required=True)
    titles = Localised(required=True)
    language = fields.String(required=True)
    interpretation = fields.List(fields.String(), required=True)
    organizers = fields.List(fields.String(), required=True)
    speakers = fields.List(fields.Nested(Speaker), required=True)
    action_lines = fields.List(fields.String(), required=True)
    sdgs = fields.List(fields.Integer(), required=True)
    theme = fields.String(allow_none=True)
    room = fields.String(required=True)
    room_name = fields.String(required=True)
    start = Utc(required=True)
    end = Utc(required=True)
    receipts = fields.List(
        fields.String(), required=True, metadata={"description": "Numbers of the submissions it came from"}
    )


class TypeOfProgramme(ResponseSchema):
    """A type of which there are sessions."""

    code = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "In the reader's language"})


class Programme(ResponseSchema):
    """The last published version, or the sessions of it that fit."""

    edition = fields.String(required=True)
    version = fields.String(required=True)
    kind = fields.String(required=True)
    published_at = Utc(required=True)
    time_zone = fields.String(required=True)
    note = fields.String(allow_none=True)
    days = fields.List(fields.String(), required=True)
    types = fields.List(
        fields.Nested(TypeOfProgramme), required=True, metadata={"description": "Those that `type` can choose"}
    )
    total = fields.Integer(required=True)
    sessions = fields.List(fields.Nested(SessionBrief), required=True)


class CancelledWhy(ResponseSchema):
    """Why a session is cancelled, in the reader's language where it was said in it."""

    text = fields.String(required=True)
    language = fields.String(required=True)


class PublicSession(SessionBrief):
    """A session with its abstract, and its outcome once it is filed."""

    state = fields.String(metadata={"description": "confirmed, or cancelled: it no longer takes place"})
    cancelled_why = fields.Nested(CancelledWhy, allow_none=True)

    abstract = fields.String(required=True)
    outcome = fields.Nested(Outcome, allow_none=True)
    logo = fields.Boolean(required=True)


class VersionRow(ResponseSchema):
    """A version of the programme."""

    number = fields.String(required=True)
    kind = fields.String(required=True)
    published_at = Utc(required=True)
    note = fields.String(allow_none=True)


class Versions(ResponseSchema):
    """All versions, the newest first."""

    items = fields.List(fields.Nested(VersionRow), required=True)


class SessionName(ResponseSchema):
    """A session in a difference."""

    session = fields.String(required=True)
    number = fields.Integer(required=True)
    title = Localised(required=True)


class FieldChange(ResponseSchema):
    """A field of a session in both versions."""

    field = fields.String(required=True)
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class ChangedSession(SessionName):
    """A session that is in both versions and differs."""

    changes = fields.List(fields.Nested(FieldChange), required=True)


class Difference(ResponseSchema):
    """What differs between two versions."""

    number = fields.String(required=True)
    since = fields.String(allow_none=True, required=True, metadata={"description": "Null of the first version"})
    added = fields.List(fields.Nested(SessionName), required=True)
    removed = fields.List(fields.Nested(SessionName), required=True)
    changed = fields.List(fields.Nested(ChangedSession), required=True)


class Schedule(ResponseSchema):
    """{"schedule": {version, base_url, conference: {...}}} as conference apps read it."""

    schedule = fields.Dict(required=True)
