"""Where a member confirms a reply by mail: its link has the secret after the #."""

from __future__ import annotations

from wsis_shared.pages import Form, Page

_HELD = "/v1/consultations/{edition}/held-replies/{held}"

PAGES = (
    Page(
        "/consultations/{edition}/replies",
        "replies/pages/reply.html",
        "held_reply",
        forms=(
            Form("read", f"POST {_HELD}/reading", then="", again=True),
            Form(
                "confirm",
                f"POST {_HELD}/confirmation",
                then="/consultations/{edition}/discussions/{discussion}/comments/{number}",
            ),
        ),
    ),
)
