"""The High-Level Track Facilitators, as everybody reads of them."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Read

_CONSENT = "/v1/consultations/{edition}/candidates/{candidate}/consent"

PAGES = (
    Page(
        "/consultations/{edition}/facilitators",
        "facilitators/pages/facilitators.html",
        "facilitators",
        reads=(Read("facilitators", "/v1/consultations/{edition}/facilitators"),),
        example={"edition": "2017"},
    ),
    # The link of a candidate's mail leads here, with the secret after its #.
    Page(
        "/consultations/{edition}/consent",
        "facilitators/pages/consent.html",
        "consent",
        forms=(
            Form("read", f"POST {_CONSENT}/details", then="", again=True),
            Form("decide", f"PUT {_CONSENT}", then=""),
        ),
        example={"edition": "2017"},
    ),
)
