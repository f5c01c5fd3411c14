"""What readers of the newsletter do by the links in their mails. Opening a link changes nothing: scanners open all."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Read

_PREFERENCES = "/v1/newsletter/preferences/{token}"


PAGES = (
    Page(
        "/newsletter/confirm/{confirmation}",
        "subscriptions/pages/confirm.html",
        "confirm_subscription",
        reads=(Read("request", "/v1/newsletter/confirmations/{confirmation}"),),
        forms=(
            Form(
                "confirm",
                "POST /v1/newsletter/confirmations/{confirmation}",
                then="",
            ),
        ),
    ),
    # The links of mails lead here, with the token after their #.
    Page(
        "/newsletter/preferences",
        "subscriptions/pages/preferences.html",
        "newsletter_preferences",
        forms=(
            Form("open", "POST /v1/newsletter/preferences/details", then="", again=True),
            Form("save", f"PATCH {_PREFERENCES}", then=""),
            Form("leave", f"POST {_PREFERENCES}/departure", then=""),
            Form("erase", f"DELETE {_PREFERENCES}", then="/newsletter?done=erased", confirm=True),
        ),
    ),
    # Those of mails from before.
    Page(
        "/newsletter/preferences/{token}",
        "subscriptions/pages/preferences.html",
        "newsletter_preferences",
        reads=(Read("preferences", _PREFERENCES),),
        forms=(
            Form("save", f"PATCH {_PREFERENCES}", then="/newsletter/preferences/{token}?done=saved"),
            Form("leave", f"POST {_PREFERENCES}/departure", then="/newsletter/preferences/{token}?done=left"),
            Form("erase", f"DELETE {_PREFERENCES}", then="/newsletter?done=erased", confirm=True),
        ),
    ),
)
