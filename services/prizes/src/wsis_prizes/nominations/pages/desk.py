"""The officers' desk of the list of nominees: by score, by name, and published."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Read

_LIST, _HERE = "/v1/editions/{edition}/nominations", "/desk/editions/{edition}/nominations"


DESK = (
    Page(
        _HERE,
        "nominations/pages/desk.html",
        "desk_nominations",
        reads=(Read("draft", _LIST), Read("job", "/v1/jobs/{job}", optional=True)),
        forms=(
            Form("preview", f"POST {_LIST}/preview", then="", preview=True),
            Form("fix", f"PUT {_LIST}", then=f"{_HERE}?done=fixed"),
            Form("publish", f"POST {_LIST}/publication", then=f"{_HERE}?job={{id}}", confirm=True),
        ),
        view="wsis_prizes.nominations.pages.views:draft",
    ),
    Page(
        f"{_HERE}/{{category}}",
        "nominations/pages/desk-category.html",
        "desk_nominations",
        reads=(Read("ranking", f"{_LIST}/{{category}}"),),
        forms=(Form("choose", f"PUT {_LIST}/{{category}}", then=f"{_HERE}?done=fixed", confirm=True),),
        view="wsis_prizes.nominations.pages.views:ranking",
    ),
)
