"""The dates of an edition for officers: what stands, what a change would do, and who is told."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Read

_EDITION, _DESK = "/v1/consultations/{edition}", "/desk/consultations/{edition}/dates"
_MANAGED = Read("managed", f"{_EDITION}/management")
_DONE = f"{_DESK}?done=yes"
_VIEWS = "wsis_consultation.dates.pages.views"


PAGES = (
    Page(
        _DESK,
        "dates/pages/desk.html",
        "desk_dates",
        reads=(_MANAGED, Read("revisions", f"{_EDITION}/revisions")),
        forms=(Form("remove", f"POST {_EDITION}/removal", then="/desk/consultations", confirm=True),),
        view=f"{_VIEWS}:titles",
    ),
    Page(
        f"{_DESK}/forum",
        "dates/pages/forum.html",
        "change_forum",
        reads=(_MANAGED,),
        forms=(
            Form("change", f"PATCH {_EDITION}", then=_DONE, confirm=True),
            Form("preview", f"POST {_EDITION}/preview", then="", preview=True),
        ),
        view=f"{_VIEWS}:titles",
    ),
    Page(
        f"{_DESK}/new-phase",
        "dates/pages/new-phase.html",
        "add_phase",
        reads=(_MANAGED,),
        forms=(Form("add", f"POST {_EDITION}/phases", then=_DONE, confirm=True),),
    ),
    Page(
        f"{_DESK}/phases/{{phase}}",
        "dates/pages/phase.html",
        "phase",
        reads=(_MANAGED,),
        forms=(
            Form("move", f"PUT {_EDITION}/phases/{{phase}}", then=_DONE, confirm=True),
            Form("preview", f"POST {_EDITION}/phases/{{phase}}/preview", then="", preview=True),
            Form("remove", f"POST {_EDITION}/phases/{{phase}}/removal", then=_DONE, confirm=True),
        ),
        view=f"{_VIEWS}:phase",
    ),
    Page(
        f"{_DESK}/new-deadline",
        "dates/pages/new-deadline.html",
        "add_deadline",
        reads=(_MANAGED,),
        forms=(Form("add", f"POST {_EDITION}/deadlines", then=_DONE, confirm=True),),
    ),
    Page(
        f"{_DESK}/deadlines/{{deadline}}",
        "dates/pages/deadline.html",
        "deadline",
        reads=(_MANAGED,),
        forms=(
            Form("move", f"PUT {_EDITION}/deadlines/{{deadline}}", then=_DONE, confirm=True),
            Form("preview", f"POST {_EDITION}/deadlines/{{deadline}}/preview", then="", preview=True),
        ),
        view=f"{_VIEWS}:deadline",
    ),
)
