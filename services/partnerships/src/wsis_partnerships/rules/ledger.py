"""The ledger of a fund: one entry for each step of a pledge, never changed. The report is the sum of its entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from wsis_partnerships.rules.pledges import CASH, IN_KIND, STATES, Pledge

Entry = dict[str, Any]
"""{pledge, edition, number, at, package, activity, form, centimes, from_state, to_state}: `number` counts the steps of
the pledge from 1, `from_state` is None for the first. An estimate in kind that is missing counts as 0."""

Key = tuple[str, str, str]
"""Package, activity ("" for none), form."""


def entry(pledge: Pledge) -> Entry:
    """The entry for the last step of a pledge."""
    steps = pledge["history"]
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
        "from_state": steps[-2]["state"] if len(steps) > 1 else None,
        "to_state": steps[-1]["state"],
    }


def report(entries: Iterable[Entry]) -> dict[str, Any]:
    """{cash, in_kind: sums, lines: [{package, activity, form, **sums}] in the order of their keys}; sums are
    {state: {pledges, centimes}} of the state in which pledges are now. Money and estimates in kind are never added."""
    totals = {form: _sums() for form in (CASH, IN_KIND)}
    lines: dict[Key, dict[str, dict[str, int]]] = defaultdict(_sums)
    for row in entries:
        for sums in (totals[row["form"]], lines[key(row)]):
            _book(sums, row)
    return {
        **totals,
        "lines": [
            {"package": package, "activity": activity or None, "form": form, **sums}
            for (package, activity, form), sums in sorted(lines.items())
        ],
    }


def key(line: Mapping[str, Any]) -> Key:
    """What a line of the report is about."""
    return line["package"], line["activity"] or "", line["form"]


def _sums() -> dict[str, dict[str, int]]:
    return {state: {"pledges": 0, "centimes": 0} for state in STATES}


def _book(sums: dict[str, dict[str, int]], row: Mapping[str, Any]) -> None:
    for state, sign in ((row["from_state"], -1), (row["to_state"], 1)):
        if state is not None:
            sums[state]["pledges"] += sign
            sums[state]["centimes"] += sign * row["centimes"]
