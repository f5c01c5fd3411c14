"""Input and output of assignments."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import Id, RequestSchema, ResponseSchema, Text, Utc, reason

from wsis_consultation.assignments import rules


class NewAssignment(RequestSchema):
    """A role that an account gets for one target."""

    role = fields.String(required=True, validate=validate.OneOf(tuple(rules.BOUND_TO)))
    target = Text(
        max_length=64,
        required=True,
        metadata={"description": "Id of a discussion or of a meeting, or the edition"},
    )
    account = Id(required=True)
    reason = reason()


class Removal(RequestSchema):
    """Why somebody is assigned no more."""

    reason = reason()


class OwnAssignment(ResponseSchema):
    """A role of the reader for one target."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    role = fields.String(required=True)
    target = fields.String(required=True)
    title = fields.String(required=True, allow_none=True, metadata={"description": "Of the discussion or meeting"})
    language = fields.String(allow_none=True, metadata={"description": "Of the title of a discussion"})
    page = fields.String(required=True, metadata={"description": "Where its holder works, below the language"})
    waiting = fields.Integer(required=True, metadata={"description": "Comments with open reports, of a moderator"})
    at = Utc(required=True)


class Assignment(OwnAssignment):
    """A role of an account for one target."""

    account = fields.String(required=True)
    names = fields.String(required=True, allow_none=True, metadata={"description": "Null once they left"})
    by = fields.String(required=True)


class Assignments(ResponseSchema):
    """All assignments of an edition."""

    items = fields.List(fields.Nested(Assignment), required=True)


class OwnAssignments(ResponseSchema):
    """All assignments of the reader."""

    items = fields.List(fields.Nested(OwnAssignment), required=True)
