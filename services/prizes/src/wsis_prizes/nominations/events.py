"""Who is nominated, and who is not."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema

from wsis_prizes.projects.events import PROJECT, OfProject


class Named(ResponseSchema):
    """A project as the public knows it."""

    project = fields.String(required=True)
    number = fields.Integer(required=True)
    category = fields.String(required=True)
    title = fields.String(required=True)
    organization = fields.String(required=True)
    country = fields.String(required=True)


class Nominee(Named):
    """The same with its ITU region."""

    region = fields.String(required=True, allow_none=True)


class NomineesPublished(ResponseSchema):
    """The whole list."""

    edition = fields.String(required=True)
    nominees = fields.List(fields.Nested(Nominee), required=True)


NAMED = {
    "project": "9b1d",
    "number": 132,
    "category": "C7.e-health",
    "title": "Clinics on line",
    "organization": "Ministry of Health",
    "country": "RW",
}
NOMINEES_PUBLISHED = EventType(
    type="nominees_published",
    summary="The list of nominated projects is public",
    schema=NomineesPublished,
    example={"edition": "2017", "nominees": [{**NAMED, "region": "africa"}]},
    public=True,
    facets={"action_lines": "nominees.category", "regions": "nominees.region"},
)


class Nominated(OfProject):
    """A project on the list of nominees."""

    category = fields.String(required=True)
    account = fields.String(required=True)


PROJECT_NOMINATED = EventType(
    type="project_nominated",
    summary="A project was nominated",
    schema=Nominated,
    example=PROJECT,
    notifications=(EmailNotification("project_nominated", context_provider="project_details"),),
)


class NotNominated(Nominated):
    """A project that is not on the list, and why: a code with a standard text, or the officer's own words."""

    reason_code = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)


PROJECT_NOT_NOMINATED = EventType(
    type="project_not_nominated",
    summary="A project was not nominated, with the reason",
    schema=NotNominated,
    example={**PROJECT, "reason_code": "below_threshold", "reason": None},
    notifications=(EmailNotification("project_not_nominated", context_provider="outcome_details"),),
)
