"""The agenda: rooms, slots, placements, clashes."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import ONE_LANGUAGE, Id, Locale, Localised, RequestSchema, ResponseSchema, Text, Utc

from wsis_consultation.editions.schemas import is_date
from wsis_consultation.programme.schemas.public import ChangedSession, SessionName

# Themes: groups of submissions and requests.


class RequestReference(RequestSchema):
    """A binding request of a submission."""

    submission = Id(required=True)
    request = Id(required=True)


class ThemeBody(RequestSchema):
    """A change of a theme: its texts, and all that belongs to it."""

    title = Localised(change=True, required=True, max_length=200, validate=ONE_LANGUAGE)
    description = Localised(change=True, load_default=dict, max_length=2000)
    submissions = fields.List(Id(), load_default=list, validate=validate.Length(max=1000))
    requests = fields.List(fields.Nested(RequestReference), load_default=list, validate=validate.Length(max=1000))


class NewTheme(ThemeBody):
    """A theme, with what belongs to it."""

    title = Localised(required=True, max_length=200, validate=ONE_LANGUAGE)
    description = Localised(load_default=dict, max_length=2000)


class TypeCount(ResponseSchema):
    """How many submissions of a stakeholder type."""

    stakeholder_type = fields.String(required=True)
    count = fields.Integer(required=True)


class Theme(ResponseSchema):
    """A theme with its counts."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    title = Localised(required=True)
    description = Localised()
    submissions = fields.List(fields.String(), required=True)
    requests = fields.List(fields.Nested(RequestReference), required=True)
    submission_count = fields.Integer(required=True, metadata={"description": "Submissions of its requests included"})
    by_stakeholder_type = fields.List(fields.Nested(TypeCount), required=True)


class Themes(ResponseSchema):
    """All themes of an edition."""

    items = fields.List(fields.Nested(Theme), required=True)


MOST_SESSIONS = 1000
CODE = validate.Regexp(r"\A[A-Za-z0-9._-]{1,20}\Z", error="Not an id.")
WALL = validate.Regexp(r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z", error="Not a time like 09:30.")


class Room(RequestSchema):
    """A room; `booths` is the number of languages that can be interpreted in it."""

    code = fields.String(required=True, validate=CODE)
    name = Text(required=True, max_length=100)
    names = Localised(
        load_default=dict, max_length=100, metadata={"description": "In other languages; elsewhere `name` stands"}
    )
    capacity = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=20_000))
    booths = fields.Integer(load_default=0, strict=True, validate=validate.Range(min=0, max=10))
    equipment = fields.List(Id(), load_default=list, validate=validate.Length(max=20))
    remote = fields.Boolean(load_default=True, metadata={"description": "Whether remote speakers can be heard"})


class Slot(RequestSchema):
    """A time in which sessions usually take place, in wall time of the Forum."""

    date = fields.String(required=True, validate=is_date)
    start = fields.String(required=True, validate=WALL)
    end = fields.String(required=True, validate=WALL)


class Setup(RequestSchema):
    """What the Forum offers. `interpreters`: teams by language, empty: as many as needed; `organizers_in_parallel`:
    sessions that an organizer (by key) can hold at a time, by default one."""

    revision = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1_000_000_000))
    rooms = fields.List(fields.Nested(Room), required=True, validate=validate.Length(max=100))
    slots = fields.List(fields.Nested(Slot), required=True, validate=validate.Length(max=300))
    interpreters = fields.Dict(
        keys=Locale(), values=fields.Integer(strict=True, validate=validate.Range(min=0, max=100)), load_default=dict
    )
    organizers_in_parallel = fields.Dict(
        keys=Text(max_length=200),
        values=fields.Integer(strict=True, validate=validate.Range(min=1, max=100)),
        load_default=dict,
        validate=validate.Length(max=200),
    )
    turnaround = fields.Integer(load_default=10, strict=True, validate=validate.Range(min=0, max=120))


class Change(RequestSchema):
    """A session in a room from a moment on; room and start null: without a place."""

    session = Id(required=True)
    room = fields.String(required=True, allow_none=True, validate=CODE)
    start = Utc(required=True, allow_none=True)
    pinned = fields.Boolean(load_default=False, metadata={"description": "A suggestion leaves it where it is"})


