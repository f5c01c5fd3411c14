"""What pages make of an edition: pure functions."""

from __future__ import annotations

from wsis_shared.json_types import Input

from wsis_consultation.editions.rules.phases import DEADLINE

_STATES = {"past": "done", "current": "now", "upcoming": "later"}


def opening(values: Input, _locale: str) -> Input:
    """The editions whose dates can be copied."""
    return {"years": {row["edition"]: row["edition"] for row in values["editions"]["items"]}}


def edition(values: Input, _locale: str) -> Input:
    """The phases as the timeline shows them; `submitting` says whether submissions are open; `meeting` is the next."""
    phases = values["consultation"]["phases"]
    deadline = next((phase for phase in phases if phase["kind"] == DEADLINE), None)
    begun = bool(phases) and phases[0]["state"] != "upcoming"
    ahead = {phase["code"] for phase in phases if phase["state"] != "past"}
    meetings = (values["meetings"] or {}).get("items", [])
    discussions = (values["discussions"] or {}).get("items", [])
    return {
        "phases": [{**phase, "shown": _STATES[phase["state"]]} for phase in phases],
        "submitting": begun and deadline is not None and deadline["state"] != "past",
        "meeting": next((each for each in meetings if each["state"] == "scheduled" and each["phase"] in ahead), None),
        "discussing": any(each["state"] == "open" for each in discussions),
        "programme": next(iter((values["versions"] or {}).get("items", [])), None),
    }
