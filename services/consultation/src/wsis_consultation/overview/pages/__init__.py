"""What officers see of all contributions, and everybody of what they name."""

from __future__ import annotations

from wsis_shared.pages import Download, Page, Panel, Read

_SUBMISSIONS = "/v1/consultations/{edition}/submissions"
_DESK = "/desk/consultations/{edition}/submissions"

PAGES = (
    Page(
        "/consultations/{edition}/coverage",
        "overview/pages/coverage.html",
        "coverage",
        reads=(Read("coverage", "/v1/consultations/{edition}/coverage"),),
        view="wsis_consultation.overview.pages.views:coverage",
    ),
    Page(
        _DESK,
        "overview/pages/desk.html",
        "desk_submissions",
        reads=(
            Read("submissions", _SUBMISSIONS, takes_query=True),
            Read("counts", f"{_SUBMISSIONS}/counts", takes_query=True),
            Read("officers", "/v1/waiting/consultation", optional=True),  # none for an agency
        ),
        files=(
            Download("submissions", f"{_SUBMISSIONS}?format=xlsx", takes_query=True),
            Download("contacts", f"{_SUBMISSIONS}/contacts?format=xlsx"),
            Download("coverage", "/v1/consultations/{edition}/coverage/details?format=xlsx"),
        ),
    ),
    Page(
        f"{_DESK}/{{submission}}",
        "overview/pages/desk-submission.html",
        "submission",
        reads=(
            Read("found", f"{_SUBMISSIONS}/{{submission}}/input"),
            Read("form_data", "/v1/consultations/{edition}/form?stakeholder_type={found.stakeholder_type}"),
            Read("officers", "/v1/waiting/consultation", optional=True),  # none for an agency
        ),
        view="wsis_consultation.overview.pages.views:given",
    ),
)

PANELS = (Panel("consultation", 30, "overview/pages/edition.html"),)
