"""Events of the nominations of High-Level Track Facilitators. The public ones name nobody."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.schemas import ResponseSchema


class NominationData(ResponseSchema):
    """A nomination; `account` is its nominator."""

    edition = fields.String(required=True)
    nomination = fields.String(required=True)
    candidate = fields.String(required=True)
    account = fields.String(required=True)


class ConsentData(ResponseSchema):
    """A candidate who is asked again, and one of the nominations."""

    edition = fields.String(required=True)
    candidate = fields.String(required=True)
    nomination = fields.String(required=True)


class CandidateData(ResponseSchema):
    """A candidate; `accounts` are their nominators."""

    edition = fields.String(required=True)
    candidate = fields.String(required=True)
    accounts = fields.List(fields.String(), required=True)


class FacilitatorsData(ResponseSchema):
    """How many facilitators an edition has, by constituency."""

    edition = fields.String(required=True)
    count = fields.Integer(required=True)
    constituencies = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


_CANDIDATE = {"edition": "2017", "candidate": "5d41402abc4b2a76", "accounts": ["3f2a"]}
_FACILITATORS = {"edition": "2017", "count": 16, "constituencies": {"civil_society": 4, "government": 4}}

NOMINATION_RECEIVED = EventType(
    "nomination_received",
    "A mechanism nominated a facilitator",
    NominationData,
    {"edition": "2017", "nomination": "7d79", "candidate": "5d41402abc4b2a76", "account": "3f2a"},
    notifications=(
        EmailNotification("candidate_consent", to="contact", priority="high", context_provider="consent_details"),
        EmailNotification("nomination_receipt", priority="high", context_provider="nomination_details"),
    ),
)
CONSENT_REQUESTED = EventType(
    "consent_requested",
    "The address of a candidate is asked again: another one was merged into it",
    ConsentData,
    {"edition": "2017", "candidate": "5d41402abc4b2a76", "nomination": "7d79"},
    notifications=(
        EmailNotification("candidate_consent", to="contact", priority="high", context_provider="consent_details"),
    ),
)
CANDIDATE_CONFIRMED = EventType(
    "candidate_confirmed",
    "A candidate is told that they are a facilitator, and so are the nominators",
    CandidateData,
    _CANDIDATE,
    notifications=(
        EmailNotification("facilitator_confirmed", to="contact", priority="high", context_provider="candidate_details"),
        EmailNotification("nomination_confirmed", to="accounts", context_provider="confirmation_details"),
    ),
)
FACILITATORS_CONFIRMED = EventType(
    "facilitators_confirmed",
    "Facilitators of the High-Level Track are confirmed",
    FacilitatorsData,
    _FACILITATORS,
    public=True,
)
FACILITATOR_WITHDRAWN = EventType(
    "facilitator_withdrawn", "A facilitator is no longer on the list", FacilitatorsData, _FACILITATORS, public=True
)
