"""What everybody reads of the consultation, and where members endorse it."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Panel, Read

from wsis_consultation.contributions.schemas import ContributionsQuery

_API = "/v1/consultations/{edition}/contributions"
_HERE = "/consultations/{edition}/contributions"


PAGES = (
    Page(
        _HERE,
        "contributions/pages/contributions.html",
        "contributions",
        reads=(Read("contributions", _API, takes_query=True),),
        query=ContributionsQuery,
    ),
    Page(
        f"{_HERE}/{{receipt}}",
        "contributions/pages/contribution.html",
        "submission",
        reads=(
            Read("found", f"{_API}/{{receipt}}"),
            Read("form_data", "/v1/consultations/{edition}/form?stakeholder_type={found.stakeholder_type}"),
            Read("endorsement", f"{_API}/{{receipt}}/endorsement", optional=True),
        ),
        forms=(
            Form("endorse", f"PUT {_API}/{{receipt}}/endorsement", then=f"{_HERE}/{{receipt}}?done=endorsed"),
            Form("take_back", f"DELETE {_API}/{{receipt}}/endorsement", then=f"{_HERE}/{{receipt}}?done=withdrawn"),
        ),
        query=ContributionsQuery,
        view="wsis_consultation.contributions.pages.views:given",
    ),
)
PANELS = (
    Panel(
        "consultation",
        20,
        "contributions/pages/edition.html",
        reads=(Read("contributions", f"{_API}?limit=3", optional=True),),
    ),
)
