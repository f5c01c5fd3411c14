"""What comes in, what goes out."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.schemas import ActionLine, Id, RequestSchema, ResponseSchema, Text, Utc

# Why ballots are excluded.
GROUNDS = (
    "throwaway_addresses", "burst", "one_network", "sequential_names", "scripted_forms", "aliases", "other",
)  # fmt: skip
MOST_VOTES = 18  # the most categories an edition can have


class Vote(RequestSchema):
    """One vote."""

    category = ActionLine(required=True, metadata={"description": "Code of the category, for example C7.e-health"})
    project = Id(required=True, metadata={"description": "A nominee of that category"})


class WholeBallot(RequestSchema):
    """Several votes at once, one for each category."""

    votes = fields.List(fields.Nested(Vote), required=True, validate=validate.Length(min=1, max=MOST_VOTES))

    @validates_schema
    def _one_per_category(self, data: dict[str, Any], **_: Any) -> None:
        categories = [vote["category"] for vote in data.get("votes", ())]
        twice = sorted({category for category in categories if categories.count(category) > 1})
        if twice:
            raise ValidationError(f"One vote for each category; twice: {', '.join(twice)}.", "votes")


class Certification(RequestSchema):
    """Why the tally is certified by hand."""

    reason = Text(max_length=500, required=True)


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
    """What a voter can hold against us: a commitment to her vote, and by when it is in the public log; signed with
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
    result = fields.String(required=True, validate=validate.OneOf(["stored", "repeated", "refused"]))
    code = fields.String(allow_none=True)
    receipt = fields.Nested(Receipt, allow_none=True)


class StoredBallot(Progress):
    """Each category is decided on its own."""

    votes = fields.List(fields.Nested(VoteResult), required=True)
    repeated = fields.Boolean(required=True, metadata={"description": "True unless all votes were stored just now"})


class Outcome(Progress):
    """What became of a command that was accepted (202): `pending`, or `decided`."""

    command = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["pending", "decided"]))
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
    state = fields.String(required=True, validate=validate.OneOf(["not_open", "open", "closed", "certified"]))
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


class CountryTurnout(ResponseSchema):
    """Voters, votes and complete ballots of one country; countries with few voters are put together."""

    country = fields.String(required=True)
    started = fields.Integer(required=True)
    votes = fields.Integer(required=True)
    complete = fields.Integer(required=True)


class HourTurnout(ResponseSchema):
    """One hour; `hour` is its first moment."""

    hour = Utc(required=True)
    votes = fields.Integer(required=True)
    started = fields.Integer(required=True)
    complete = fields.Integer(required=True)


class HourRegistrations(ResponseSchema):
    """Accounts confirmed in one hour."""

    hour = Utc(required=True)
    accounts = fields.Integer(required=True)


class DomainRegistrations(ResponseSchema):
    """Accounts with addresses of one domain; domains of few are put together."""

    domain = fields.String(required=True)
    accounts = fields.Integer(required=True)


class CountryRegistrations(ResponseSchema):
    """Accounts of one country; countries of few are put together."""

    country = fields.String(required=True)
    accounts = fields.Integer(required=True)


class DomainTurnout(ResponseSchema):
    """Ballots of addresses of one domain; domains of few are put together."""

    domain = fields.String(required=True)
    started = fields.Integer(required=True)
    complete = fields.Integer(required=True)


class Registrations(ResponseSchema):
    """Confirmed accounts, some seconds old; a minute, where they are of thousands of domains. Domains and countries
    move once an hour, and by ten accounts or more at a step."""

    accounts = fields.Integer(required=True)
    hours = fields.List(fields.Nested(HourRegistrations), required=True)
    domains = fields.List(fields.Nested(DomainRegistrations), required=True)
    countries = fields.List(fields.Nested(CountryRegistrations), required=True)


class Unsettled(ResponseSchema):
    """What is accepted and not stored yet. `waiting` is null while the broker cannot be asked."""

    waiting = fields.Integer(required=True, allow_none=True, metadata={"description": "In the queue"})
    in_hand = fields.Integer(required=True, metadata={"description": "With recorders"})
    oldest_seconds = fields.Float(required=True, metadata={"description": "Since the oldest in hand was accepted"})


class Span(RequestSchema):
    """How far back."""

    hours = fields.Integer(load_default=None, validate=validate.Range(1, 2000),
                           metadata={"description": "The last so many hours; else all, at most 2000"})  # fmt: skip


class Turnout(ResponseSchema):
    """How many take part, never for whom."""

    edition = fields.String(required=True)
    votes = fields.Integer(required=True)
    started = fields.Integer(required=True)
    complete = fields.Integer(required=True)
    hours = fields.List(fields.Nested(HourTurnout), required=True)
    countries = fields.List(
        fields.Nested(CountryTurnout), required=True,
        metadata={"description": "Of the hours that are over; each moves by ten voters or more at a step"},
    )  # fmt: skip
    domains = fields.List(
        fields.Nested(DomainTurnout), required=True,
        metadata={"description": "As the review of fraud saw them within the last hours; in steps as countries"},
    )  # fmt: skip
    registrations = fields.Nested(Registrations, required=True)
    unsettled = fields.Nested(Unsettled, required=True)
