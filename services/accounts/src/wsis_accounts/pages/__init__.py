"""Sign in, register, and what members see of their account."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Panel, Read

_MAIL_AGAIN = Form("again", "POST /v1/sign-in/codes", then="/confirm")

PAGES = (
    Page(
        "/sign-in",
        "pages/sign-in.html",
        "sign_in",
        forms=(Form("ask", "POST /v1/sign-in/codes", then="/confirm"),),
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
    ),
    Page(
        "/sign-out",
        "pages/sign-out.html",
        "sign_out",
        forms=(Form("leave", "POST /v1/sign-out", then="/"),),
    ),
    Page(
        "/me/sessions",
        "pages/sessions.html",
        "sessions",
        reads=(Read("sessions", "/v1/me/sessions"),),
        forms=(Form("end", "DELETE /v1/me/sessions/{session}", then="/me/sessions"),),
        signed_in=True,
    ),
)

PANELS = (Panel("me", 90, "pages/account.html", reads=(Read("account", "/v1/me"),), permission="accounts:self"),)
