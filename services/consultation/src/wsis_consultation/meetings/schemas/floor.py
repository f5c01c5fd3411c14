"""Interventions in a meeting."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import (
    Id,
    Locale,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    Text,
    Utc,
    page_of,
)

STATES = ("waiting", "speaking", "done", "withdrawn")


class InterventionBody(RequestSchema):
    """A request for the floor. Officers name the participant for whom they ask."""

    kind = fields.String(load_default="statement", validate=validate.OneOf(["statement", "question"]))
    language = Locale(required=True, metadata={"description": "Language in which the participant will speak"})
    topic = Text(max_length=300, load_default=None, allow_none=True)
    agenda_item = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(min=1, max=50),
        metadata={"description": "Number of the item on the agenda, from 1"},
    )  # fmt: skip


class InterventionForBody(InterventionBody):
    """A request for the floor that an officer records for a participant."""

    participant = Id(required=True)


class InterventionPatch(RequestSchema):
    """What was said, in short."""

    summary = Text(max_length=5000, required=True, many_lines=True)
    reason = Text(max_length=1000, load_default=None, allow_none=True, many_lines=True)


class OrderBody(RequestSchema):
    """The ids of all who wait, in the order in which they speak."""

    order = fields.List(Id(), required=True, validate=validate.Length(max=300))


class Order(ResponseSchema):
    """Ids of interventions in their order."""

    order = fields.List(fields.String(), required=True)


class Intervention(ResponseSchema):
    """An intervention as everybody sees it: name and organization only with the participant's consent."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    name = fields.String(allow_none=True)
    organization = fields.String(allow_none=True)
    stakeholder_type = fields.String(allow_none=True)
    mode = fields.String(required=True, metadata={"description": "on_site or remote"})
    kind = fields.String(required=True)
    language = fields.String(required=True)
    topic = fields.String(allow_none=True)
    agenda_item = fields.Integer(allow_none=True)
    state = fields.String(required=True)
    started_at = Utc(allow_none=True)
    ended_at = Utc(allow_none=True)
    seconds = fields.Integer(allow_none=True, metadata={"description": "Speaking time that was used"})
    over_limit = fields.Boolean(allow_none=True)


class Floor(ResponseSchema):
    """Who speaks, who follows, and the last interventions."""

    meeting = fields.String(required=True)
    limit_seconds = fields.Integer(required=True)
    speaking = fields.Nested(Intervention, allow_none=True)
    waiting = fields.List(fields.Nested(Intervention), required=True, metadata={"description": "In speaking order"})
    recent = fields.List(fields.Nested(Intervention), required=True, metadata={"description": "The last one first"})


class InterventionsQuery(PageQuery):
    """Filters of the list."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class InterventionRow(Intervention):
    """An intervention as officers see it."""

    participant = fields.String(required=True)
    full_name = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    requested_at = Utc(required=True)
    summary = fields.String(allow_none=True)


InterventionPage = page_of(InterventionRow, "InterventionPage")
