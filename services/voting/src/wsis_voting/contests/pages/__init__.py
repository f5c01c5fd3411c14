"""The desk of the public voting, and what it brings to the desk of an edition."""

from __future__ import annotations

from wsis_shared.pages import Page, Panel, Read

PAGES = (
    Page(
        "/desk/voting",
        "contests/pages/desk.html",
        "voting_desk",
        reads=(Read("editions", "/v1/editions"), Read("waiting", "/v1/waiting/voting")),
        menu="desk:20",
    ),
)
PANELS = (Panel("desk_edition", 50, "contests/pages/edition.html", permission="voting:turnout"),)
