"""Sign-in by the identity provider of an agency, and the identities of an account."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_accounts.schemas import Tokens, identities

_RETURN = ("accounts.identity_refused", "accounts.identity_request_over", "accounts.provider_away")

ROUTES = (
    Route(
        "GET",
        "/v1/sign-in/providers",
        handler="list_providers",
        summary="Identity providers of agencies, which one may sign in by",
        permission=PUBLIC,
        response=identities.Providers,
        cache=60,
        description="An operator names them (`WSIS_SIGN_IN_PROVIDERS`). Who signs in by one has added the identity to "
        "an account before: an equal mail address opens nothing.",
    ),
    Route(
        "POST",
        "/v1/sign-in/providers/{provider}/requests",
        handler="request_identity",
        summary="Begin to sign in by a provider",
        permission=PUBLIC,
        response=identities.IdentityRequest,
        status=201,
        limit="sign_in",
        error_codes=("accounts.provider_away", "accounts.provider_unknown"),
        description="Open `url` in a browser. It comes back to the page `/sign-in/return/{provider}` with "
        "`state` and `code`; send them with `provider` and `binding` to `POST /v1/sign-in/identity`, within ten "
        "minutes and once.",
        session="leaves",
    ),
    Route(
        "POST",
        "/v1/sign-in/identity",
        handler="sign_in_by_identity",
        summary="Sign in with what the provider has sent back",
        permission=PUBLIC,
        body=identities.IdentityProof,
        response=Tokens,
        limit="sign_in",
        error_codes=("accounts.blocked", "accounts.identity_unknown", *_RETURN),
        description="The identity must be one of an account. Where the provider has seen a second factor that the "
        "operator lets count, the roles of the account count at once; else `missing` says what is still to come.",
        session="begins",
    ),
    Route(
        "GET",
        "/v1/me/identities",
        handler="list_identities",
        summary="My identities at providers",
        permission="accounts:self",
        response=identities.Identities,
        error_codes=("accounts.account_unknown",),
    ),
    Route(
        "POST",
        "/v1/me/providers/{provider}/requests",
        handler="request_my_identity",
        summary="Begin to add an identity to my account",
        permission="accounts:self",
        response=identities.IdentityRequest,
        status=201,
        limit="sign_in",
        error_codes=(
            "accounts.account_unknown",
            "accounts.authenticator_needed",
            "accounts.provider_away",
            "accounts.provider_unknown",
            "accounts.sign_in_again",
        ),
        description="The sign-in must be of the last ten minutes, with the second factor where the account has or "
        "needs one. Then as `POST /v1/sign-in/providers/{provider}/requests`, but for `POST /v1/me/identities`.",
        session="leaves",
    ),
    Route(
        "POST",
        "/v1/me/identities",
        handler="add_identity",
        summary="Add the identity to my account with what the provider has sent back",
        permission="accounts:self",
        body=identities.IdentityReturn,
        response=identities.Identity,
        status=201,
        limit="sign_in",
        error_codes=("accounts.account_unknown", "accounts.identity_taken", *_RETURN),
        description="In the session that has begun it. From then on whoever signs in there gets into this account; its "
        "owner is mailed.",
    ),
    Route(
        "DELETE",
        "/v1/me/identities/{identity}",
        handler="remove_identity",
        summary="Remove an identity from my account",
        permission="accounts:self",
        status=204,
        error_codes=(
            "accounts.account_unknown",
            "accounts.authenticator_needed",
            "accounts.identity_missing",
            "accounts.sign_in_again",
        ),
        description="The sign-in must be of the last ten minutes. The sessions that it has begun end, but for the one "
        "that asks.",
    ),
)
