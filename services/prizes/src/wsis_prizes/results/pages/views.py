"""What the page of results makes of what it has read: a pure function."""

from __future__ import annotations

from wsis_shared.json_types import Input


def results(values: Input, _locale: str) -> Input:
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
