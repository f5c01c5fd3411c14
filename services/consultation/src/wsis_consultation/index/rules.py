"""The index of submissions: one short row for each, and the filters of its list and its counts.

A row has no personal data, so an agency may read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypedDict, TypeVar

from wsis_shared import reference
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.reference.texts import Titled


class Row(TypedDict):
    """A submission in the index; `requests` is their number, moments are in UTC."""

    id: str
    number: int
    organization: str | None
    country: str | None
    region: str | None
    stakeholder_type: str | None
    language: str | None
    kind: str | None
    state: str | None
    received_at: datetime
    updated_at: datetime
    late: bool
    action_lines: list[str]
    sdgs: list[int]
    request_kinds: list[str]
    requests: int


class NamesLines(TypedDict):
    """What names action lines."""

    action_lines: list[str]


N = TypeVar("N", bound=NamesLines)

RECEIVED, WITHDRAWN, MERGED, ALL = "received", "withdrawn", "merged", "all"
KINDS = ("form", "national_event", "regional_event")
REQUEST_KINDS = ("workshop", "exhibition", "speaking_slot", "speaker", "partnership")


def from_submission(submission: Input) -> Row:
    """The row of a submission, whose subject stands on this one."""
    get: Callable[[str], Any] = submission.get
    requests = get("requests") or []
    return {
        "id": submission["_id"],
        "number": submission["number"],
        "organization": get("organization"),
        "country": get("country"),
        "region": get("region"),
        "stakeholder_type": get("stakeholder_type"),
        "language": get("language"),
        "kind": get("kind"),
        "state": get("state"),
        "received_at": get("received_at"),
        "updated_at": get("updated_at"),
        "late": bool(get("late")),
        "action_lines": list(get("action_lines") or []),
        "sdgs": list(get("sdgs") or []),
        "request_kinds": sorted({request["kind"] for request in requests}),
        "requests": len(requests),
    }


def groups(*, merged: bool) -> tuple[tuple[str, ...], ...]:
    """The stakeholder types of the consultation, each a group of its own, or as its charts merge them: academia and
    the technical community together."""
    if merged:
        return reference.stakeholder_groups("consultation_statistics")
    return tuple((code,) for group in groups(merged=True) for code in group)


def lines_of_agency(agency: str) -> frozenset[str]:
    """The action lines that an agency leads or co-facilitates."""
    return frozenset(
        line.code
        for line in reference.action_lines()
        if agency in {each.slug for each in reference.agencies_of_line(line.code)}
    )


def naming(rows: Iterable[N], lines: frozenset[str] | None) -> list[N]:
    """The rows that name one of the lines; None: all rows."""
    return list(rows) if lines is None else [row for row in rows if not lines.isdisjoint(row["action_lines"])]


_Test = Callable[[Row, Any], bool]


def _equals(field: str) -> _Test:
    def test(row: JsonObject, value: object) -> bool:
        return row[field] == value

    return test


_TESTS: dict[str, _Test] = {
    **{name: _equals(name) for name in ("region", "country", "kind", "language", "late")},
    "action_line": lambda row, value: value in row["action_lines"],
    "sdg": lambda row, value: value in row["sdgs"],
    "request_kind": lambda row, value: value in row["request_kinds"],
    "received_from": lambda row, value: bool(row["received_at"] >= value),
    "received_to": lambda row, value: bool(row["received_at"] < value),
    "stakeholder_types": lambda row, value: row["stakeholder_type"] in value,
    "state": lambda row, value: value in (ALL, row["state"]),
}


def matching(rows: Iterable[Row], filters: Input) -> list[Row]:
    """The rows that pass all filters, in their order. A filter that is None, or not there, lets all pass.

    `received_from` is included, `received_to` is not. With `merged`, academia also stands for the technical community.
    """
    tests = {name: value for name, value in filters.items() if name in _TESTS and value is not None}
    if (kind := filters.get("stakeholder_type")) is not None:
        merged = bool(filters.get("merged"))
        tests["stakeholder_types"] = next((group for group in groups(merged=merged) if kind in group), (kind,))
    checks = [(_TESTS[name], value) for name, value in tests.items()]
    return [row for row in rows if all(check(row, value) for check, value in checks)]


def latest(rows: Iterable[Row]) -> datetime | None:
    """When the newest of the rows was changed."""
    return max((row["updated_at"] for row in rows), default=None)


def title(dimension: str, code: str, locale: str) -> str:
    """The title of a code in the reader's language."""
    return reference.title(_TITLED[dimension](code), locale)


def _region(code: str) -> reference.ItuRegion:
    no_region = reference.no_region()
    return no_region if code == no_region.code else reference.itu_region(code)


_TITLED: dict[str, Callable[[str], Titled]] = {
    "action_line": reference.action_line,
    "sdg": lambda code: reference.sdg(int(code)),
    "region": _region,
    "stakeholder_type": reference.stakeholder_type,
}
