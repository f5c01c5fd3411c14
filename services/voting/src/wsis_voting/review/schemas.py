"""The review of fraud: what officers ask and decide, what they are shown. No address, no name, no project."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import PageQuery, RequestSchema, ResponseSchema, Text, Utc, page_of

from wsis_voting.ballots.rules.counts import GROUNDS
from wsis_voting.review.rules import exclusions as rules
from wsis_voting.review.rules.clusters import KINDS
from wsis_voting.review.rules.concentration import BANDS


class ClustersQuery(PageQuery):
    """Filters of the list."""

    min_score = fields.Integer(load_default=0, validate=validate.Range(min=0, max=100))
    kind = fields.String(load_default=None, validate=validate.OneOf([*KINDS]))


class Decision(RequestSchema):
    """What is decided and why. `reason` goes to the audit, `ground` is published with the result."""

    decision = fields.String(required=True, validate=validate.OneOf([one.value for one in rules.Decision]))
    reason = Text(max_length=1000, required=True)
    ground = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(GROUNDS),
        metadata={"description": "By default that of the cluster's kind; `other` for a single account"},
    )


class ClusterDecision(Decision):
    """The same on a cluster."""

    members = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=64),
        metadata={"description": "Of the cluster that was read: nothing is decided where it has other accounts now"},
    )


class Sign(ResponseSchema):
    """A part of a score: how many of the accounts show this sign, and the points that it gives."""

    sign = fields.String(required=True)
    accounts = fields.Integer(required=True)
    share = fields.Float(required=True)
    points = fields.Float(required=True)


class Named(ResponseSchema):
    """A country or a mail domain, and ballots."""

    name = fields.String(required=True)
    ballots = fields.Integer(required=True)


class Day(ResponseSchema):
    """`day` is its first moment."""

    day = Utc(required=True)
    ballots = fields.Integer(required=True)


class Decided(ResponseSchema):
    """The last decision."""

    decision = fields.String(required=True)
    ground = fields.String(allow_none=True)
    reason = fields.String(required=True)
    by = fields.String(allow_none=True)
    at = Utc(required=True)


class Cluster(ResponseSchema):
    """A group of ballots with something in common. `score` (0..100) says where to look first, no more. Days are those
    on which ballots were completed, or voted in last."""

    cluster = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([*KINDS]))
    key = fields.String(required=True, metadata={"description": "A mail domain, or a piece of a keyed hash"})
    score = fields.Integer(required=True)
    parts = fields.List(fields.Nested(Sign), required=True)
    size = fields.Integer(required=True, metadata={"description": "Ballots"})
    complete = fields.Integer(required=True)
    still_in = fields.Integer(required=True, metadata={"description": "Ballots that no decision has excluded"})
    first_at = Utc(required=True)
    last_at = Utc(required=True)
    countries = fields.List(fields.Nested(Named), required=True)
    domains = fields.List(fields.Nested(Named), required=True)
    networks = fields.Integer(required=True)
    made_at = Utc(required=True)
    decision = fields.Nested(Decided, allow_none=True)
    holds = fields.Boolean(
        required=True, metadata={"description": "An automatic certification waits for a decision on it"}
    )


class Band(fields.String):
    """Where a share lies: over 90 %, from 75 to 90 %, or below."""

    def __init__(self) -> None:
        super().__init__(required=True, validate=validate.OneOf([*BANDS]))


class LabelledCategory(ResponseSchema):
    """The share of the nominee that was chosen most in a category, which stands under a label that is drawn anew for
    each cluster."""

    category = fields.String(required=True)
    band = Band()


class Concentration(ResponseSchema):
    """How much alike ballots are: the share of the nominee chosen most, in the category where it is largest (`most`)
    and in the one in the middle (`median`). Measured with an error of some ballots that does not change when asked
    again, and anew once the cluster has changed by thirty."""

    most = Band()
    median = Band()
    categories = fields.List(fields.Nested(LabelledCategory), required=True)


class OpenedCluster(Cluster):
    """One cluster, with its days and how much alike its ballots are (not told of fewer than thirty)."""

    members = fields.String(
        required=True, metadata={"description": "Another one where a scan finds other accounts; for the decision"}
    )
    days = fields.List(fields.Nested(Day), required=True)
    excluded = fields.Integer(required=True, metadata={"description": "Of its ballots, those that are out now"})
    concentration = fields.Nested(Concentration, allow_none=True)


class Account(ResponseSchema):
    """A member of a cluster. `domain` is that of its mail address."""

    account = fields.String(required=True)
    country = fields.String()
    domain = fields.String(allow_none=True)
    throwaway = fields.Boolean()
    registered_at = Utc(allow_none=True, metadata={"description": "The day"})
    confirmed_at = Utc(allow_none=True, metadata={"description": "The day"})
    seconds_to_fill = fields.Float(allow_none=True)
    first_at = Utc(allow_none=True, metadata={"description": "Its first vote; the day"})
    acted_at = Utc(allow_none=True, metadata={"description": "Its ballot complete, or its last vote; the day"})
    excluded = fields.String(required=True, metadata={"description": "On which ground; empty where it is in"})


class Ground(ResponseSchema):
    """Ballots that are excluded on a ground."""

    reason = fields.String(required=True)
    ballots = fields.Integer(required=True)


class Summary(ResponseSchema):
    """The review as it stands."""

    edition = fields.String(required=True)
    looked_at = Utc(allow_none=True, metadata={"description": "When clusters were last looked for"})
    clusters = fields.Integer(required=True)
    undecided = fields.Integer(required=True)
    holding = fields.Integer(
        required=True, metadata={"description": "Undecided clusters for which an automatic certification waits"}
    )
    deciding = fields.Boolean(required=True, metadata={"description": "A decision is being carried out"})
    unaccounted = fields.Integer(
        required=True,
        metadata={
            "description": "Flags and figures of exclusions that no decision accounts for, as the certification "
            "found them: it waits until they are repaired"
        },
    )
    ballots_excluded = fields.Integer(required=True)
    complete_excluded = fields.Integer(required=True)
    votes_excluded = fields.Integer(required=True)
    excluded = fields.List(fields.Nested(Ground), required=True)


class ExclusionStatus(ResponseSchema):
    """What a decision on an account left."""

    account = fields.String(required=True)
    excluded = fields.String(required=True)
    spared = fields.Boolean(required=True)


ExclusionStatus.__name__ = "Standing"  # in the OpenAPI document
ClusterPage = page_of(Cluster, "ClusterPage")
AccountPage = page_of(Account, "ReviewedAccountPage")
