"""Input and output of dates."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.schemas import RequestSchema, ResponseSchema, Text, Utc, reason

from wsis_consultation.editions.rules import phases
from wsis_consultation.editions.schemas import Phase, Titles, high_level_days_field, is_date

MAX_PHASES = 20


class Phases(ResponseSchema):
    """The phases of an edition."""

    edition = fields.String(required=True)
    time_zone = fields.String(required=True)
    current = fields.String(allow_none=True, metadata={"description": "Code of the current phase"})
    items = fields.List(fields.Nested(Phase), required=True)


class ForumChange(RequestSchema):
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
        if set(data) <= {"reason"}:
            raise ValidationError("Name what changes.", "starts_on")


class PhaseMove(RequestSchema):
    """New times of a phase; what is not named stays."""

    start = Utc()
    end = Utc()
    reason = reason()

    @validates_schema
    def something(self, data: Input, **_: object) -> None:
        """A move names a time."""
        if "start" not in data and "end" not in data:
            raise ValidationError("Name a start, an end or both.", "start")


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
    remote = fields.Boolean(load_default=True)


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


class DeadlineMove(RequestSchema):
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


class NoticesSent(ResponseSchema):
    """How many people get a notice."""

    notices = fields.Integer()


class Calendar(ResponseSchema):
    """An iCalendar file."""

    text = fields.String()
    filename = fields.String()
