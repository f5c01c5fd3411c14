"""Physical meetings: what officers arrange and everybody reads."""

from __future__ import annotations

from typing import Unpack
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, validate
from wsis_shared.blobs import Upload
from wsis_shared.field_options import FieldOptions
from wsis_shared.schemas import ONE_LANGUAGE, Locale, Localised, RequestSchema, ResponseSchema, Text, Utc, reason

from wsis_consultation.meetings.rules import schedule
from wsis_consultation.meetings.rules.minutes import MARKS

_ZONES = frozenset(available_timezones())
_STATES = {"description": "scheduled or cancelled"}
_ZONED = {"description": "Wall time in the zone of the meeting, with its offset"}
_READER = {"description": "Wall time in the zone that the reader asked for"}


class TimeZone(fields.String):
    """A name of the IANA time zone database: "Africa/Kigali"."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        name: str = super()._deserialize(value, attr, data, **kwargs)
        if name not in _ZONES:
            raise ValidationError("Unknown time zone: a name such as Europe/Zurich.")
        return name


# RFC 3986: ASCII without quotes, brackets and spaces, so that a link ends where it seems to; no user before the host,
# who could look like another host.
_LINK = r"\Ahttps://(?![^/?#]*@)[!#-;=?-\[\]_a-z~]+\Z"


def https_url(**options: Unpack[FieldOptions]) -> fields.Url:
    """A link that leads where it seems to lead."""
    valid = [validate.Length(max=1000), validate.Regexp(_LINK, error="Not a valid URL.")]
    return fields.Url(schemes={"https"}, validate=valid, **options)


def _title(**options: Unpack[FieldOptions]) -> Localised:
    return Localised(max_length=300, validate=ONE_LANGUAGE, **options)


class Reason(RequestSchema):
    """Why an officer does it."""

    reason = reason()


class ZoneQuery(RequestSchema):
    """Where the reader is."""

    time_zone = TimeZone(load_default=None, metadata={"description": "IANA name; adds times in this zone"})


class AgendaItemBody(RequestSchema):
    """An item of the agenda."""

    title = _title(required=True)
    minutes = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=600))
    presenter = Text(max_length=300, load_default=None, allow_none=True)


class MeetingLinkBody(RequestSchema):
    """A recording, or captions as WebVTT, in a language."""

    url = https_url(required=True)
    language = Locale(required=True)


class MeetingFields(RequestSchema):
    """What officers arrange. What is not named stays."""

    languages = fields.List(Locale(), validate=validate.Length(max=7))
    capacity = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(min=0, max=100_000),
        metadata={"description": "Places in the room; null: no limit"},
    )
    join_url = https_url(allow_none=True, metadata={"description": "Shown to registered remote participants only"})
    speaking_seconds = fields.Integer(strict=True, validate=validate.Range(min=10, max=3600))
    agenda = fields.List(fields.Nested(AgendaItemBody), validate=validate.Length(max=50))
    recordings = fields.List(fields.Nested(MeetingLinkBody), validate=validate.Length(max=20))
    captions = fields.List(fields.Nested(MeetingLinkBody), validate=validate.Length(max=20))


class NewMeeting(MeetingFields):
    """A meeting beside those of the phases."""

    kind = fields.String(
        validate=validate.OneOf(schedule.OCCASIONS),
        metadata={"description": "forum: the Forum itself, once in an edition; its Outcome Document counts who came"},
    )
    title = _title(required=True)
    start = Utc(required=True)
    end = Utc(required=True)
    time_zone = TimeZone(load_default="Europe/Zurich")
    venue = Text(max_length=300, load_default=None, allow_none=True)
    remote = fields.Boolean(load_default=True)
    reason = reason()


class MeetingPatch(MeetingFields):
    """A change. Title, times and venue of the meeting of a phase are those of the phase."""

    title = Localised(change=True, max_length=300, validate=ONE_LANGUAGE)
    start = Utc()
    end = Utc()
    time_zone = TimeZone()
    venue = Text(max_length=300, allow_none=True)
    remote = fields.Boolean()
    state = fields.String(validate=validate.OneOf((schedule.SCHEDULED, schedule.CANCELLED)))
    reason = reason()


class AgendaItem(ResponseSchema):
    """An item of the agenda with its start."""

    title = fields.String(required=True)
    minutes = fields.Integer(required=True)
    presenter = fields.String(allow_none=True)
    start = Utc(required=True)


DOCUMENT_FILE = Upload(
    max_bytes=20_000_000,
    media_types=("application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
)


class DocumentBody(RequestSchema):
    """What a document is called."""

    title = _title(required=True)
    language = Locale(required=True)


class Document(ResponseSchema):
    """A document of a meeting or a discussion."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    language = fields.String(required=True)
    filename = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "Bytes"})
    sha256 = fields.String(required=True)
    at = Utc(required=True)


class MeetingLink(ResponseSchema):
    """A recording or captions."""

    url = fields.String(required=True)
    language = fields.String(required=True)


