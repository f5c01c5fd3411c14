"""What the page of an edition makes of what it has read: a pure function."""

from __future__ import annotations

from wsis_shared.json_types import Input


def edition(values: Input, _locale: str) -> Input:
    """The phases with their state: what comes before the one that is on is done."""
    phases = values["edition"]["phases"]
    on = [phase["number"] for phase in phases if phase["current"]]
    first = min(on) if on else 0

    def state(phase: Input) -> str:
        return (
            "now"
            if phase["current"]
            else "done"
            if phase["number"] < first or values["edition"]["done"]["champions_announced"]
            else "later"
        )

    return {"phases": [{**phase, "state": state(phase)} for phase in phases]}
