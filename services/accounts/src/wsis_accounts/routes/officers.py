"""What officers do with accounts, and the audit log."""

from __future__ import annotations

from wsis_shared.plugin import Route

from wsis_accounts import schemas
from wsis_accounts.schemas import proposals

_STAFF = ("accounts.account_unknown", "accounts.authority_ended", "accounts.own_roles", "accounts.last_officer")

ROUTES = (
    Route(
        "GET",
        "/v1/accounts",
        handler="list_accounts",
        summary="Accounts, newest first",
        permission="accounts:read",
        query=schemas.AccountsQuery,
        response=schemas.AccountPage,
        personal=True,
    ),
    Route(
        "GET",
        "/v1/accounts/{account}",
        handler="read_account",
        summary="One account",
        permission="accounts:read",
        response=proposals.ReadAccount,
        error_codes=("accounts.account_unknown",),
    ),
    Route(
        "PUT",
        "/v1/accounts/{account}/roles",
        handler="set_roles",
        summary="Give and take roles",
        permission="accounts:manage",
        body=schemas.Roles,
        response=schemas.Standing,
        error_codes=(*_STAFF, "accounts.agency_needed", "accounts.role_not_grantable"),
        description="All roles that the account shall have beside `member`. Those left out are taken at once, and its "
        "access tokens end; new ones count from its next refresh on. The roles officer and operator need two officers: "
        "the first who asks proposes to give or take them (`proposed`, `withdrawals_proposed`), the second who asks "
        "for the same within seven days, or approves the proposal, does it. A request for other roles withdraws it.",
    ),
    Route(
        "POST",
        "/v1/accounts/{account}/block",
        handler="block",
        summary="Block an account and end its sessions",
        permission="accounts:manage",
        body=schemas.Reason,
        response=schemas.Standing,
        error_codes=_STAFF,
        description="Nobody signs in to it until it is unblocked, and its access tokens end at once. The block of an "
        "officer or operator needs two officers (`block_proposed`); an operator at the machine needs none.",
    ),
    Route(
        "POST",
        "/v1/accounts/{account}/authenticator/removal",
        handler="remove_their_authenticator",
        summary="Remove the authenticator of somebody who has lost it",
        permission="accounts:manage",
        body=schemas.Reason,
        response=schemas.Standing,
        error_codes=(
            "accounts.account_unknown",
            "accounts.authenticator_none",
            "accounts.authority_ended",
            "accounts.own_roles",
        ),
        description="Its sessions end, and its owner is told. Make sure first, by another way than mail, that it is "
        "they who ask. That of an officer or operator needs two officers (`removal_proposed`).",
    ),
    Route(
        "POST",
        "/v1/accounts/{account}/identities/{identity}/removal",
        handler="remove_their_identity",
        summary="Remove an identity of somebody",
        permission="accounts:manage",
        body=schemas.Reason,
        status=204,
        error_codes=(
            "accounts.account_unknown",
            "accounts.authority_ended",
            "accounts.identity_missing",
            "accounts.own_roles",
        ),
        description="For one that others have got hold of, or whose provider is theirs no more: `identities` of the "
        "account has them. The sessions that it has begun end, and its owner is told. One officer suffices: a mailed "
        "code still opens the account, with the second factor where it has or needs one.",
    ),
    Route(
        "POST",
        "/v1/accounts/{account}/proposals/approval",
        handler="approve_proposal",
        summary="Approve what another officer proposes",
        permission="accounts:manage",
        body=proposals.Decision,
        response=schemas.Standing,
        error_codes=(
            *_STAFF,
            "accounts.own_proposal",
            "accounts.proposal_unknown",
            "accounts.agency_needed",
            "accounts.role_not_grantable",
        ),
        description="All of it takes effect at once: the roles that it gives and takes, the block, or the removal.",
    ),
    Route(
        "POST",
        "/v1/accounts/{account}/proposals/refusal",
        handler="refuse_proposal",
        summary="Refuse what an officer proposes, or withdraw it",
        permission="accounts:manage",
        body=proposals.Decision,
        response=schemas.Standing,
        error_codes=(
            "accounts.account_unknown",
            "accounts.authority_ended",
            "accounts.own_roles",
            "accounts.proposal_unknown",
        ),
        description="The account stays as it is.",
    ),
    Route(
        "POST",
        "/v1/accounts/{account}/unblock",
        handler="unblock",
        summary="Make a blocked account usable again",
        permission="accounts:manage",
        body=schemas.Reason,
        response=schemas.Standing,
        error_codes=("accounts.account_unknown", "accounts.authority_ended", "accounts.own_roles"),
    ),
    Route(
        "GET",
        "/v1/audit",
        handler="list_audit",
        summary="What staff did, in all services, newest first",
        permission="audit:read",
        query=schemas.AuditQuery,
        response=schemas.AuditPage,
        export="audit",
    ),
)
