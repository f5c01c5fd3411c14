"""The High-Level Track Facilitators: as everybody reads of them, for coordinators who nominate, and for officers."""

from __future__ import annotations

from wsis_shared.pages import Download, Form, Page, Panel, Read

_DESK, _CANDIDATES = "/desk/consultations/{edition}/candidates", "/v1/consultations/{edition}/candidates"
_EDITION = "/v1/consultations/{edition}"
_CONSENT = "/v1/consultations/{edition}/candidates/{candidate}/consent"
_MECHANISMS, _MECHANISMS_DESK = f"{_EDITION}/mechanisms", "/desk/consultations/{edition}/mechanisms"
_CALL, _OWN = f"{_EDITION}/facilitators/call", "/me/nominations/{edition}"
_VIEWS = "wsis_consultation.facilitators.pages.views"
_COORDINATORS = Read("accounts", "/v1/accounts?role=coordinator&limit=100", optional=True)


PAGES = (
    Page(
        "/consultations/{edition}/facilitators",
        "facilitators/pages/facilitators.html",
        "facilitators",
        reads=(Read("facilitators", "/v1/consultations/{edition}/facilitators"),),
    ),
    # The link of a candidate's mail leads here, with the secret after its #.
    Page(
        "/consultations/{edition}/consent",
        "facilitators/pages/consent.html",
        "consent",
        forms=(
            Form("read", f"POST {_CONSENT}/details", then="", again=True),
            Form("decide", f"PUT {_CONSENT}", then=""),
            Form("portrait", f"PUT {_CONSENT}/portrait", then=""),
            Form("remove", f"POST {_CONSENT}/portrait/removal", then=""),
        ),
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
        files=(Download("candidates", f"{_CANDIDATES}?format=xlsx", takes_query=True),),
        view=f"{_VIEWS}:balance",
    ),
    Page(
        "/desk/consultations/{edition}/new-nomination",
        "facilitators/pages/desk-nomination.html",
        "file_nomination",
        reads=(Read("mechanisms", f"{_EDITION}/mechanisms"),),
        forms=(Form("file", f"POST {_EDITION}/nominations/accepted", then=_DESK),),
        view=f"{_VIEWS}:nominating",
        permission="consultation:manage",
    ),
    Page(
        "/desk/consultations/{edition}/facilitators-call",
        "facilitators/pages/desk-call.html",
        "desk_call",
        reads=(Read("call", _CALL),),
        forms=(Form("write", f"PATCH {_CALL}", then="/desk/consultations/{edition}/facilitators-call?done=yes"),),
        permission="consultation:manage",
    ),
    Page(
        _MECHANISMS_DESK,
        "facilitators/pages/desk-mechanisms.html",
        "desk_mechanisms",
        reads=(Read("mechanisms", _MECHANISMS),),
        permission="consultation:manage",
    ),
    Page(
        f"{_MECHANISMS_DESK}/new",
        "facilitators/pages/desk-mechanism.html",
        "make_mechanism",
        reads=(_COORDINATORS,),
        forms=(Form("write", f"POST {_MECHANISMS}", then=f"{_MECHANISMS_DESK}?done=yes"),),
        view=f"{_VIEWS}:mechanism",
        permission="consultation:manage",
    ),
    Page(
        f"{_MECHANISMS_DESK}/{{mechanism}}",
        "facilitators/pages/desk-mechanism.html",
        "mechanism",
        reads=(Read("known", f"{_MECHANISMS}/{{mechanism}}"), _COORDINATORS),
        forms=(Form("write", f"PUT {_MECHANISMS}/{{mechanism}}", then=f"{_MECHANISMS_DESK}?done=yes"),),
        view=f"{_VIEWS}:mechanism",
        permission="consultation:manage",
    ),
    Page(
        _OWN,
        "facilitators/pages/nominate.html",
        "own_nominations",
        reads=(
            Read("call", _CALL),
            Read("mechanisms", _MECHANISMS),
            Read("nominated", f"{_EDITION}/nominations?after={{after}}"),
        ),
        forms=(Form("nominate", f"POST {_EDITION}/nominations", then=f"{_OWN}?done=yes"),),
        view=f"{_VIEWS}:own_nominations",
        permission="consultation:nominate",
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
            Form("portrait", f"PUT {_CANDIDATES}/{{candidate}}/portrait", then=f"{_DESK}/{{candidate}}"),
            Form("rename", f"PUT {_CANDIDATES}/{{candidate}}/name", then=f"{_DESK}/{{candidate}}"),
            Form("undo", f"PUT {_EDITION}/merges/{{merge}}/reversal", then=f"{_DESK}/{{candidate}}"),
            Form("merge", f"POST {_CANDIDATES}/{{candidate}}/merges", then=f"{_DESK}/{{candidate}}", confirm=True),
        ),
        files=(Download("portrait", f"{_CANDIDATES}/{{candidate}}/portrait"),),
        view=f"{_VIEWS}:candidate",
    ),
)

PANELS = (
    Panel(
        "me",
        45,
        "facilitators/pages/me.html",
        reads=(Read("editions", "/v1/consultations"),),
        permission="consultation:nominate",
    ),
)
