"""Counts and shares of submissions by stakeholder type, region, action line, SDG and more.

Each count is that of the rows given, so those of a dimension with one value for each row add up to the total.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from wsis_shared import reference

from wsis_consultation.submissions.rules.rows import KINDS, REQUEST_KINDS, Row, groups

Counted = dict[str, Any]
"""{code, codes, count, share}: `codes` are the merged ones, `share` is the percentage of the rows."""

SEVERAL = {"action_line": "action_lines", "sdg": "sdgs", "request_kind": "request_kinds"}
"""Dimensions of which a submission has any number of values -> their field in a row."""


def dimensions() -> dict[str, tuple[str, ...]]:
    """Dimension -> its codes in their order; those that nobody named are counted as 0."""
    regions = (*reference.itu_regions(), reference.no_region())
    return {
        "region": tuple(region.code for region in regions),
        "action_line": tuple(line.code for line in reference.action_lines()),
        "sdg": tuple(str(goal.number) for goal in reference.sdgs()),
        "kind": KINDS,
        "request_kind": REQUEST_KINDS,
    }


def count(rows: Sequence[Row], *, merged: bool) -> dict[str, list[Counted]]:
    """Dimension -> counts. Countries and languages have no zeros: too many have none."""
    counted = {"stakeholder_type": _by_type(rows, merged=merged)}
    for dimension, codes in dimensions().items():
        found = _values(rows, dimension)
        counted[dimension] = [_counted(code, found[code], len(rows)) for code in codes]
    for dimension in ("country", "language"):
        found = _values(rows, dimension)
        counted[dimension] = [_counted(code, found[code], len(rows)) for code in sorted(found)]
    return counted


def share(count: int, total: int) -> float:
    """In percent, to one decimal; 0 of nothing."""
    return round(100 * count / total, 1) if total else 0.0


def _by_type(rows: Sequence[Row], *, merged: bool) -> list[Counted]:
    found = Counter(row["stakeholder_type"] for row in rows)
    return [
        {**_counted(group[0], sum(found[code] for code in group), len(rows)), "codes": list(group)}
        for group in groups(merged=merged)
    ]


def _values(rows: Iterable[Row], dimension: str) -> Counter[str]:
    if dimension in SEVERAL:
        field = SEVERAL[dimension]
        return Counter(str(value) for row in rows for value in set(row[field]))
    return Counter(row[dimension] for row in rows if row[dimension] is not None)


def _counted(code: str, count: int, total: int) -> Counted:
    return {"code": code, "codes": [code], "count": count, "share": share(count, total)}
