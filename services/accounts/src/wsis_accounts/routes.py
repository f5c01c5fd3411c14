"""HTTP routes as data."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import PageQuery

from wsis_accounts import schemas

_PROOF = ("accounts.code_invalid", "accounts.codes_locked", "accounts.blocked", "accounts.email_invalid")
_WORK = ("accounts.proof_of_work_needed", "accounts.proof_of_work_invalid", "accounts.proof_of_work_used")
_STAFF = ("accounts.account_unknown", "accounts.authority_ended", "accounts.own_roles", "accounts.last_officer")

ROUTES = (
    Route(
        "POST", "/v1/accounts", handler="register", summary="Register; a code is mailed", permission=PUBLIC,
        body=schemas.Registration, response=schemas.Message, status=202, limit="register",
        error_codes=("accounts.email_invalid", "accounts.email_not_mailable", *_WORK),
        description="The answer is the same whether the address has an account or not. The account is made when its "
        "mailbox is proved: one account for each mailbox.",
    ),
    Route(
        "GET", "/v1/challenges", handler="give_challenge", summary="A proof-of-work challenge",
        permission=PUBLIC, response=schemas.ProofOfWork,
        description="Fetch it when the form is shown, solve it meanwhile, send the solution with the form, or when a "
        "request is refused for want of one: much of one network is. It works once, for half an hour.",
    ),
    Route(
        "POST", "/v1/accounts/confirmation", handler="confirm",
        summary="Confirm with the mailed code; this also signs in",
        permission=PUBLIC, body=schemas.Proof, response=schemas.Tokens, limit="sign_in", error_codes=_PROOF,
        description="A code works once, for ten minutes, for five tries. With `challenge` (from the mail's link) in "
        "place of `email` it also works while somebody else's wrong guesses make codes with the address wait.",
    ),
    Route(
        "POST", "/v1/accounts/confirmation/renewal", handler="renew", summary="Have the code mailed again",
        permission=PUBLIC, body=schemas.Address, response=schemas.Message, status=202, limit="register",
        error_codes=("accounts.email_invalid", *_WORK),
        description="The response is the same whether the address has an account or not. A mailbox gets five mails an "
        "hour; then one when the last code is used or nearly over.",
    ),
    Route(
        "POST", "/v1/sign-in/codes", handler="request_code", summary="Have a code mailed to sign in with",
        permission=PUBLIC, body=schemas.Address, response=schemas.Message, status=202, limit="register",
        error_codes=("accounts.email_invalid", *_WORK),
        description="The response is the same whether the address has an account or not. A mailbox gets five mails an "
        "hour; then one when the last code is used or nearly over.",
    ),
    Route(
        "POST", "/v1/sign-in", handler="sign_in", summary="Sign in with the mailed code", permission=PUBLIC,
        body=schemas.Proof, response=schemas.Tokens, limit="sign_in", error_codes=_PROOF,
        description="The code of `/v1/sign-in/codes` or of a registration, which it confirms. It works once, for ten "
        "minutes, for five tries. Send the `refresh_token` of the session that the client had before: that one ends.",
    ),
    Route(
        "POST", "/v1/sign-in/refresh", handler="refresh", summary="A new pair of tokens for a refresh token",
        permission=PUBLIC, body=schemas.RefreshToken, response=schemas.Tokens, limit="sign_in",
        error_codes=("accounts.refresh_invalid",),
        description="A refresh token works once; a second use ends the session. Within a minute the same token may be "
        "sent again, for an answer that was lost.",
    ),
    Route(
        "POST", "/v1/erasure-links", handler="mail_erasure_link", permission=PUBLIC,
        summary="Have a link mailed that erases what is held about an address",
        body=schemas.Address, response=schemas.Message, status=202, limit="register",
        error_codes=("accounts.email_invalid", *_WORK),
        description="For everybody, with or without an account. The response is the same for every address. The link "
        "works once, for a day; a newer one replaces it. A mailbox gets five mails an hour, then one at times.",
    ),
    Route(
        "POST", "/v1/erasures", handler="erase_address", permission=PUBLIC, status=204, limit="sign_in",
        summary="Erase what is held about the address of a mailed link", body=schemas.ErasureToken,
        error_codes=("accounts.erasure_link_invalid", "accounts.blocked", "accounts.last_officer"),
        description="Every service forgets the address, an account that it has included, within moments. "
        "docs/security/data.md says what stays, without the person.",
    ),
    Route(
        "POST", "/v1/sign-out", handler="sign_out", summary="End this session", permission="accounts:self", status=204,
    ),
    Route(
        "POST", "/v1/sign-out/everywhere", handler="sign_out_everywhere", summary="End all my sessions",
        permission="accounts:self", status=204, error_codes=("accounts.account_unknown", "accounts.sign_in_again"),
        description="The sign-in must be of the last minutes (`WSIS_FRESH_MINUTES`).",
    ),
    Route(
        "GET", "/v1/me/sessions", handler="list_sessions", summary="My sessions that go on, newest first",
        permission="accounts:self", query=PageQuery, response=schemas.SessionPage,
        error_codes=("accounts.account_unknown",),
    ),
    Route(
        "DELETE", "/v1/me/sessions/{session}", handler="end_my_session", summary="End one of my sessions",
        permission="accounts:self", status=204, error_codes=("accounts.session_unknown", "accounts.sign_in_again"),
        description="The sign-in must be of the last minutes (`WSIS_FRESH_MINUTES`), so that nobody with a stolen "
        "token puts others out. To end this session, sign out.",
    ),
    Route(
        "GET", "/.well-known/jwks.json", handler="jwks", summary="Keys to check access tokens with", permission=PUBLIC,
        response=schemas.Keys, cache=300, invalidated_by=("accounts.tokens_revoked",),
    ),
    Route(
        "GET", "/v1/me", handler="read_me", summary="My account", permission="accounts:self", response=schemas.Account,
        error_codes=("accounts.account_unknown",),
    ),
    Route(
        "PATCH", "/v1/me", handler="change_me", summary="Change what the suite knows about me",
        permission="accounts:self",
        body=schemas.Changes, response=schemas.Account, error_codes=("accounts.account_unknown",),
    ),
    Route(
        "GET", "/v1/me/export", handler="export_me", summary="All that accounts holds about me",
        permission="accounts:self", response=schemas.Export, limit="heavy", error_codes=("accounts.account_unknown",),
    ),
    Route(
        "DELETE", "/v1/me", handler="erase_me", summary="Erase my account", permission="accounts:self", status=204,
        error_codes=("accounts.account_unknown", "accounts.last_officer"),
        description="What identifies you is erased at once and for good. Votes stay counted, without a name.",
    ),
    Route(
        "GET", "/v1/accounts", handler="list_accounts", summary="Accounts, newest first", permission="accounts:read",
        query=schemas.AccountsQuery, response=schemas.AccountPage, personal=True,
    ),
    Route(
        "GET", "/v1/accounts/{account}", handler="read_account", summary="One account", permission="accounts:read",
        response=schemas.Account, error_codes=("accounts.account_unknown",),
    ),
    Route(
        "PUT", "/v1/accounts/{account}/roles", handler="set_roles", summary="Give and take roles",
        permission="accounts:manage", body=schemas.Roles, response=schemas.Standing,
        error_codes=(*_STAFF, "accounts.agency_needed", "accounts.role_not_grantable"),
        description="All roles that the account shall have beside `member`. Those left out are taken at once, and its "
        "access tokens end; new ones count from its next refresh on. The roles officer and operator need two officers: "
        "the first who asks proposes to give or take them (`proposed`, `withdrawals_proposed`), the second who asks "
        "for the same within seven days does it. A request for other roles withdraws the proposal.",
    ),
    Route(
        "POST", "/v1/accounts/{account}/block", handler="block", summary="Block an account and end its sessions",
        permission="accounts:manage", body=schemas.Reason, response=schemas.Standing, error_codes=_STAFF,
        description="Nobody signs in to it until it is unblocked, and its access tokens end at once. The block of an "
        "officer or operator needs two officers (`block_proposed`); an operator at the machine needs none.",
    ),
    Route(
        "POST", "/v1/accounts/{account}/unblock", handler="unblock", summary="Make a blocked account usable again",
        permission="accounts:manage", body=schemas.Reason, response=schemas.Standing,
        error_codes=("accounts.account_unknown", "accounts.authority_ended", "accounts.own_roles"),
    ),
    Route(
        "GET", "/v1/audit", handler="list_audit", summary="What staff did, in all services, newest first",
        permission="audit:read", query=schemas.AuditQuery, response=schemas.AuditPage, export="audit",
    ),
)  # fmt: skip
