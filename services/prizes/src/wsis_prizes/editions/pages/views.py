"""What the page of an edition makes of what it has read."""

from __future__ import annotations

from wsis_shared import clock
from wsis_shared.json_types import Input


def edition(values: Input, _locale: str) -> Input:
    """The phases with their state, by the clock: in the weeks before the ceremony none is on."""
    now = clock.now()

    def state(phase: Input) -> str:
        if phase["current"]:
            return "now"
        return "done" if clock.parse(phase["end"]) <= now else "later"

    return {"phases": [{**phase, "state": state(phase)} for phase in values["edition"]["phases"]]}
