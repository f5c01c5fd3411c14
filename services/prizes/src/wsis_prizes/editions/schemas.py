"""Editions as everybody sees them, and what officers set."""

from __future__ import annotations

from typing import Unpack

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.field_options import FieldOptions
from wsis_shared.finalists import TIE_RULES
from wsis_shared.json_types import Input
from wsis_shared.schemas import ActionLine, RequestSchema, ResponseSchema, Text, Utc, reason

# Texts whose length an edition may limit.
LIMITED = ("title", "short_description", "impact", "partnerships", "challenges", "timeframe")


class Year(fields.String):
    """An edition: its year as text, "2017"."""

    def __init__(self, **options: Unpack[FieldOptions]) -> None:
        super().__init__(validate=validate.Regexp(r"\A[12]\d{3}\Z", error="A year of four digits."), **options)


class Phase(ResponseSchema):
    """A phase with its dates in UTC and as the wall shows them in Geneva."""

    number = fields.Integer()
    roman = fields.String()
    code = fields.String()
    title = fields.String(metadata={"description": "In the reader's language"})
    titles = fields.Dict(keys=fields.String(), values=fields.String())
    start = Utc()
    end = Utc(metadata={"description": "What arrives at this very moment is late"})
    start_geneva = fields.String()
    end_geneva = fields.String()
    current = fields.Boolean()


class Conflict(ResponseSchema):
    """Two phases that an officer should look at."""

    phase = fields.String()
    with_ = fields.String(data_key="with", attribute="with")
    kind = fields.String(metadata={"description": "overlaps or ends_first"})


class Settings(ResponseSchema):
    """What officers set for an edition."""

    nominees_cap = fields.Integer(allow_none=True)
    jurors_per_project = fields.Integer()
    tie_rule = fields.String()
    every_category = fields.Boolean()
    finalists_per_category = fields.Integer()
    one_per_entity = fields.Boolean()
    past_winners_eligible = fields.Boolean()
    same_project_twice = fields.Boolean()


class Marks(ResponseSchema):
    """What has been done in public."""

    nominees_published = fields.Boolean()
    champions_announced = fields.Boolean()
    winners_released = fields.Boolean()


class Edition(ResponseSchema):
    """An edition as everybody sees it."""

    edition = fields.String()
    title = fields.String(metadata={"description": "In the reader's language"})
    titles = fields.Dict(keys=fields.String(), values=fields.String())
    current = fields.List(fields.String(), metadata={"description": "Codes of the phases that are on now"})
    phases = fields.List(fields.Nested(Phase))
    conflicts = fields.List(fields.Nested(Conflict))
    categories = fields.List(fields.String())
    settings = fields.Nested(Settings)
    revision = fields.String(metadata={"description": "Of settings, categories and word limits"})
    done = fields.Nested(Marks)


class EditionList(ResponseSchema):
    """All editions, the newest first."""

    items = fields.List(fields.Nested(Edition))
    next = fields.String(allow_none=True)


class NewEdition(RequestSchema):
    """A new edition, from the settings of another."""

    edition = Year(required=True)
    copy_from = Year(load_default="2017")
    reason = Text(load_default="New edition", max_length=2000, many_lines=True)


class Words(RequestSchema):
    """Limits of one text, in words; null for none."""

    min_words = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=0, max=5000))
    max_words = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=1, max=5000))

    @validates_schema
    def ordered(self, data: Input, **_: object) -> None:
        """The least is not above the most."""
        least, most = data.get("min_words"), data.get("max_words")
        if least is not None and most is not None and least > most:
            raise ValidationError("min_words is above max_words.")


class SettingsPatch(RequestSchema):
    """What to change; what is not named stays. With a `revision`, that of the reading, it is refused after any
    other."""

    nominees_cap = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=1, max=1000))
    jurors_per_project = fields.Integer(strict=True, validate=validate.Range(min=1, max=20))
    tie_rule = fields.String(validate=validate.OneOf(TIE_RULES))
    every_category = fields.Boolean()
    finalists_per_category = fields.Integer(strict=True, validate=validate.Range(min=1, max=50))
    one_per_entity = fields.Boolean()
    past_winners_eligible = fields.Boolean()
    same_project_twice = fields.Boolean()
    categories = fields.List(ActionLine(), validate=validate.Length(min=1, max=18))
    words = fields.Dict(
        keys=fields.String(validate=validate.OneOf(LIMITED)),
        values=fields.Nested(Words),
        metadata={"description": "Limits by field, for example short_description"},
    )
    revision = fields.String(validate=validate.Length(max=64))
    reason = reason()
