"""The ledger of a fund: entries for each step of a pledge, never changed. The report is the sum of its entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict

from wsis_partnerships.rules.pledges import CASH, IN_KIND, STATES, Pledge, Step


class Entry(TypedDict):
    """`number` counts the steps of the pledge from 1. `from_state` is None for the first, and for what a correction
    books anew; `to_state` is None for what a correction takes back. An estimate in kind that is missing counts as 0."""

    _id: str
    pledge: str
    edition: str
    number: int
    at: datetime
    package: str
    activity: str | None
    form: str
    centimes: int
    from_state: str | None
    to_state: str | None


class Sum(TypedDict):
    """Of the pledges that are in a state now."""

    pledges: int
    centimes: int


Sums = dict[str, Sum]
"""By state."""

Key = tuple[str, str, str]
"""Package, activity ("" for none), form."""


def entry(pledge: Pledge) -> Entry:
    """The entry for the last step of a pledge."""
    steps = pledge["history"]
    return _entry(pledge, steps, steps[-2]["state"] if len(steps) > 1 else None, steps[-1]["state"])


def correction(former: Pledge, pledge: Pledge) -> list[Entry]:
    """The entries for a correction: what was booked is taken back, and booked as it is now. None where the ledger has
    nothing of what was corrected."""
    steps, state = pledge["history"], pledge["state"]
    back, anew = _entry(former, steps, state, None), _entry(pledge, steps, None, state)
    if all(back[name] == anew[name] for name in ("package", "activity", "centimes")):
        return []
    return [back, {**anew, "_id": f"{anew['_id']}-corrected"}]


def _entry(pledge: Pledge, steps: Sequence[Step], from_state: str | None, to_state: str | None) -> Entry:
    return {
        "_id": f"{pledge['_id']}-{len(steps)}",
        "pledge": pledge["_id"],
        "edition": pledge["edition"],
        "number": len(steps),
        "at": steps[-1]["at"],
        "package": pledge["package"],
        "activity": pledge["activity"],
        "form": pledge["form"],
        "centimes": pledge["centimes"] or 0,
        "from_state": from_state,
        "to_state": to_state,
    }


def report(entries: Sequence[Entry]) -> dict[str, object]:
    """{cash, in_kind: sums, lines}. Money and estimates in kind are never added."""
    totals = {form: _sums() for form in (CASH, IN_KIND)}
    for row in entries:
        _book(totals[row["form"]], row)
    return {**totals, "lines": [line for _, line in lines(entries)]}


def lines(entries: Iterable[Entry]) -> list[tuple[Key, dict[str, object]]]:
    """The lines of the report in the order of their keys: {package, activity, form, **sums}."""
    booked: dict[Key, Sums] = defaultdict(_sums)
    for row in entries:
        _book(booked[row["package"], row["activity"] or "", row["form"]], row)
    return [
        (key, {"package": key[0], "activity": key[1] or None, "form": key[2], **sums})
        for key, sums in sorted(booked.items())
    ]


def _sums() -> Sums:
    return {state: {"pledges": 0, "centimes": 0} for state in STATES}


def _book(sums: Sums, row: Entry) -> None:
    for state, sign in ((row["from_state"], -1), (row["to_state"], 1)):
        if state is not None:
            sums[state]["pledges"] += sign
            sums[state]["centimes"] += sign * row["centimes"]
