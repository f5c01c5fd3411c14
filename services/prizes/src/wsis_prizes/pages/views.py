"""What pages make of what they have read: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def edition(values: Mapping[str, Any], _locale: str) -> Mapping[str, Any]:
    """The phases with their state: what comes before the one that is on is done."""
    phases = values["edition"]["phases"]
    on = [phase["number"] for phase in phases if phase["current"]]
    first = min(on) if on else 0

    def state(phase: Mapping[str, Any]) -> str:
        return (
            "now"
            if phase["current"]
            else "done"
            if phase["number"] < first or values["edition"]["done"]["champions_announced"]
            else "later"
        )

    return {"phases": [{**phase, "state": state(phase)} for phase in phases]}


def results(values: Mapping[str, Any], _locale: str) -> Mapping[str, Any]:
    """A row for each category of the edition: its winner and champions with their votes, the most first."""
    champions = (values["champions"] or {}).get("items", ())
    counts = {
        project["project"]: project["counted"]
        for category in (values["result"] or {}).get("categories", ())
        for project in category["projects"]
    }
    rows = []
    for category in values["edition"]["categories"]:
        own = [{**each, "votes": counts.get(each["project"])} for each in champions if each["category"] == category]
        own.sort(key=lambda each: (-(each["votes"] or 0), each["number"] or 0))
        rows.append(
            {"category": category, "champions": own, "most": max((each["votes"] or 0 for each in own), default=0)}
        )
    return {"rows": rows}
