"""Claims: make one, type the code of the mail, see what became of it; for officers those that wait."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Read

_OWN, _DESK = "/v1/me/entry-claims/{claim}", "/v1/entry-claims/{claim}"


PAGES = (
    Page(
        "/register/{entry}/claim",
        "claims/pages/new.html",
        "new_claim",
        reads=(Read("entry", "/v1/entries/{entry}"),),
        forms=(
            Form("code", "POST /v1/entry-claims", then="/me/claims/{id}"),
            Form("ask", "POST /v1/entry-claims", then="/me/claims/{id}"),
        ),
        signed_in=True,
    ),
    Page(
        "/me/claims",
        "claims/pages/list.html",
        "own_claims",
        reads=(Read("claims", "/v1/me/entry-claims?after={after}"),),
    ),
    Page(
        "/me/claims/{claim}",
        "claims/pages/claim.html",
        "own_claim",
        reads=(Read("own", _OWN),),
        forms=(Form("prove", f"PUT {_OWN}/proof", then="/me/claims/{claim}"),),
    ),
    Page(
        "/desk/claims",
        "claims/pages/desk.html",
        "desk_claims",
        reads=(Read("waiting", "/v1/entry-claims?after={after}"),),
        menu="desk:33",
    ),
    Page(
        "/desk/claims/{claim}",
        "claims/pages/decide.html",
        "desk_claim",
        reads=(Read("given", _DESK),),
        forms=(Form("decide", f"PUT {_DESK}/decision", then="/desk/claims?done=yes", confirm=True),),
    ),
)