class Check(RequestSchema):
    """Changes to be checked, not saved."""

    changes = fields.List(fields.Nested(Change), required=True, validate=validate.Length(max=MOST_SESSIONS))
    revision = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(min=0, max=1_000_000_000),
        metadata={"description": "Of no effect: a check saves nothing"},
    )


class Placements(Check):
    """Changes to be saved on the revision that was read."""

    revision = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1_000_000_000))


class Suggest(RequestSchema):
    """What a suggestion leaves in place: all placements, or the pinned ones."""

    keep = fields.String(load_default="all", validate=validate.OneOf(["all", "pinned"]))


class Publish(RequestSchema):
    """A new version. With hard clashes in the agenda it needs a reason."""

    kind = fields.String(required=True, validate=validate.OneOf(["draft_agenda", "programme"]))
    note = Localised(load_default=dict, max_length=1000)
    reason = Text(load_default=None, allow_none=True, max_length=1000)


class Clash(ResponseSchema):
    """Sessions that cannot all be as they are; a soft clash should only be avoided."""

    kind = fields.String(required=True)
    hard = fields.Boolean(required=True)
    sessions = fields.List(fields.String(), required=True)
    name = fields.String(required=True, metadata={"description": "The room, the key of the person, the language..."})
    start = Utc(required=True)
    message = fields.String(required=True)


class Placement(ResponseSchema):
    """Where and when a session is."""

    session = fields.String(required=True)
    room = fields.String(allow_none=True)
    start = Utc(allow_none=True)
    end = Utc(allow_none=True)
    pinned = fields.Boolean()


class AgendaSession(ResponseSchema):
    """An accepted session, as the board shows it."""

    id = fields.String(required=True)
    code = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "In the reader's language"})
    type = fields.String(required=True)
    duration = fields.Integer(required=True, metadata={"description": "Minutes"})


class Agenda(ResponseSchema):
    """The agenda with its revision."""

    edition = fields.String(required=True)
    revision = fields.Integer(required=True)
    published = fields.String(allow_none=True, metadata={"description": "Number of the last version"})
    rooms = fields.List(fields.Nested(Room), required=True)
    slots = fields.List(fields.Nested(Slot), required=True)
    interpreters = fields.Dict(required=True)
    organizers_in_parallel = fields.Dict(required=True)
    turnaround = fields.Integer(required=True)
    placements = fields.List(fields.Nested(Placement), required=True)
    unplaced = fields.List(fields.String(), required=True, metadata={"description": "Accepted sessions"})
    withdrawn = fields.List(
        fields.String(),
        metadata={"description": "Accepted sessions of which a submission was withdrawn: to be decided"},
    )
    clashes = fields.List(fields.Nested(Clash), required=True)
    sessions = fields.List(fields.Nested(AgendaSession), metadata={"description": "All that are accepted"})


class AgendaDifference(ResponseSchema):
    """What a publication would change, and whom it would tell."""

    since = fields.String(allow_none=True, required=True, metadata={"description": "The last version"})
    added = fields.List(fields.Nested(SessionName), required=True)
    removed = fields.List(fields.Nested(SessionName), required=True)
    changed = fields.List(fields.Nested(ChangedSession), required=True)
    announced = fields.Integer(required=True, metadata={"description": "Sessions whose authors would get a mail"})
    clashes = fields.Integer(required=True, metadata={"description": "Hard ones, for which a reason is needed"})


class Checked(ResponseSchema):
    """The clashes that the agenda would have."""

    clashes = fields.List(fields.Nested(Clash), required=True)


class Unplaced(ResponseSchema):
    """A session for which no place was found: `room` or `time` (none fits), `occupied`."""

    session = fields.String(required=True)
    reason = fields.String(required=True)


class Suggestion(ResponseSchema):
    """Changes that an officer may save, on this revision."""

    revision = fields.Integer(required=True)
    changes = fields.List(fields.Nested(Placement), required=True)
    unplaced = fields.List(fields.Nested(Unplaced), required=True)
    clashes = fields.List(fields.Nested(Clash), required=True)


class PlacedByJob(ResponseSchema):
    """The result of the job that places all sessions."""

    revision = fields.Integer(required=True)
    placed = fields.Integer(required=True)
    unplaced = fields.Integer(required=True)


class Published(ResponseSchema):
    """The result of a publication."""

    number = fields.String(required=True)
    sessions = fields.Integer(required=True)
    mails = fields.Integer(required=True, metadata={"description": "To authors"})
