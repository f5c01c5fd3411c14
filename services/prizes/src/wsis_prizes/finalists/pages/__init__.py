"""The desk of the finalists: the tie and its rule, and who they are; and the choice of the Expert Group. All of it is
under embargo, and the service logs each look."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Panel, Read

from wsis_prizes.editions.pages import EDITION

_FINALISTS, _HERE = "/v1/editions/{edition}/finalists", "/desk/editions/{edition}/finalists"
_CHOICES, _CHOOSE = "/me/winners/{edition}", "prizes:choose"


PAGES = (
    Page(
        _HERE,
        "finalists/pages/finalists.html",
        "desk_finalists",
        reads=(
            Read("announcements", "/v1/editions/{edition}/announcements"),
            Read("drafts", f"{_FINALISTS}/preview", optional=True),
            Read("fixed", _FINALISTS, optional=True),
        ),
        forms=(Form("fix", f"POST {_FINALISTS}", then=f"{_HERE}?done=fixed", confirm=True),),
        view="wsis_prizes.finalists.pages.views:finalists",
    ),
    # No panel leads here: each look at the list is logged, so a juror opens it by a press, or by the link of a mail.
    Page(
        _CHOICES,
        "finalists/pages/choices.html",
        "choice_list",
        reads=(EDITION, Read("finalists", _FINALISTS, optional=True)),
        permission=_CHOOSE,
    ),
    Page(
        f"{_CHOICES}/{{category}}",
        "finalists/pages/choice.html",
        "choice_page",
        reads=(EDITION, Read("finalists", f"{_FINALISTS}?category={{category}}", optional=True)),
        forms=(
            Form(
                "choose",
                "PUT /v1/editions/{edition}/categories/{category}/winner",
                then=f"{_CHOICES}?done=decided",
                confirm=True,
            ),
        ),
        permission=_CHOOSE,
    ),
)
PANELS = (Panel("desk_edition", 40, "finalists/pages/edition.html", permission="prizes:manage"),)
