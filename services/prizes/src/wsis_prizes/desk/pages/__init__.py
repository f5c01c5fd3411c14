"""The officers' desk of the contest: its editions, each with its steps, phases and settings.

Other pages of an edition's desk stand with their subjects; services add to it by panels of the place "desk_edition".
"""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Read

_HERE, _EDITION = "/desk/editions/{edition}", "/v1/editions/{edition}"
_CONTEST = Read("contest", _EDITION)
_PHASE = f"{_EDITION}/phases/{{phase}}"


PAGES = (
    Page(
        "/desk/editions",
        "desk/pages/editions.html",
        "prizes",
        reads=(Read("editions", "/v1/editions"),),
        forms=(Form("open", "POST /v1/editions", then=f"{_HERE}?done=opened"),),
        view="wsis_prizes.desk.pages.views:editions",
        menu="desk:15",
        permission="prizes:read",
    ),
    Page(
        _HERE,
        "desk/pages/edition.html",
        "edition",
        reads=(_CONTEST, Read("steps", f"{_EDITION}/steps")),
        view="wsis_prizes.desk.pages.views:edition",
        place="desk_edition",
    ),
    Page(
        f"{_HERE}/phases/{{phase}}",
        "desk/pages/phase.html",
        "desk_phase",
        reads=(_CONTEST,),
        forms=(
            Form("preview", f"POST {_PHASE}/preview", then="", preview=True, again=True),
            Form("move", f"PUT {_PHASE}", then=f"{_HERE}?done=moved"),
        ),
        view="wsis_prizes.desk.pages.views:phase",
        permission="prizes:manage",
    ),
    Page(
        f"{_HERE}/settings",
        "desk/pages/settings.html",
        "desk_settings",
        reads=(_CONTEST, Read("form_data", f"{_EDITION}/form")),
        forms=(Form("set", f"PATCH {_EDITION}", then=f"{_HERE}?done=set"),),
        view="wsis_prizes.desk.pages.views:settings",
        permission="prizes:manage",
    ),
)
