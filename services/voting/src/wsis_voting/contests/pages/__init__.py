"""The desk of the public voting: its editions, and the window of one."""

from __future__ import annotations

from wsis_shared.pages import Page, Read

PAGES = (
    Page(
        "/desk/voting",
        "contests/pages/desk.html",
        "voting_desk",
        reads=(Read("editions", "/v1/editions"), Read("waiting", "/v1/waiting/voting")),
        menu="desk:20",
        signed_in=True,
    ),
)
