"""Input and output of dates."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.schemas import Localised, RequestSchema, ResponseSchema, Text, Utc, reason

from wsis_consultation.editions.rules import phases
from wsis_consultation.editions.schemas import (
    Conflict,
    Edition,
    Forum,
    Phase,
    Titles,
    high_level_days_field,
    is_date,
)

MAX_PHASES = 20
_VENUE_NAMES = {"description": "In other languages; elsewhere `venue` stands"}


class DatesRead(RequestSchema):
    """What a change of dates is made from."""

    base = fields.Integer(
        strict=True,
        validate=validate.Range(min=0, max=10**9),
        metadata={"description": "`version` of the dates that were read; refused where they were changed by now"},
    )


class Phases(ResponseSchema):
    """The phases of an edition."""

    edition = fields.String(required=True)
    time_zone = fields.String(required=True)
    current = fields.String(allow_none=True, metadata={"description": "Code of the current phase"})
    items = fields.List(fields.Nested(Phase), required=True)


class ForumChange(DatesRead):
    """Other days, venue or theme of a Forum; what is not named stays."""

    starts_on = fields.String(validate=is_date)
    ends_on = fields.String(validate=is_date)
    high_level_days = high_level_days_field()
    venue = Titles()
    theme = Titles()
    reason = reason()

    @validates_schema
    def something(self, data: Input, **_: object) -> None:
        """A change names a field."""
        if set(data) <= {"reason", "base"}:
            raise ValidationError("Name what changes.", "starts_on")


class PhaseMove(DatesRead):
    """New times or texts of a phase; what is not named stays."""

    start = Utc()
    end = Utc()
    title = Titles()
    venue = Text(allow_none=True, max_length=200)
    venue_names = Localised(max_length=200, metadata=_VENUE_NAMES)
    remote = fields.Boolean()
    reason = reason()

    @validates_schema
    def something(self, data: Input, **_: object) -> None:
        """A change names a field."""
        if set(data) <= {"reason", "base"}:
            raise ValidationError("Name what changes.", "start")


class NewPhase(RequestSchema):
    """A phase as announced."""

    code = fields.String(
        required=True,
        validate=validate.Regexp(
            r"\A[a-z][a-z0-9_]{0,59}\Z", error="Lower-case letters, digits and underscores; a letter first."
        ),
    )
    kind = fields.String(required=True, validate=validate.OneOf(phases.KINDS))
    title = Titles(required=True)
    start = Utc(required=True)
    end = Utc(required=True)
    venue = Text(load_default=None, allow_none=True, max_length=200)
    venue_names = Localised(load_default=dict, max_length=200, metadata=_VENUE_NAMES)
    remote = fields.Boolean(load_default=True)


class AddedPhase(NewPhase):
    """A phase that takes its place by its start."""

    reason = reason()


class PhaseRemoval(RequestSchema):
    """Why a phase goes."""

    reason = reason()


class NewPhases(RequestSchema):
    """All phases of an edition, in their order."""

    phases = fields.List(fields.Nested(NewPhase), required=True, validate=validate.Length(min=1, max=MAX_PHASES))
    reason = reason()

    @validates_schema
    def codes_differ(self, data: Input, **_: object) -> None:
        """A code names one phase."""
        codes = [phase["code"] for phase in data["phases"]]
        if len(set(codes)) < len(codes):
            raise ValidationError("Each code may stand once.", "phases")


class AddedDeadline(RequestSchema):
    """A further deadline."""

    code = fields.String(
        required=True,
        validate=validate.Regexp(
            r"\A[a-z][a-z0-9_]{0,59}\Z", error="Lower-case letters, digits and underscores; a letter first."
        ),
    )
    title = Titles(required=True)
    at = Utc(required=True)
    reason = reason()


class DeadlineMove(DatesRead):
    """A new moment of a deadline."""

    at = Utc(required=True)
    reason = reason()


class DateChange(ResponseSchema):
    """A phase or a deadline with its times before and after, null where there were or are none; or a fact of the Forum
    with its text before and after."""

    what = fields.String(metadata={"description": "phase, deadline or forum"})
    code = fields.String(metadata={"description": "Of the Forum: days, high_level_days, venue or theme"})
    start = Utc(allow_none=True)
    end = Utc(allow_none=True)
    former_start = Utc(allow_none=True)
    former_end = Utc(allow_none=True)
    text = fields.String(allow_none=True, metadata={"description": "In the reader's language"})
    former_text = fields.String(allow_none=True, metadata={"description": "In the reader's language"})


class Revision(ResponseSchema):
    """A change of dates: who, when, why."""

    at = Utc()
    by = fields.String()
    reason = fields.String()
    changes = fields.List(fields.Nested(DateChange))


class Revisions(ResponseSchema):
    """The changes of dates of an edition, the newest first."""

    items = fields.List(fields.Nested(Revision))
    next = fields.String(allow_none=True)


class DatesPreview(ResponseSchema):
    """What a change of dates would do."""

    changes = fields.List(fields.Nested(DateChange), required=True)
    conflicts = fields.List(fields.Nested(Conflict), required=True, metadata={"description": "That would then stand"})
    notices = fields.Integer(required=True, metadata={"description": "People who would get a mail"})


class ManagedPhase(Phase):
    """A phase with its title in all languages, and its venue as it was written."""

    titles = Localised(required=True)
    venue_names = Localised(required=True, metadata=_VENUE_NAMES)


class ManagedForum(Forum):
    """The Forum with its texts in all languages."""

    venues = Localised(required=True)
    themes = Localised(required=True)


class ManagedEdition(Edition):
    """An edition as officers see it."""

    forum = fields.Nested(ManagedForum)
    phases = fields.List(fields.Nested(ManagedPhase))
    contacts = fields.Integer(required=True, metadata={"description": "People who get a mail when dates change"})
    version = fields.Integer(required=True, metadata={"description": "Grows with each change of its dates and texts"})


class NoticesSent(ResponseSchema):
    """How many people get a notice."""

    notices = fields.Integer()


class Calendar(ResponseSchema):
    """An iCalendar file."""

    text = fields.String()
    filename = fields.String()
