"""Candidates, and the facilitators among them."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import (
    Country,
    Id,
    PageQuery,
    Region,
    RequestSchema,
    ResponseSchema,
    Text,
    Utc,
    page_of,
    reason,
)

from wsis_consultation.facilitators.rules.candidates import CONSENTS, GENDERS, GIVEN, REFUSED, STATES
from wsis_consultation.facilitators.schemas.nominations import constituency


class KeyBody(RequestSchema):
    """The secret of the link that the candidate got."""

    key = fields.String(required=True, validate=validate.Length(min=1, max=200))


class ConsentBody(KeyBody):
    """What the candidate decides."""

    decision = fields.String(required=True, validate=validate.OneOf([GIVEN, REFUSED]))


class Consent(ResponseSchema):
    """What a candidate consents to."""

    full_name = fields.String(required=True)
    organization = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    bio = fields.String(required=True)
    language = fields.String(required=True)
    nominated_by = fields.List(fields.String(), required=True)
    consent = fields.String(required=True, validate=validate.OneOf(CONSENTS))
    portrait = fields.String(metadata={"description": "none, waiting for an officer, or accepted"})


class CandidateQuery(PageQuery):
    """Filters of the list."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    consent = fields.String(load_default=None, validate=validate.OneOf(CONSENTS))
    region = Region(load_default=None)
    country = Country(load_default=None)
    gender = fields.String(load_default=None, validate=validate.OneOf(GENDERS))
    constituency = constituency(load_default=None)
    mechanism = Id(load_default=None)


class ComparedCandidate(ResponseSchema):
    """What a comparison shows of a candidate."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    full_name = fields.String(required=True)
    organization = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    email = fields.String(required=True)
    consent = fields.String(required=True, validate=validate.OneOf(CONSENTS))
    consent_at = Utc(allow_none=True)


class Candidate(ComparedCandidate):
    """A candidate as officers see them."""

    region = fields.String(required=True)
    gender = fields.String(required=True)
    bio = fields.String(required=True)
    language = fields.String(required=True)
    locale = fields.String(required=True)
    constituencies = fields.List(fields.String(), required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    confirmed_at = Utc(allow_none=True)
    merged_into = fields.String(allow_none=True)


CandidatePage = page_of(Candidate, "CandidatePage")


class Endorsement(ResponseSchema):
    """A nomination of a candidate."""

    id = fields.String(required=True)
    number = fields.Integer(required=True)
    mechanism_name = fields.String(required=True)
    constituency = fields.String(required=True)
    given_name = fields.String(required=True, metadata={"description": "The name as the mechanism wrote it"})
    bio = fields.String(required=True)
    endorsement = fields.String(allow_none=True)
    received_at = Utc(required=True)
    late_reason = fields.String(allow_none=True)


class Merge(ResponseSchema):
    """A merge that can be undone."""

    id = fields.String(required=True)
    source = fields.String(required=True)
    reason = fields.String(required=True)
    at = Utc(required=True)


class MailboxConsent(ResponseSchema):
    """What a mailbox of a candidate decided: that of the candidate, and those of others merged into them."""

    candidate = fields.String(required=True)
    email = fields.String(required=True)
    consent = fields.String(required=True, validate=validate.OneOf(CONSENTS))
    consent_at = Utc(allow_none=True)


class CandidatePortrait(ResponseSchema):
    """The portrait of a candidate, its sides in pixels."""

    id = fields.String(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)
    accepted = fields.Boolean(required=True)


class WholeCandidate(Candidate):
    """A candidate with each endorsement."""

    portrait = fields.Nested(CandidatePortrait, allow_none=True)
    mailboxes = fields.List(fields.Nested(MailboxConsent), required=True)

    nominations = fields.List(fields.Nested(Endorsement), required=True)
    merges = fields.List(fields.Nested(Merge), required=True)


class Duplicate(ResponseSchema):
    """Two candidates who may be the same person."""

    score = fields.Integer(required=True, metadata={"description": "0 to 100"})
    reasons = fields.List(fields.String(), required=True, metadata={"description": "email, name, country..."})
    one = fields.Nested(ComparedCandidate, required=True)
    other = fields.Nested(ComparedCandidate, required=True)


class Duplicates(ResponseSchema):
    """The pairs that somebody should look at, the most likely first."""

    items = fields.List(fields.Nested(Duplicate), required=True)


class MergeBody(RequestSchema):
    """The candidate who is the same person."""

    source = Id(required=True)
    reason = reason()


class CandidateReason(RequestSchema):
    """Why an officer does it."""

    reason = reason()


class PortraitDecision(CandidateReason):
    """Whether everybody may see a portrait; it is removed otherwise."""

    portrait = Id(required=True, metadata={"description": "Its id, as it was read; 409 where there is another by now"})
    accepted = fields.Boolean(required=True)


class BalanceQuery(RequestSchema):
    """Of whom."""

    confirmed = fields.Boolean(load_default=False, metadata={"description": "Of the confirmed only"})


class CodeCount(ResponseSchema):
    """How many have a code."""

    code = fields.String(required=True)
    count = fields.Integer(required=True)


class Balance(ResponseSchema):
    """Candidates by region, gender and constituency, with the zeros."""

    total = fields.Integer(required=True)
    regions = fields.List(fields.Nested(CodeCount), required=True)
    genders = fields.List(fields.Nested(CodeCount), required=True)
    constituencies = fields.List(fields.Nested(CodeCount), required=True)


class NameBody(RequestSchema):
    """The name of a candidate, as it is written."""

    full_name = Text(required=True, min_length=1, max_length=200)
    reason = reason()


class ConfirmBody(RequestSchema):
    """Candidates to confirm."""

    candidates = fields.List(Id(), required=True, validate=validate.Length(min=1, max=100))
    reason = reason()


class FacilitatorPortrait(ResponseSchema):
    """Where to get a portrait, and its sides in pixels."""

    url = fields.String(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)


class Facilitator(ResponseSchema):
    """A facilitator as everybody sees them."""

    number = fields.Integer(required=True)
    full_name = fields.String(required=True)
    organization = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    region = fields.String(required=True)
    constituencies = fields.List(fields.String(), required=True)
    bio = fields.String(required=True)
    language = fields.String(required=True, metadata={"description": "Language of the biography"})
    portrait = fields.Nested(FacilitatorPortrait, allow_none=True)


class Facilitators(ResponseSchema):
    """The confirmed facilitators of an edition."""

    items = fields.List(fields.Nested(Facilitator), required=True)
