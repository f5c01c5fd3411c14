"""The overview: lists of inputs, counts by what they name, and what nobody named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import TypedDict

from wsis_shared import reference
from wsis_shared.json_types import JsonObject

from wsis_consultation.index.rules import KINDS, REQUEST_KINDS, Row, groups
from wsis_consultation.submissions.rules.lifecycle import Submission, mergers, receipt_number


class Counted(TypedDict):
    """How many rows have a code; `codes` are the merged ones, `share` is the percentage of the rows."""

    code: str
    codes: list[str]
    count: int
    share: float


class Cell(TypedDict):
    """How many submissions from a region name an action line."""

    action_line: str
    region: str
    count: int


class Coverage(TypedDict):
    """How many submissions name a code, and the types and regions from which nobody has."""

    dimension: str
    code: str
    count: int
    share: float
    unheard_types: list[str]
    unheard_regions: list[str]


SEVERAL: Mapping[str, Callable[[Row], Iterable[str | int]]] = {
    "action_line": lambda row: row["action_lines"],
    "sdg": lambda row: row["sdgs"],
    "request_kind": lambda row: row["request_kinds"],
}
"""Dimensions of which a submission has any number of values."""
ONE: Mapping[str, Callable[[Row], str | None]] = {
    "region": lambda row: row["region"],
    "kind": lambda row: row["kind"],
    "stakeholder_type": lambda row: row["stakeholder_type"],
    "country": lambda row: row["country"],
    "language": lambda row: row["language"],
}
"""Those of which it has one, or none."""


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
        return Counter(str(value) for row in rows for value in set(SEVERAL[dimension](row)))
    return Counter(value for row in rows if (value := ONE[dimension](row)) is not None)


def _counted(code: str, count: int, total: int) -> Counted:
    return {"code": code, "codes": [code], "count": count, "share": share(count, total)}


DIMENSIONS = ("action_line", "sdg", "region", "stakeholder_type")


def unheard(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Dimension -> the codes that no submission names."""
    counted = count(rows, merged=False)
    return {name: [each["code"] for each in counted[name] if not each["count"]] for name in DIMENSIONS}


def cells(rows: Iterable[Row]) -> list[Cell]:
    """Each action line with each region, in their order; a submission counts in each line that it names."""
    found = Counter((line, row["region"]) for row in rows for line in set(row["action_lines"]))
    codes = dimensions()
    return [
        {"action_line": line, "region": region, "count": found[line, region]}
        for line, region in product(codes["action_line"], codes["region"])
    ]


def details(rows: Sequence[Row]) -> Iterator[Coverage]:
    """For each code of each dimension."""
    counted = count(rows, merged=False)
    types, regions = ([each["code"] for each in counted[name]] for name in ("stakeholder_type", "region"))
    for dimension in DIMENSIONS:
        for each in counted[dimension]:
            found = [row for row in rows if _has(row, dimension, each["code"])]
            yield {
                "dimension": dimension,
                "code": each["code"],
                "count": each["count"],
                "share": each["share"],
                "unheard_types": _missing(types, found, "stakeholder_type") if dimension != "stakeholder_type" else [],
                "unheard_regions": _missing(regions, found, "region") if dimension != "region" else [],
            }


def _missing(codes: Sequence[str], rows: Sequence[Row], field: str) -> list[str]:
    heard = {ONE[field](row) for row in rows}
    return [code for code in codes if code not in heard]


def _has(row: Row, dimension: str, code: str) -> bool:
    if dimension in SEVERAL:
        return code in {str(value) for value in SEVERAL[dimension](row)}
    return ONE[dimension](row) == code


_COPIED = (
    "edition",
    "number",
    "kind",
    "organization",
    "country",
    "region",
    "stakeholder_type",
    "language",
    "event",
    "action_lines",
    "sdgs",
    "answers",
    "per_line",
    "received_at",
)
_PERSONAL = {"email", "telephone"}


def from_submission(submission: Submission) -> JsonObject:
    """All content but the submitter's contact, and speakers without addresses."""
    return {
        "id": submission["_id"],
        "receipt": receipt_number(submission["edition"], submission["number"]),
        **{name: submission.get(name) for name in _COPIED},
        "requests": _without_addresses(submission.get("requests") or []),
        **mergers(submission),
    }


def _without_addresses(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _without_addresses(part) for name, part in value.items() if name not in _PERSONAL}
    return [_without_addresses(part) for part in value] if isinstance(value, list) else value
