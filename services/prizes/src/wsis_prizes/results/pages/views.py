"""What the pages of results make of what they have read: pure functions."""

from __future__ import annotations

from wsis_shared.json_types import Input


def results(values: Input, _locale: str) -> Input:
    """A row for each category of the edition: its winner and champions with their votes, the most first. Of a search
    those with champions that match: `whole` is false then, since who is not among them may have won."""
    query = set(values["query"])
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
    return {"rows": [row for row in rows if row["champions"] or not query], "whole": query <= {"category"}}


def announcement(values: Input, _locale: str) -> Input:
    """`steps` to the release of the winners: (name, when it was done, its state in the timeline)."""
    shown = values["shown"]
    times = {
        name: shown[field]
        for name, field in (
            ("finalists", "finalists_fixed_at"),
            ("champions", "champions_announced_at"),
            ("winners", "winners_released_at"),
        )
    }
    next_one = next((name for name, at in times.items() if not at), None)
    return {
        "steps": [(name, at, "done" if at else "now" if name == next_one else "later") for name, at in times.items()]
    }
