"""Routes of claims."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import Route
from wsis_shared.schemas import PageQuery

from wsis_stocktaking.claims import schemas

_SUBMIT, _READ, _MANAGE = "stocktaking:submit", "stocktaking:read", "stocktaking:manage"
_UNKNOWN = "stocktaking.claim_unknown"

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/v1/entry-claims",
        handler="claim_entry",
        summary="Claim the entries of an organization",
        body=schemas.ClaimBody,
        response=schemas.Claim,
        status=201,
        permission=_SUBMIT,
        limit="entry",
        error_codes=(
            "stocktaking.entry_unknown",
            "stocktaking.entry_withdrawn",
            "stocktaking.entry_owned",
            "stocktaking.claim_address_invalid",
            "stocktaking.claim_mails_exceeded",
            "stocktaking.too_many_claims",
        ),
        description="A code goes to the address, if it is the contact's or at the domain of the website or contact; "
        "the response is the same for any. With a message an officer decides. A repeat replaces the former.",
    ),
    Route(
        "GET",
        "/v1/me/entry-claims",
        handler="list_own_claims",
        summary="My claims",
        query=PageQuery,
        response=schemas.ClaimPage,
        permission=_SUBMIT,
    ),
    Route(
        "GET",
        "/v1/me/entry-claims/{claim}",
        handler="read_own_claim",
        summary="A claim of mine",
        response=schemas.Claim,
        permission=_SUBMIT,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "PUT",
        "/v1/me/entry-claims/{claim}/proof",
        handler="prove_claim",
        summary="Prove a claim by the mailed code",
        body=schemas.CodeBody,
        response=schemas.Claim,
        permission=_SUBMIT,
        limit="entry",
        error_codes=(_UNKNOWN, "stocktaking.claim_code_wrong"),
        description="Gives the entry, and all others without an owner whose organization has the same name and about "
        "which the address proves the same. After five wrong codes ask for another.",
    ),
    Route(
        "GET",
        "/v1/entry-claims",
        handler="list_claims",
        summary="Claims that wait for an officer",
        query=schemas.ClaimsQuery,
        response=schemas.WaitingClaimPage,
        permission=_READ,
    ),
    Route(
        "GET",
        "/v1/entry-claims/{claim}",
        handler="read_claim",
        summary="A claim",
        response=schemas.ClaimToDecide,
        permission=_READ,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "PUT",
        "/v1/entry-claims/{claim}/decision",
        handler="decide_claim",
        summary="Grant or refuse a claim",
        body=schemas.DecisionBody,
        response=schemas.WaitingClaim,
        permission=_MANAGE,
        error_codes=(_UNKNOWN, "stocktaking.claim_changed", "stocktaking.claim_decided"),
        description="Who claimed gets a mail.",
    ),
)

JOBS: tuple[JobKind, ...] = (
    JobKind("apply_claim", "Gives the entries of an organization to who claimed them", permission=_READ),
)
