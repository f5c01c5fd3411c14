"""The call for updates on the desk: whom it would reach, then the mails."""

from __future__ import annotations

from wsis_shared.json_types import Input, JsonObject
from wsis_shared.pages import Download, Form, Page, Read

_HERE, _CALL = "/desk/invitations", "POST /v1/entry-invitations"
_KIND = "invite_owners"  # of the job; the address can name any other
_YEARS, _COUNTS = 2.0, ("entries", "owners", "invited_before", "without_owner")


PAGE = Page(
    _HERE,
    "entries/pages/invitations.html",
    "invitations",
    reads=(Read("calls", "/v1/entry-invitations?limit=10"), Read("job", "/v1/jobs/{job}", optional=True)),
    forms=(
        Form("count", _CALL, then=f"{_HERE}?job={{id}}"),
        Form("send", _CALL, then=f"{_HERE}?job={{id}}", confirm=True),
    ),
    files=(Download("contacts", "/v1/entry-contacts?format=xlsx"),),
    view="wsis_stocktaking.entries.pages.invitations:call",
)


def call(values: Input, _locale: str) -> JsonObject:
    """`job` where it is a call; `reached` of the call that was counted or sent, None before; `asked`: what it was
    about."""
    job = values["job"] if values["job"] and values["job"]["kind"] == _KIND else None
    result = job and job["result"]
    return {
        "job": job,
        "reached": result and [(name, result[name]) for name in _COUNTS],
        "asked": result or {"years": _YEARS, "action_lines": [], "regions": []},
        "may_send": bool(result and result["dry_run"] and result["owners"]),
    }
