"""Sign in, register, and what members see of their account."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.pages import Download, Form, Page, Panel, Read
from wsis_shared.schemas import RequestSchema

from wsis_accounts.pages import desk

_PROVIDERS = "/v1/sign-in/providers"
_MAIL_AGAIN = Form("again", "POST /v1/sign-in/codes", then="/confirm")


class ReturnQuery(RequestSchema):
    """What a provider sends a browser back with (RFC 6749, 4.1.2; RFC 9207); what else it says is not shown."""

    state = fields.String(validate=validate.Length(max=256))
    code = fields.String(validate=validate.Length(max=4096))
    iss = fields.String(validate=validate.Length(max=500))


PAGES = (
    Page(
        "/sign-in",
        "pages/sign-in.html",
        "sign_in",
        reads=(Read("providers", _PROVIDERS, optional=True),),
        forms=(
            Form("ask", "POST /v1/sign-in/codes", then="/confirm"),
            Form("leave", "POST /v1/sign-in/providers/{provider}/requests", then=""),
        ),
    ),
    # Providers send browsers back here: a GET, which changes nothing. The button proves that it is the same browser.
    Page(
        "/sign-in/return/{provider}",
        "pages/sign-in-return.html",
        "sign_in_return",
        forms=(
            Form("enter", "POST /v1/sign-in/identity", then="/me"),
            Form("add", "POST /v1/me/identities", then="/me/identities?done=added"),
        ),
        query=ReturnQuery,
    ),
    Page(
        "/sign-up",
        "pages/sign-up.html",
        "sign_up",
        forms=(Form("register", "POST /v1/accounts", then="/confirm"),),
    ),
    Page(
        "/confirm",
        "pages/confirm.html",
        "confirm",
        forms=(Form("prove", "POST /v1/sign-in", then="/me"), _MAIL_AGAIN),
        view="wsis_accounts.pages.views:confirm",
    ),
    Page(
        "/sign-out",
        "pages/sign-out.html",
        "sign_out",
        forms=(Form("leave", "POST /v1/sign-out", then="/"),),
    ),
    Page(
        "/erase",
        "pages/erase.html",
        "erase",
        forms=(
            Form("ask", "POST /v1/erasure-links", then="/erase?done=asked"),
            Form("erase", "POST /v1/erasures", then="/erase?done=erased"),
        ),
        view="wsis_accounts.pages.views:erase",
    ),
    Page(
        "/me/sessions",
        "pages/sessions.html",
        "sessions",
        reads=(Read("sessions", "/v1/me/sessions"),),
        forms=(
            Form("end", "DELETE /v1/me/sessions/{session}", then="/me/sessions"),
            Form("everywhere", "POST /v1/sign-out/everywhere", then="/"),
        ),
    ),
    Page(
        "/me/details",
        "pages/details.html",
        "details",
        reads=(Read("account", "/v1/me"),),
        forms=(Form("change", "PATCH /v1/me", then="/me/details?done=saved"),),
        files=(Download("account", "/v1/me/export"),),
    ),
    Page(
        "/me/second-factor",
        "pages/second-factor.html",
        "second_factor",
        reads=(Read("authenticator", "/v1/me/authenticator"),),
        forms=(
            Form("make", "POST /v1/me/authenticator", then=""),
            Form("show", "POST /v1/sign-in/second-factor", then="/me/second-factor?done=shown"),
            Form("remove", "DELETE /v1/me/authenticator", then="/me/second-factor?done=removed", confirm=True),
        ),
        view="wsis_accounts.pages.views:second_factor",
    ),
    Page(
        "/me/identities",
        "pages/identities.html",
        "identities",
        reads=(Read("identities", "/v1/me/identities"), Read("providers", _PROVIDERS)),
        forms=(
            Form("ask", "POST /v1/me/providers/{provider}/requests", then=""),
            Form("remove", "DELETE /v1/me/identities/{identity}", then="/me/identities?done=removed", confirm=True),
        ),
    ),
    *desk.PAGES,
)

PANELS = (
    Panel("me", 0, "pages/missing.html", reads=(Read("account", "/v1/me"),), permission="accounts:self"),
    Panel(
        "me",
        90,
        "pages/account.html",
        reads=(Read("account", "/v1/me"), Read("providers", _PROVIDERS, optional=True)),
        permission="accounts:self",
    ),
)
