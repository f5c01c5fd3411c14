"""What the desk of the nominations makes of what it has read: pure functions."""

from __future__ import annotations

from wsis_shared.json_types import Input


def draft(values: Input, _locale: str) -> Input:
    """The list that is shown, which is the one that was asked for where one was; its projects, added and removed."""
    shown = values["replies"].get("preview") or values["draft"]
    rows = shown["categories"]
    return {
        "shown": shown,
        "most": max((row["projects"] for row in rows), default=0),
        "sums": {
            name: sum(row[name] for row in rows) for name in ("projects", "reviewed", "added", "removed", "missing")
        },
    }


def ranking(values: Input, _locale: str) -> Input:
    """The projects with the spread of their scores; `nominated` are the ids of those in the list."""
    rows = [
        {**row, "spread": None if row.get("highest") is None else row["highest"] - row["lowest"]}
        for row in values["ranking"]["items"]
    ]
    return {"rows": rows, "nominated": [row["project"] for row in rows if row.get("nominated")]}
