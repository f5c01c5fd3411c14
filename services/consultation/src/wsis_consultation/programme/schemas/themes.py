"""Themes: groups of submissions and requests."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import Id, Localised, RequestSchema, ResponseSchema


class RequestReference(RequestSchema):
    """A binding request of a submission."""

    submission = Id(required=True)
    request = Id(required=True)


class ThemeBody(RequestSchema):
    """A change of a theme: its texts, and all that belongs to it."""

    title = Localised(change=True, required=True, max_length=200, validate=validate.Length(min=1))
    description = Localised(change=True, load_default=dict, max_length=2000)
    submissions = fields.List(Id(), load_default=list, validate=validate.Length(max=1000))
    requests = fields.List(fields.Nested(RequestReference), load_default=list, validate=validate.Length(max=1000))


class NewTheme(ThemeBody):
    """A theme, with what belongs to it."""

    title = Localised(required=True, max_length=200, validate=validate.Length(min=1))
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
