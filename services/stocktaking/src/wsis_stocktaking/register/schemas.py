"""The content of an entry, as people and files bring it: every input of the register passes this schema."""

from __future__ import annotations

from datetime import date
from typing import TypeVar, Unpack

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared import reference
from wsis_shared.field_options import FieldOptions
from wsis_shared.json_types import Input
from wsis_shared.schemas import (
    ActionLine,
    Country,
    Locale,
    Localised,
    RequestSchema,
    ResponseSchema,
    Sdg,
    SdgTarget,
    StakeholderType,
    Text,
    Utc,
    Website,
)

from wsis_stocktaking.register.rules.contents import (
    COVERAGES,
    DESCRIPTION_LENGTH,
    FIRST_YEAR,
    KINDS,
    LAST_YEAR,
    MAX_WORDS,
    NAME_LENGTH,
    STATUSES,
    TITLE_LENGTH,
)

MAX_LIST = 60  # of codes
ITU_REGIONS = tuple(region.code for region in reference.itu_regions())
T = TypeVar("T")


def itu_region(**options: Unpack[FieldOptions]) -> fields.String:
    """The code of an ITU region."""
    return fields.String(validate=validate.OneOf(ITU_REGIONS), **options)


class Day(fields.String):
    """A day as text, 2010-01-31, between the years 1950 and 2100."""

    def _deserialize(self, value: object, attr: object, data: object, **kwargs: object) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            day = date.fromisoformat(text) if len(text) == len("2010-01-31") else None
        except ValueError:
            day = None
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(f"Not a day like 2010-01-31 between {FIRST_YEAR} and {LAST_YEAR}.")
        return text


class OrganizationBody(RequestSchema):
    """Details of the organization."""

    name = Text(required=True, max_length=NAME_LENGTH)
    type = StakeholderType(required=True)
    country = Country(load_default=None, allow_none=True)
    website = Website(load_default=None, allow_none=True)


class NamedLineBody(RequestSchema):
    """An action line with those of its sub-themes that the activity serves."""

    line = ActionLine(required=True)
    sub_themes = fields.List(
        fields.String(validate=validate.Length(max=64)), load_default=list, validate=validate.Length(max=MAX_WORDS)
    )

    @validates_schema
    def _known(self, data: Input, **_: object) -> None:
        known = {theme.code for theme in reference.action_line(data["line"]).sub_themes}
        if unknown := [code for code in data["sub_themes"] if code not in known]:
            raise ValidationError(f"{data['line']} has no sub-theme {unknown[0]!r}.", "sub_themes")


class WebLinkBody(RequestSchema):
    """A link of the activity."""

    url = Website(required=True)
    title = Text(load_default=None, allow_none=True, max_length=200)


def _codes(field: fields.Field[T], at_most: int = MAX_LIST, at_least: int = 0) -> fields.List[T]:
    return fields.List(field, load_default=list, validate=validate.Length(min=at_least, max=at_most))


class ContentBody(RequestSchema):
    """A whole content, as it is submitted."""

    title = Localised(required=True, max_length=TITLE_LENGTH)
    description = Localised(required=True, max_length=DESCRIPTION_LENGTH)
    original_language = Locale(required=True)
    organization = fields.Nested(OrganizationBody, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    coverage = fields.String(required=True, validate=validate.OneOf(COVERAGES))
    countries = _codes(Country(), at_most=250)
    regions = _codes(itu_region())
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    start_date = Day(load_default=None, allow_none=True)
    end_date = Day(load_default=None, allow_none=True)
    action_lines = fields.List(fields.Nested(NamedLineBody), required=True, validate=validate.Length(min=1, max=18))
    sdgs = _codes(Sdg())
    targets = _codes(SdgTarget(), at_most=169)
    partners = _codes(Text(max_length=NAME_LENGTH), MAX_WORDS)
    keywords = _codes(Text(max_length=80), MAX_WORDS)
    links = _codes(fields.Nested(WebLinkBody), MAX_WORDS)

    @validates_schema
    def _agrees(self, data: Input, **_: object) -> None:
        original = data["original_language"]
        errors = {
            name: [f"Needed in the original language, {original}."]
            for name in ("title", "description")
            if original not in data[name]
        }
        if data["coverage"] == "national" and not data["countries"]:
            errors["countries"] = ["Needed for a national activity."]
        if data["coverage"] == "regional" and not (data["regions"] or data["countries"]):
            errors["regions"] = ["Name the regions or the countries of a regional activity."]
        if data["start_date"] and data["end_date"] and data["end_date"] < data["start_date"]:
            errors["end_date"] = ["Before the start."]
        if errors:
            raise ValidationError(errors)


class Organization(ResponseSchema):
    """Details of the organization."""

    name = fields.String()
    type = fields.String()
    country = fields.String(allow_none=True)
    website = fields.String(allow_none=True)


class NamedLine(ResponseSchema):
    """An action line with sub-themes."""

    line = fields.String()
    sub_themes = fields.List(fields.String())


class WebLink(ResponseSchema):
    """A link of the activity."""

    url = fields.String()
    title = fields.String(allow_none=True)


class Content(ResponseSchema):
    """What an entry says."""

    title = Localised()
    description = Localised(max_length=DESCRIPTION_LENGTH)
    original_language = fields.String()
    organization = fields.Nested(Organization)
    kind = fields.String()
    coverage = fields.String()
    countries = fields.List(fields.String())
    regions = fields.List(fields.String(), metadata={"description": "ITU regions"})
    status = fields.String()
    start_date = fields.String(allow_none=True)
    end_date = fields.String(allow_none=True)
    action_lines = fields.List(fields.Nested(NamedLine))
    sdgs = fields.List(fields.Integer())
    targets = fields.List(fields.String())
    partners = fields.List(fields.String())
    keywords = fields.List(fields.String())
    links = fields.List(fields.Nested(WebLink))


class Prize(ResponseSchema):
    """What the WSIS Prizes made of the project."""

    edition = fields.String()
    category = fields.String()
    status = fields.String(metadata={"description": "nominated, champion or winner"})


class Card(Content):
    """An entry as the public reads it."""

    entry = fields.String(required=True)
    revision = fields.Integer()
    sequence = fields.Integer(metadata={"description": "Its place in the order of publication"})
    prize = fields.Nested(Prize, allow_none=True)
    published_at = Utc()
    revised_at = Utc(metadata={"description": "When the revision became public"})
    last_updated_at = Utc(
        allow_none=True, metadata={"description": "When the organization last updated it; null: nobody knows"}
    )
    translated_by = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "By language of a translation who wrote it: contributor or secretariat"},
    )
    freshness = fields.String(
        metadata={"description": "green, yellow or red, by the age of the last update; unknown where it has no date"}
    )
