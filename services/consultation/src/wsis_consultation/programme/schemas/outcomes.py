"""Outcomes of sessions, and the matrix of sessions."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import (
    ActionLine,
    Id,
    Locale,
    Localised,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    Sdg,
    Text,
    Utc,
    page_of,
)


class NewLink(RequestSchema):
    """An action line and a goal that a session served."""

    action_line = ActionLine(required=True)
    sdg = Sdg(required=True)
    rationale = Text(required=True, max_length=1000, many_lines=True)


class NewOutcome(RequestSchema):
    """The outcome of a session, in one language."""

    submission = Id(load_default=None, allow_none=True)
    key = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))
    text = Text(required=True, max_length=10_000, many_lines=True)
    language = Locale(required=True)
    links = fields.List(fields.Nested(NewLink), required=True, validate=validate.Length(min=1, max=100))


class SessionLink(ResponseSchema):
    """A link; `outside_matrix`: the WSIS-SDG matrix does not have it."""

    action_line = fields.String(required=True)
    sdg = fields.Integer(required=True)
    rationale = fields.String(required=True)
    outside_matrix = fields.Boolean(required=True)


class Outcome(ResponseSchema):
    """The outcome of a session."""

    text = fields.String(required=True)
    language = fields.String(required=True)
    links = fields.List(fields.Nested(SessionLink), required=True)
    filed_at = Utc(required=True)


class MatrixQuery(PageQuery):
    """Filters of the matrix of sessions."""

    action_line = ActionLine()
    sdg = fields.Integer(validate=validate.Range(min=1, max=17))


class MatrixRow(SessionLink):
    """A session, an action line and a goal."""

    session = fields.String(required=True)
    number = fields.Integer(required=True)
    code = fields.String(required=True)
    title = Localised(required=True)
    type = fields.String(required=True)
    track = fields.String(required=True)


page_of_matrix = page_of(MatrixRow, "SessionMatrixPage")
