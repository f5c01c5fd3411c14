"""The types of sessions for officers: those that there are, a further one, and a change of one."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Read

_TYPES, _DESK = "/v1/consultations/{edition}/session-types", "/desk/consultations/{edition}/session-types"
_READ = Read("types", _TYPES)
_DONE = f"{_DESK}?done=yes"
_VIEWS = "wsis_consultation.session_types.pages.views"


PAGES = (
    Page(
        _DESK,
        "session_types/pages/desk.html",
        "desk_session_types",
        reads=(_READ,),
        view=f"{_VIEWS}:types",
        permission="consultation:edition",
    ),
    Page(
        f"{_DESK}/new",
        "session_types/pages/new.html",
        "add_session_type",
        reads=(_READ,),
        forms=(Form("add", f"POST {_TYPES}", then=_DONE),),
        view=f"{_VIEWS}:types",
        permission="consultation:edition",
    ),
    Page(
        f"{_DESK}/{{type}}",
        "session_types/pages/type.html",
        "session_type",
        reads=(_READ,),
        forms=(
            Form("change", f"PUT {_TYPES}/{{type}}", then=_DONE),
            Form("remove", f"POST {_TYPES}/{{type}}/removal", then=_DONE, confirm=True),
        ),
        view=f"{_VIEWS}:type",
        permission="consultation:edition",
    ),
)
