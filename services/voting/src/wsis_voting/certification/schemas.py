"""Recounts, and the request of a certification."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import RequestSchema, ResponseSchema, Text, Utc

from wsis_voting.contests.rules.contest import State
from wsis_voting.contests.rules.lifecycle import Wait


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


class Requested(ResponseSchema):
    """The request of an officer, until the certification."""

    by = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True)
    at = Utc(required=True)


class CertificationState(ResponseSchema):
    """Where the certification stands, without any figure of the count."""

    edition = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in State]))
    closes_at = Utc(required=True, allow_none=True)
    certified_at = Utc(required=True, allow_none=True)
    sealed = fields.Boolean(required=True, metadata={"description": "Nobody adds to the count any more"})
    waits_for = fields.List(
        fields.String(validate=validate.OneOf([wait.value for wait in Wait])),
        required=True,
        metadata={"description": "Empty once it is certified, and while accepted votes are stored and counted"},
    )
    holding = fields.Integer(required=True, metadata={"description": "Undecided clusters that it waits for"})
    dead_letters = fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of voting; null while the broker cannot be asked"}
    )
    requested = fields.Nested(Requested, required=True, allow_none=True)
