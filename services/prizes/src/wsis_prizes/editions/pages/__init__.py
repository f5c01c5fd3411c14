"""What everybody sees of an edition: its phases and categories, and the way to them from the front page."""

from __future__ import annotations

from wsis_shared.pages import Page, Panel, Read

EDITION = Read("edition", "/v1/editions/{edition}")
VOTING = Read("voting", "/v1/editions/{edition}/voting", optional=True)

PAGES = (
    Page(
        "/prizes",
        "editions/pages/prizes.html",
        "prizes",
        reads=(Read("editions", "/v1/editions"),),
        menu="public:20",
    ),
    Page(
        "/editions/{edition}",
        "editions/pages/edition.html",
        "edition",
        reads=(EDITION, Read("categories", "/v1/editions/{edition}/categories"), VOTING),
        view="wsis_prizes.editions.pages.views:edition",
        place="edition",
    ),
)

PANELS = (
    Panel(
        "front",
        20,
        "editions/pages/front.html",
        reads=(
            Read("editions", "/v1/editions"),
            Read("voting", "/v1/editions/{editions.items.0.edition}/voting", optional=True),
        ),
    ),
)
