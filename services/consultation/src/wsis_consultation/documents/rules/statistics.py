"""Counts and shares of submissions: what the charts of a document show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wsis_shared import reference
from wsis_shared.shares import shares

Row = dict[str, Any]
"""{codes: [...], count, percent}"""

GROUPING = "consultation_statistics"


def statistics(submissions: Sequence[Mapping[str, Any]], *, merged: bool) -> dict[str, Any]:
    """Totals, and counts by each property. With `merged`, academia and the technical community are one group.

    Shares by stakeholder type, region and language add up to 100. A submission may name several action lines and Goals:
    their percents are of all submissions.
    """
    requests = Counter(
        (request["kind"], request.get("session_type") or "") for one in submissions for request in one["requests"]
    )
    return {
        "total": len(submissions),
        "countries": len({one["country"] for one in submissions if one["country"]}),
        "by_kind": _split(({"codes": [kind]} for kind in ("form", "national_event", "regional_event")),
                          (one["kind"] for one in submissions)),
        "by_stakeholder_type": _split(_types(merged=merged), (one["stakeholder_type"] for one in submissions)),
        "by_region": _split(({"codes": [code]} for code in _regions()), (one["region"] for one in submissions)),
        "by_language": _split(({"codes": [one.code]} for one in reference.languages()),
                              (one["language"] for one in submissions)),
        "by_action_line": _each((line.code for line in reference.action_lines()), submissions, "action_lines"),
        "by_sdg": _each((goal.number for goal in reference.sdgs()), submissions, "sdgs"),
        "requests": [{"kind": kind, "session_type": type_ or None, "count": count}
                     for (kind, type_), count in sorted(requests.items())],
    }  # fmt: skip


def _types(*, merged: bool) -> list[Row]:
    groups = reference.stakeholder_groups(GROUPING)
    return [{"codes": list(codes)} for group in groups for codes in ([group] if merged else [(one,) for one in group])]


def _regions() -> list[str]:
    return [*(region.code for region in reference.itu_regions()), reference.no_region().code]


def _split(rows: Iterable[Row], values: Iterable[Any]) -> list[Row]:
    counted = Counter(values)
    found = [{**row, "count": sum(counted[code] for code in row["codes"])} for row in rows]
    percents = shares([row["count"] for row in found])
    return [{**row, "percent": percent} for row, percent in zip(found, percents, strict=True)]


def _each(codes: Iterable[Any], submissions: Sequence[Mapping[str, Any]], field: str) -> list[Row]:
    counted = Counter(code for one in submissions for code in set(one[field]))
    total = len(submissions) or 1
    return [{"codes": [code], "count": counted[code], "percent": round(100 * counted[code] / total)} for code in codes]
