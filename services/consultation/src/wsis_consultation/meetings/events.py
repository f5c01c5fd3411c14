"""Events of meetings. All but `meeting_changed` stay within the suite."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema, Utc


class MeetingData(ResponseSchema):
    """A meeting."""

    edition = fields.String(required=True)
    meeting = fields.String(required=True)
    start = Utc(required=True)
    end = Utc(required=True)
    state = fields.String(required=True)


class ParticipantData(ResponseSchema):
    """A participant of a meeting."""

    edition = fields.String(required=True)
    meeting = fields.String(required=True)
    participant = fields.String(required=True)


class MovedData(ParticipantData):
    """What a participant is told of a change."""

    former_start = Utc(required=True)
    former_end = Utc(required=True)
    reason = fields.String(required=True)


class CancelledData(ParticipantData):
    """Why somebody no longer takes part."""

    reason = fields.String(required=True)


class FloorData(ResponseSchema):
    """The list of speakers of a meeting."""

    edition = fields.String(required=True)
    meeting = fields.String(required=True)


class MinutesData(ResponseSchema):
    """A version of the minutes."""

    edition = fields.String(required=True)
    meeting = fields.String(required=True)
    number = fields.Integer(required=True)


class CorrectedData(ParticipantData):
    """What became of minutes: `mark` is corrected or withdrawn."""

    number = fields.Integer(required=True)
    mark = fields.String(required=True)
    reason = fields.String(required=True)


_MEETING = "2017-first_physical_meeting"
_PARTICIPANT = {"edition": "2017", "meeting": _MEETING, "participant": "5d41402abc4b2a76b9719d911017c592"}


def _mail(template: str, kind: str = "") -> tuple[EmailNotification, ...]:
    return (
        EmailNotification(template, to="contact", priority="high", context_provider="participant_details", kind=kind),
    )


MEETING_CHANGED = EventType(
    "meeting_changed",
    "A meeting was opened, changed or cancelled",
    MeetingData,
    {
        "edition": "2017",
        "meeting": _MEETING,
        "start": "2016-10-12T14:30:00Z",
        "end": "2016-10-12T16:00:00Z",
        "state": "scheduled",
    },
    public=True,
)
REGISTRATION_CONFIRMED = EventType(
    "registration_confirmed",
    "Somebody is registered for a meeting",
    ParticipantData,
    _PARTICIPANT,
    notifications=_mail("registration_confirmed"),
)
REGISTRATION_WAITLISTED = EventType(
    "registration_waitlisted",
    "Somebody is on the waiting list of a meeting",
    ParticipantData,
    _PARTICIPANT,
    notifications=_mail("registration_waitlisted"),
)
REGISTRATION_PROMOTED = EventType(
    "registration_promoted",
    "Somebody got a place from the waiting list",
    ParticipantData,
    _PARTICIPANT,
    notifications=_mail("registration_promoted"),
)
PARTICIPANT_REMINDED = EventType(
    "participant_reminded",
    "A participant is reminded of a meeting",
    ParticipantData,
    _PARTICIPANT,
    notifications=_mail("meeting_reminder", kind="reminders"),
)
MEETING_MOVED = EventType(
    "meeting_moved",
    "A participant is told that a meeting has other times",
    MovedData,
    {
        **_PARTICIPANT,
        "former_start": "2016-10-12T14:30:00Z",
        "former_end": "2016-10-12T16:00:00Z",
        "reason": "The room is not available",
    },
    notifications=_mail("meeting_moved"),
)
MEETING_CANCELLED = EventType(
    "meeting_cancelled",
    "A participant is told that a meeting is cancelled",
    MovedData,
    MEETING_MOVED.example,
    notifications=_mail("meeting_cancelled"),
)
REGISTRATION_CANCELLED = EventType(
    "registration_cancelled",
    "An officer cancelled somebody's registration",
    CancelledData,
    {**_PARTICIPANT, "reason": "Registered twice"},
    notifications=(
        EmailNotification(
            "registration_cancelled", to="contact", priority="high", context_provider="cancellation_details"
        ),
    ),
)
FLOOR_CHANGED = EventType(
    "floor_changed", "The list of speakers of a meeting changed", FloorData, {"edition": "2017", "meeting": _MEETING}
)
MINUTES_PUBLISHED = EventType(
    "minutes_published",
    "A version of the minutes of a meeting is public",
    MinutesData,
    {"edition": "2017", "meeting": _MEETING, "number": 2},
)
MINUTES_CORRECTED = EventType(
    "minutes_corrected",
    "A participant is told that minutes are corrected or withdrawn",
    CorrectedData,
    {**_PARTICIPANT, "number": 2, "mark": "corrected", "reason": "The name of a speaker was wrong"},
    notifications=_mail("minutes_corrected"),
)
