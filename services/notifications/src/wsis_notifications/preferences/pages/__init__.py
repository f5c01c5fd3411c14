"""Mails that people do not want: by the link in a mail, and on their own page."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Panel, Read

_KINDS = Read("preferences", "/v1/me/mail-preferences")

PAGES = (
    Page(
        "/unsubscribe/{token}",
        "preferences/pages/unsubscribe.html",
        "unsubscribe",
        reads=(Read("link_of", "/v1/unsubscriptions/{token}"),),
        forms=(Form("leave", "POST /v1/unsubscriptions/{token}", then="/unsubscribe/{token}?done=yes"),),
    ),
    Page(
        "/me/mail-preferences",
        "preferences/pages/mail-preferences.html",
        "mail_preferences",
        reads=(_KINDS,),
        forms=(Form("save", "PUT /v1/me/mail-preferences", then="/me/mail-preferences?done=yes"),),
    ),
)
PANELS = (Panel("me", 80, "preferences/pages/me.html", permission="notifications:prefer"),)
