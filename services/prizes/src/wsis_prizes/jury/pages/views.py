"""What the desk of the Expert Group makes of what it has read: pure functions."""

from __future__ import annotations

from wsis_shared.json_types import Input

_NONE = {"done": 0, "all": 0, "conflict": 0}


def group(values: Input, _locale: str) -> Input:
    """Jurors `of_edition` with their load, the least finished first, the `others`, and how many have open reviews."""
    load = {row["key"]: row for row in values["progress"]["jurors"]}
    jurors = [{**_NONE, **load.get(row["account"], {}), **row} for row in values["jurors"]["items"]]
    of_edition = [row for row in jurors if row["named"]]
    of_edition.sort(key=lambda row: (row["done"] - row["all"], row["names"] or ""))
    return {
        "of_edition": of_edition,
        "others": [row for row in jurors if not row["named"]],
        "most": max((row["all"] for row in jurors), default=0),
        "unfinished": sum(row["done"] < row["all"] for row in values["progress"]["jurors"]),
    }


def juror(values: Input, _locale: str) -> Input:
    """The juror; none where nobody with the role has this account."""
    rows = values["jurors"]["items"]
    return {"person": next((row for row in rows if row["account"] == values["account"]), None)}
