"""The High-Level Track Facilitators, as everybody reads of them."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Read

_DESK, _CANDIDATES = "/desk/consultations/{edition}/candidates", "/v1/consultations/{edition}/candidates"
_EDITION = "/v1/consultations/{edition}"
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
    Page(
        _DESK,
        "facilitators/pages/desk.html",
        "desk_candidates",
        reads=(
            Read("candidates", _CANDIDATES, takes_query=True),
            Read("balance", "/v1/consultations/{edition}/candidate-balance"),
            Read("duplicates", "/v1/consultations/{edition}/candidate-duplicates", optional=True),
        ),
        view="wsis_consultation.facilitators.pages.views:balance",
        signed_in=True,
        example={"edition": "2017"},
    ),
    Page(
        "/desk/consultations/{edition}/new-nomination",
        "facilitators/pages/desk-nomination.html",
        "file_nomination",
        reads=(Read("mechanisms", f"{_EDITION}/mechanisms"),),
        forms=(Form("file", f"POST {_EDITION}/nominations/accepted", then=_DESK),),
        view="wsis_consultation.facilitators.pages.views:nominating",
        signed_in=True,
        permission="consultation:manage",
        example={"edition": "2017"},
    ),
    Page(
        f"{_DESK}/{{candidate}}",
        "facilitators/pages/desk-candidate.html",
        "desk_candidate",
        reads=(
            Read("person", f"{_CANDIDATES}/{{candidate}}"),
            Read("duplicates", "/v1/consultations/{edition}/candidate-duplicates", optional=True),
        ),
        forms=(
            Form("confirm", "POST /v1/consultations/{edition}/facilitators", then=_DESK),
            Form("withdraw", f"PUT {_CANDIDATES}/{{candidate}}/withdrawal", then=_DESK, confirm=True),
            Form("rename", f"PUT {_CANDIDATES}/{{candidate}}/name", then=f"{_DESK}/{{candidate}}"),
            Form("undo", f"PUT {_EDITION}/merges/{{merge}}/reversal", then=f"{_DESK}/{{candidate}}"),
            Form("merge", f"POST {_CANDIDATES}/{{candidate}}/merges", then=f"{_DESK}/{{candidate}}", confirm=True),
        ),
        view="wsis_consultation.facilitators.pages.views:candidate",
        signed_in=True,
        example={"edition": "2017", "candidate": "c1"},
    ),
)
