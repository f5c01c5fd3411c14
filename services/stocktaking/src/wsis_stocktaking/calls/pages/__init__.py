"""Calls for updates: officers write one, count, send and follow it; owners answer by one press."""

from __future__ import annotations

from wsis_shared.pages import Download, Form, Page, Read

_ONE, _OWN = "/v1/update-calls/{call}", "/v1/me/update-calls/{call}"
_HERE, _MINE = "/desk/calls/{call}", "/me/calls/{call}"


PAGES = (
    Page(
        "/desk/calls",
        "calls/pages/list.html",
        "desk_calls",
        reads=(Read("calls", "/v1/update-calls?after={after}"),),
        files=(Download("calls", "/v1/update-calls?format=xlsx"),),
        menu="desk:35",
    ),
    Page(
        "/desk/calls/new",
        "calls/pages/new.html",
        "new_call",
        forms=(Form("write", "POST /v1/update-calls", then="/desk/calls/{id}"),),
        permission="stocktaking:manage",
    ),
    Page(
        _HERE,
        "calls/pages/call.html",
        "desk_call",
        reads=(
            Read("given", _ONE),
            Read("silent", f"{_ONE}/owners?after={{after}}", optional=True),
            Read("job", "/v1/jobs/{job}", optional=True),
        ),
        forms=(
            Form("change", f"PUT {_ONE}", then=f"{_HERE}?done=saved"),
            Form("count", f"POST {_ONE}/invitations", then="/desk/calls/{call}?job={id}"),
            Form("send", f"POST {_ONE}/invitations", then="/desk/calls/{call}?job={id}", confirm=True),
            Form("close", f"PUT {_ONE}/closure", then=f"{_HERE}?done=closed", confirm=True),
        ),
        files=(Download("silent", f"{_ONE}/owners?format=xlsx"),),
        view="wsis_stocktaking.calls.pages.views:call",
    ),
    Page(
        _MINE,
        "calls/pages/own.html",
        "own_call",
        reads=(Read("asked", _OWN),),
        forms=(Form("correct", f"PUT {_OWN}/confirmation", then=f"{_MINE}?done=yes"),),
    ),
)
