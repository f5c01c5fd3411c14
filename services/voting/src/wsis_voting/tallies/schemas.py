"""Where voting stands, and its certified tally."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import ResponseSchema, Utc

from wsis_voting.contests.rules.contest import State


class Totals(ResponseSchema):
    """Three numbers, because one never explains itself."""

    votes_cast = fields.Integer(required=True)
    votes_counted = fields.Integer(required=True)
    ballots_complete = fields.Integer(required=True)


class Out(ResponseSchema):
    """A nominee that was disqualified: votes for it are void, ballots with it stay complete."""

    project = fields.String(required=True)
    category = fields.String(required=True)


class Excluded(ResponseSchema):
    """Ballots that the review of fraud took out of the valid tally, and why."""

    reason = fields.String(required=True)
    ballots = fields.Integer(required=True)


class Voting(ResponseSchema):
    """Where voting stands and by which settings. `totals` and `excluded` only after certification."""

    edition = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in State]))
    opens_at = Utc(allow_none=True)
    closes_at = Utc(allow_none=True)
    categories = fields.Integer(required=True)
    every_category = fields.Boolean(required=True)
    changes_allowed = fields.Boolean(required=True)
    live_totals = fields.Boolean(required=True)
    disqualified = fields.List(fields.Nested(Out), required=True)
    totals = fields.Nested(Totals, allow_none=True)
    excluded = fields.List(fields.Nested(Excluded), allow_none=True)


class ProjectTally(ResponseSchema):
    """Of one nominee."""

    project = fields.String(required=True)
    category = fields.String(allow_none=True)
    cast = fields.Integer(required=True)
    counted = fields.Integer(required=True)


class BallotCounts(ResponseSchema):
    """Ballots with at least one vote, and complete ones."""

    started = fields.Integer(required=True)
    complete = fields.Integer(required=True)


class Tally(ResponseSchema):
    """Votes by project, once certified."""

    edition = fields.String(required=True)
    certified = fields.Boolean(required=True)
    certified_at = Utc(allow_none=True)
    number = fields.Integer(allow_none=True)
    ballots = fields.Nested(BallotCounts, required=True)
    projects = fields.List(fields.Nested(ProjectTally), required=True)
