"""Votes, and what voters read of their ballots."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.schemas import ActionLine, Id, RequestSchema, ResponseSchema, Utc

from wsis_voting.ballots.rules.ballots import OUTCOME_STATES, RESULTS
from wsis_voting.ballots.rules.counts import GROUNDS

MAX_VOTES = 18  # the most categories an edition can have


class Vote(RequestSchema):
    """One vote."""

    category = ActionLine(required=True, metadata={"description": "Code of the category, for example C7.e-health"})
    project = Id(required=True, metadata={"description": "A nominee of that category"})


class WholeBallot(RequestSchema):
    """Several votes at once, one for each category."""

    votes = fields.List(fields.Nested(Vote), required=True, validate=validate.Length(min=1, max=MAX_VOTES))

    @validates_schema
    def _one_per_category(self, data: Input, **_: object) -> None:
        categories = [vote["category"] for vote in data.get("votes", ())]
        twice = sorted({category for category in categories if categories.count(category) > 1})
        if twice:
            raise ValidationError(f"One vote for each category; twice: {', '.join(twice)}.", "votes")


class Exclusion(ResponseSchema):
    """The ballot does not count: officers have excluded it. Until the certification they may take that back."""

    ground = fields.String(required=True, validate=validate.OneOf(GROUNDS))
    reason = fields.String(required=True, metadata={"description": "The ground in the reader's language"})
    contact = fields.String(required=True, metadata={"description": "The address to write to"})


class Progress(ResponseSchema):
    """How far a ballot is; `message` says it in the reader's language."""

    edition = fields.String(required=True)
    done = fields.Integer(required=True, metadata={"description": "Categories voted in"})
    of = fields.Integer(required=True, metadata={"description": "Categories with nominees"})
    complete = fields.Boolean(required=True)
    excluded = fields.Nested(Exclusion, allow_none=True, metadata={"description": "Null where the ballot counts"})
    message = fields.String(required=True)


class Receipt(ResponseSchema):
    """What a voter can hold against us: a commitment to their vote, and by when it is in the public log; signed with
    Ed25519. It does not name the project; docs/verify-the-vote.md says what it proves and to whom."""

    v = fields.Integer(required=True)
    edition = fields.String(required=True)
    category = fields.String(required=True)
    commitment = fields.String(required=True, metadata={"description": "SHA-256, 64 hex digits"})
    logged_by = fields.String(required=True, metadata={"description": "By then the commitment is in the log"})
    key_id = fields.String(required=True)
    signature = fields.String(required=True, metadata={"description": "128 hex digits"})


class StoredVote(Progress):
    """A vote is stored. `repeated`: it was before, this request has changed nothing."""

    category = fields.String(required=True)
    project = fields.String()
    repeated = fields.Boolean(required=True)
    receipt = fields.Nested(Receipt, allow_none=True)


class VoteResult(ResponseSchema):
    """What became of one vote of several: `stored`, `repeated`, or `refused` with the error's code."""

    category = fields.String(required=True)
    result = fields.String(required=True, validate=validate.OneOf(RESULTS))
    code = fields.String(allow_none=True)
    receipt = fields.Nested(Receipt, allow_none=True)


class StoredBallot(Progress):
    """Each category is decided on its own."""

    votes = fields.List(fields.Nested(VoteResult), required=True)
    repeated = fields.Boolean(required=True, metadata={"description": "True unless all votes were stored just now"})


class Outcome(Progress):
    """What became of a command that was accepted (202): `pending`, or `decided`."""

    command = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(OUTCOME_STATES))
    votes = fields.List(fields.Nested(VoteResult), required=True)


class OwnVote(ResponseSchema):
    """A vote, shown to its voter only."""

    category = fields.String(required=True)
    project = fields.String(allow_none=True)
    receipt = fields.Nested(Receipt, allow_none=True)


class Ballot(Progress):
    """My ballot so far."""

    state = fields.String(required=True)
    order = fields.Integer(required=True, metadata={"description": "0..63: the order in which I see nominees"})
    voted = fields.List(fields.Nested(OwnVote), required=True)
    missing = fields.List(fields.String(), required=True)
    opens_at = Utc(allow_none=True)
    closes_at = Utc(allow_none=True)
