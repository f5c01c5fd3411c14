"""Input and output of editions."""

from __future__ import annotations

from datetime import date
from typing import Unpack

from marshmallow import ValidationError, fields, validate
from wsis_shared.field_options import FieldOptions
from wsis_shared.schemas import LOCALES, Localised, RequestSchema, ResponseSchema, Text, Utc, reason


def is_date(value: str) -> None:
    """Raises ValidationError for a text that is no date, or another spelling of one: 2017-W24-1. No year after 2999:
    editions have none."""
    try:
        if date.fromisoformat(value).isoformat() != value or value >= "3000":
            raise ValueError(value)
    except ValueError as error:
        raise ValidationError("Not a date like 2017-06-12.") from error


MAX_HIGH_LEVEL = 20


class Year(fields.String):
    """An edition: its year as text, "2017"."""

    def __init__(self, **options: Unpack[FieldOptions]) -> None:
        super().__init__(validate=validate.Regexp(r"\A[12]\d{3}\Z", error="A year of four digits."), **options)


class Titles(Localised):
    """A title in each of the seven languages."""

    def __init__(self, **options: Unpack[FieldOptions]) -> None:
        super().__init__(max_length=300, **options)

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> dict[str, str]:
        titles: dict[str, str] = super()._deserialize(value, attr, data, **kwargs)
        if missing := [code for code in LOCALES if code not in titles]:
            raise ValidationError({code: ["Needed in all seven languages."] for code in missing})
        return titles


class Phase(ResponseSchema):
    """A phase of the consultation."""

    number = fields.Integer(required=True)
    roman = fields.String(required=True)
    code = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    start = Utc(required=True)
    end = Utc(required=True)
    venue = fields.String(allow_none=True)
    remote = fields.Boolean(required=True, metadata={"description": "Whether one can take part remotely"})
    state = fields.String(required=True, metadata={"description": "past, current or upcoming"})


class Conflict(ResponseSchema):
    """What an officer should look at: two phases, a date and the Forum, or a day of the Forum."""

    phase = fields.String(allow_none=True, metadata={"description": "Or a deadline"})
    with_ = fields.String(data_key="with", attribute="with", metadata={"description": "A phase, or forum"})
    kind = fields.String(
        metadata={"description": "overlaps, ends_first, after_opening, after_end, before_end, weekend"}
    )
    day = fields.String(allow_none=True, metadata={"description": "Of the Forum, on a weekend"})


class Forum(ResponseSchema):
    """The Forum that the consultation prepares: days in Geneva."""

    starts_on = fields.String()
    ends_on = fields.String()
    high_level_days = fields.List(fields.String())
    venue = fields.String(allow_none=True, metadata={"description": "In the reader's language"})
    theme = fields.String(metadata={"description": "In the reader's language"})


class Deadline(ResponseSchema):
    """A deadline beside that of the submissions."""

    code = fields.String()
    title = fields.String(metadata={"description": "In the reader's language"})
    at = Utc(metadata={"description": "What arrives at this very moment is late"})


class Edition(ResponseSchema):
    """The consultation of an edition."""

    edition = fields.String()
    time_zone = fields.String()
    current = fields.String(allow_none=True, metadata={"description": "Code of the current phase"})
    submissions_close_at = Utc()
    forum = fields.Nested(Forum)
    phases = fields.List(fields.Nested(Phase))
    deadlines = fields.List(fields.Nested(Deadline))
    conflicts = fields.List(fields.Nested(Conflict))


class EditionRow(ResponseSchema):
    """An edition in the list."""

    edition = fields.String()
    current = fields.String(allow_none=True, metadata={"description": "Code of the current phase"})
    opens_at = Utc()
    submissions_close_at = Utc()
    forum = fields.Nested(Forum)


class EditionList(ResponseSchema):
    """All editions, the newest first."""

    items = fields.List(fields.Nested(EditionRow))
    next = fields.String(allow_none=True)


def high_level_days_field(**options: Unpack[FieldOptions]) -> fields.List[str]:
    """Days of the Forum with its High-Level Track."""
    return fields.List(fields.String(validate=is_date), validate=validate.Length(min=1, max=MAX_HIGH_LEVEL), **options)


class NewEdition(RequestSchema):
    """A new edition: phases and deadlines from another one, the Forum as announced."""

    edition = Year(required=True)
    copy_from = Year(load_default="2017", data_key="from")
    starts_on = fields.String(required=True, validate=is_date, metadata={"description": "First day of the Forum"})
    ends_on = fields.String(required=True, validate=is_date, metadata={"description": "Last day of the Forum"})
    high_level_days = high_level_days_field(required=True)
    venue = Titles(required=True)
    theme = Titles(required=True)
    reason = Text(load_default="New edition", max_length=2000, many_lines=True)


class EditionRemoval(RequestSchema):
    """Why an edition is removed."""

    reason = reason()
