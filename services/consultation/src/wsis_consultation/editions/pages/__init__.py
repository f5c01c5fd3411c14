"""The consultation of an edition: what is on, and what one can do."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Panel, Read

_EDITIONS = Read("editions", "/v1/consultations")

PAGES = (
    Page("/consultations", "editions/pages/consultations.html", "consultations", reads=(_EDITIONS,), menu="public:10"),
    Page(
        "/desk/consultations",
        "editions/pages/desk.html",
        "consultations",
        reads=(_EDITIONS, Read("waiting", "/v1/waiting/consultation")),
        menu="desk:40",
    ),
    Page(
        "/desk/consultations/new",
        "editions/pages/new.html",
        "open_edition",
        reads=(_EDITIONS, Read("waiting", "/v1/waiting/consultation")),
        forms=(
            Form("open", "POST /v1/consultations", then="/desk/consultations/{edition}/dates?done=yes", confirm=True),
        ),
        view="wsis_consultation.editions.pages.views:opening",
    ),
    Page(
        "/consultations/{edition}",
        "editions/pages/edition.html",
        "consultation",
        reads=(
            Read("consultation", "/v1/consultations/{edition}"),
            Read("discussions", "/v1/consultations/{edition}/discussions?limit=5", optional=True),
            Read("meetings", "/v1/consultations/{edition}/meetings", optional=True),
            Read("versions", "/v1/consultations/{edition}/programme/versions", optional=True),
            Read("facilitators", "/v1/consultations/{edition}/facilitators", optional=True),
            Read("documents", "/v1/consultations/{edition}/documents", optional=True),
        ),
        view="wsis_consultation.editions.pages.views:edition",
        place="consultation",
    ),
)

PANELS = (
    Panel(
        "front",
        10,
        "editions/pages/front.html",
        reads=(_EDITIONS, Read("consultation", "/v1/consultations/{editions.items.0.edition}")),
    ),
)
