"""Events of claims: mails to who claims."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EmailNotification, EventDependency, EventType
from wsis_shared.schemas import ResponseSchema


class OwnClaim(ResponseSchema):
    """A claim of an account."""

    account = fields.String(required=True)
    claim = fields.String(required=True)


class ClaimCode(OwnClaim):
    """A code of a claim; `nonce` says which."""

    nonce = fields.String(required=True)


_EXAMPLE = {"account": "3f2a", "claim": "c41d"}

CLAIM_CODE_REQUESTED = EventType(
    "claim_code_requested",
    "A code is mailed that proves a claim",
    ClaimCode,
    {**_EXAMPLE, "nonce": "77aa"},
    notifications=(
        EmailNotification("claim_code", to="contact", priority="high", context_provider="write_claim_code"),
    ),
)
ENTRIES_CLAIMED = EventType(
    "entries_claimed",
    "A proved claim was applied: its account owns the entries",
    OwnClaim,
    _EXAMPLE,
    notifications=(EmailNotification("entries_claimed", context_provider="describe_claim"),),
)
CLAIM_REFUSED = EventType(
    "claim_refused",
    "An officer refused a claim",
    OwnClaim,
    _EXAMPLE,
    notifications=(EmailNotification("claim_refused", context_provider="describe_claim"),),
)

DEPENDS_ON: tuple[EventDependency, ...] = (
    EventDependency("accounts", "account_erased", reads=("account",), handler="forget_claims"),
    EventDependency("accounts", "address_erased", reads=("address",), handler="forget_claims_by_address"),
)
