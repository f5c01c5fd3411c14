"""Recounts, and the request of a certification."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.schemas import RequestSchema, ResponseSchema, Text


class Certification(RequestSchema):
    """Why the tally is certified by hand."""

    reason = Text(max_length=500, required=True)


class Recount(ResponseSchema):
    """The recorders' counters against the stored votes and the decisions of the review. `places` are the figures that
    differ. `differences` are sums that differ, once certified, each over ten ballots at least; nothing names a project
    or an account."""

    edition = fields.String(required=True)
    agrees = fields.Boolean(required=True)
    votes_cast = fields.Integer(required=True)
    votes_counted = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Null until the tally is certified"}
    )
    ballots_complete = fields.Integer(required=True)
    places = fields.Integer(required=True)
    differences = fields.List(fields.String(), required=True)


class Certifying(ResponseSchema):
    """What was asked for is on its way."""

    edition = fields.String(required=True)
    state = fields.String(required=True)
