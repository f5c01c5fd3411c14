"""Events of the programme: versions, sessions in them, outcomes, and what their authors are told."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import Localised, ResponseSchema, Utc


class SessionInProgramme(ResponseSchema):
    """A session, without the people in it."""

    edition = fields.String(required=True)
    session = fields.String(required=True)
    number = fields.Integer(required=True)
    code = fields.String(required=True)
    title = Localised(required=True)
    type = fields.String(required=True)
    track = fields.String(required=True)
    action_lines = fields.List(fields.String(), required=True)
    sdgs = fields.List(fields.Integer(), required=True)
    agencies = fields.List(fields.String(), required=True)


class SessionPlace(SessionInProgramme):
    """A session with its place in a version of the programme."""

    version = fields.String(required=True)
    room = fields.String(required=True)
    start = Utc(required=True)
    end = Utc(required=True)


class OutcomeLink(ResponseSchema):
    """An action line and a goal that the session says it supports together."""

    action_line = fields.String(required=True)
    sdg = fields.Integer(required=True)


class SessionOutcome(SessionInProgramme):
    """A session with the links of its outcome, each of which has a rationale there."""

    links = fields.List(fields.Nested(OutcomeLink), required=True)


_SESSION: dict[str, object] = {
    "edition": "2017",
    "session": "9f2c",
    "number": 17,
    "code": "S0000H",
    "title": {"en": "ICTs for health"},
    "type": "thematic_workshop",
    "track": "forum",
    "action_lines": ["C7.e-health"],
    "sdgs": [3],
    "agencies": ["who"],
}
_PLACE: dict[str, object] = {
    **_SESSION,
    "version": "0.2",
    "room": "K",
    "start": "2017-06-12T07:00:00Z",
    "end": "2017-06-12T08:30:00Z",
}
_FACETS = {"action_lines": "action_lines", "sdgs": "sdgs"}

SESSION_SCHEDULED = EventType(
    type="session_scheduled",
    summary="A session has a new room or time in a published version of the programme",
    schema=SessionPlace,
    example=_PLACE,
    public=True,
    facets=_FACETS,
)
SESSION_REMOVED = EventType(
    type="session_removed",
    summary="A session that was in the programme is not in its new version",
    schema=SessionPlace,
    example=_PLACE,
    public=True,
    facets=_FACETS,
)
SESSION_OUTCOME_FILED = EventType(
    type="session_outcome_filed",
    summary="The outcome of a session was filed",
    schema=SessionOutcome,
    example={**_SESSION, "links": [{"action_line": "C7.e-health", "sdg": 3}]},
    public=True,
    facets=_FACETS,
)


class WithdrawnSession(ResponseSchema):
    """A session that its organizers took back."""

    edition = fields.String(required=True)
    session = fields.String(required=True)


SESSION_WITHDRAWN = EventType(
    type="session_withdrawn",
    summary="Its organizers took a session back",
    schema=WithdrawnSession,
    example={"edition": "2017", "session": "5d41402abc4b2a76b9719d911017c592"},
)


class Version(ResponseSchema):
    """A version of the programme."""

    edition = fields.String(required=True)
    number = fields.String(required=True)
    kind = fields.String(required=True)
    sessions = fields.Integer(required=True)


PROGRAMME_PUBLISHED = EventType(
    type="programme_published",
    summary="A version of the draft agenda or of the programme was published",
    schema=Version,
    example={"edition": "2017", "number": "0.2", "kind": "draft_agenda", "sessions": 180},
    public=True,
)


class SessionNotice(ResponseSchema):
    """What the author of one submission is told about a session that was made of it."""

    edition = fields.String(required=True)
    session = fields.String(required=True)
    submission = fields.String(required=True)
    change = fields.String(required=True)
    version = fields.String(required=True)


SESSION_CHANGED = EventType(
    type="session_changed",
    summary="The author of a submission is told what became of the session requested",
    schema=SessionNotice,
    example={"edition": "2017", "session": "9f2c", "submission": "51ab", "change": "scheduled", "version": "0.2"},
    notifications=(
        EmailNotification("session_changed", to="contact", priority="high", context_provider="session_contact"),
    ),
)


class SessionReminder(ResponseSchema):
    """Whom to remind of a session."""

    edition = fields.String(required=True)
    session = fields.String(required=True)
    submission = fields.String(required=True)


SESSION_DETAILS_DUE = EventType(
    type="session_details_due",
    summary="Organizers are reminded of the final description and the panellists of their session",
    schema=SessionReminder,
    example={"edition": "2017", "session": "9f2c", "submission": "51ab"},
    notifications=(
        EmailNotification(
            "session_details_due", to="contact", priority="high", context_provider="session_contact", kind="reminders"
        ),
    ),
)
