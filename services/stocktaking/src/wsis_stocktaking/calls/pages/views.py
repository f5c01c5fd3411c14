"""What the page of a call makes of it: the job that was started for it, and what that counted."""

from __future__ import annotations

from wsis_shared.json_types import Input, JsonObject

_KIND = "send_call"  # of the job; the address can name any other
_COUNTS = ("entries", "owners", "invited_before", "without_owner")


def call(values: Input, _locale: str) -> JsonObject:
    """`job` where it is one of a call; `counted`: what it has found, None before; `may_send`."""
    job = values["job"] if values["job"] and values["job"]["kind"] == _KIND else None
    result = job and job["result"]
    is_draft = values["given"]["state"] == "draft"
    return {
        "job": job,
        "owners": (result or {}).get("owners", 0),
        "counted": result and [(name, result[name]) for name in _COUNTS],
        "may_send": bool(is_draft and result and result["dry_run"] and result["owners"]),
    }
