"""Contributions and endorsements in requests and responses."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import (
    ActionLine,
    Country,
    Locale,
    PageQuery,
    Region,
    RequestSchema,
    ResponseSchema,
    StakeholderType,
    Utc,
    page_of,
)

from wsis_consultation.contributions.rules import NEWEST, SORTS
from wsis_consultation.submissions.schemas.drafts import Key


class PublicConsentBody(Key):
    """Whether everybody may read the submission."""

    public = fields.Boolean(required=True)


class PublicConsent(ResponseSchema):
    """What its author has said last."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    receipt = fields.String(required=True)
    public = fields.Boolean(required=True)
    at = Utc(required=True)


class ContributionsQuery(PageQuery):
    """Which contributions: all filters must match."""

    action_line = ActionLine()
    sdg = fields.Integer(validate=validate.Range(min=1, max=17))  # in a query, a number is text
    stakeholder_type = StakeholderType()
    region = Region()
    country = Country()
    language = Locale()
    sort = fields.String(
        load_default=NEWEST, validate=validate.OneOf(SORTS), metadata={"description": "By receipt number"}
    )


class ContributionRow(ResponseSchema):
    """A submission that everybody may read, without who wrote it."""

    receipt = fields.String(required=True, metadata={"description": "OCP-2017-0007"})
    edition = fields.String(required=True)
    number = fields.Integer(required=True)
    kind = fields.String(required=True)
    organization = fields.String(required=True)
    country = fields.String(required=True)
    region = fields.String(required=True)
    stakeholder_type = fields.String(required=True)
    language = fields.String(required=True)
    action_lines = fields.List(fields.String(), required=True)
    sdgs = fields.List(fields.Integer(), required=True)
    received_at = Utc(required=True)
    amended_at = Utc(allow_none=True)
    endorsements = fields.Integer(required=True, metadata={"description": "Accounts; up to a minute old"})


ContributionPage = page_of(ContributionRow, "ContributionPage")


class Contribution(ContributionRow):
    """All that it says. Mail addresses and telephone numbers in texts are "[…]"."""

    event = fields.Raw(allow_none=True, metadata={"description": "The national or regional event that it reports"})
    answers = fields.Raw(required=True, metadata={"description": "By the code of the question"})
    per_line = fields.Raw(required=True, metadata={"description": "Answers for an action line"})
    requests = fields.Raw(required=True, metadata={"description": "Without the speakers"})
    merged_into = fields.String(allow_none=True, metadata={"description": "Receipt, where that one is public"})
    merged = fields.List(fields.String(), metadata={"description": "Receipts of public ones merged into it"})
    organizations = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Of which members who endorse it say to be; at most 200"},
    )


class EndorsementBody(RequestSchema):
    """For whom?"""

    for_organization = fields.Boolean(
        load_default=False,
        metadata={"description": "For the organization of the own profile, which is then named; else nobody is named"},
    )


class Endorsement(ResponseSchema):
    """The own one."""

    receipt = fields.String(required=True)
    endorsed = fields.Boolean(required=True)
    own = fields.Boolean(required=True, metadata={"description": "One's own contribution, which one cannot endorse"})
    organization = fields.String(allow_none=True)
    endorsements = fields.Integer(required=True, metadata={"description": "Of all accounts"})