class Meeting(ResponseSchema):
    """A meeting as everybody sees it."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    kind = fields.String(metadata={"description": "consultation, or forum: the Forum itself"})
    phase = fields.String(allow_none=True, metadata={"description": "Code of the phase whose meeting it is"})
    title = fields.String(required=True)
    start = Utc(required=True)
    end = Utc(required=True)
    time_zone = fields.String(required=True)
    local_start = fields.String(required=True, metadata=_ZONED)
    local_end = fields.String(required=True, metadata=_ZONED)
    reader_start = fields.String(allow_none=True, metadata=_READER)
    reader_end = fields.String(allow_none=True, metadata=_READER)
    venue = fields.String(allow_none=True)
    remote = fields.Boolean(required=True, metadata={"description": "Whether one can take part remotely"})
    languages = fields.List(fields.String(), required=True, metadata={"description": "Of interpretation"})
    capacity = fields.Integer(allow_none=True)
    places_left = fields.Integer(allow_none=True, metadata={"description": "In the room; null: no limit"})
    speaking_seconds = fields.Integer(required=True, metadata={"description": "Speaking time of an intervention"})
    state = fields.String(required=True, metadata=_STATES)
    agenda = fields.List(fields.Nested(AgendaItem), required=True)
    documents = fields.List(fields.Nested(Document), required=True)
    recordings = fields.List(fields.Nested(MeetingLink), required=True)
    captions = fields.List(fields.Nested(MeetingLink), required=True, metadata={"description": "WebVTT files"})


class Meetings(ResponseSchema):
    """The meetings of an edition in the order of their start."""

    items = fields.List(fields.Nested(Meeting), required=True)


class ManagedAgendaItem(ResponseSchema):
    """An item of the agenda in all its languages."""

    title = Localised(required=True)
    minutes = fields.Integer(required=True)
    presenter = fields.String(allow_none=True)


class ManagedMeeting(ResponseSchema):
    """What officers see of a meeting beside what everybody sees, with its texts in all languages."""

    id = fields.String(required=True)
    title = Localised(required=True)
    agenda = fields.List(fields.Nested(ManagedAgendaItem), required=True)
    start = Utc(required=True)
    end = Utc(required=True)
    state = fields.String(required=True, metadata=_STATES)
    capacity = fields.Integer(allow_none=True)
    join_url = fields.String(allow_none=True)
    on_site = fields.Integer(required=True, metadata={"description": "Registered for the room"})
    remote_participants = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    checked_in = fields.Integer(required=True)


class Reminded(ResponseSchema):
    """How many people were reminded."""

    reminded = fields.Integer(required=True)


class MinutesBody(RequestSchema):
    """A version of the minutes. It has the languages of the version before, unless they are changed or removed."""

    text = Localised(change=True, required=True, max_length=50_000, validate=ONE_LANGUAGE)
    publish = fields.Boolean(load_default=False)
    reason = reason()


class CorrectionBody(RequestSchema):
    """What becomes of a published version: `corrected`, it stays readable with its mark; `withdrawn`, it does not."""

    mark = fields.String(required=True, validate=validate.OneOf(MARKS))
    reason = Text(
        required=True, min_length=3, max_length=1000, many_lines=True, metadata={"description": "Everybody reads it"}
    )
    language = Locale(load_default=None, allow_none=True, metadata={"description": "Of the reason"})


class Correction(ResponseSchema):
    """What became of a published version."""

    mark = fields.String(required=True, validate=validate.OneOf(MARKS))
    reason = fields.String(required=True)
    language = fields.String(required=True)
    at = Utc(required=True)


class MinutesQuery(RequestSchema):
    """Which version."""

    version = fields.Integer(
        load_default=None,
        validate=validate.Range(min=1, max=100_000),
        metadata={"description": "Number; by default the last one that is published"},
    )


class MinutesVersion(ResponseSchema):
    """A version of the minutes, without its text."""

    meeting = fields.String(required=True)
    version = fields.Integer(required=True)
    languages = fields.List(fields.String(), required=True)
    published_at = Utc(allow_none=True)
    at = Utc(required=True)
    correction = fields.Nested(Correction, allow_none=True)


class MinutesCorrections(ResponseSchema):
    """Published versions that were corrected or withdrawn, the last one first."""

    items = fields.List(fields.Nested(MinutesVersion), required=True)


class MaskedMinutes(MinutesVersion):
    """A version, and how many numbers were masked in it."""

    masked = fields.Integer(required=True)


class Minutes(MinutesVersion):
    """A version of the minutes."""

    text = fields.String(required=True)
    language = fields.String(metadata={"description": "Of the text: the reader's, else English, else the first"})


class MinutesVersions(ResponseSchema):
    """All versions, the last one first."""

    items = fields.List(fields.Nested(MinutesVersion), required=True)
    texts = Localised(max_length=50_000, metadata={"description": "Of the last version"})
