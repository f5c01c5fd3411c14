"""Coverage: which action lines, SDGs, regions and stakeholder types are unheard so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from wsis_shared import reference

from wsis_consultation.overview.rules.counts import SEVERAL, count
from wsis_consultation.submissions.rules.rows import Row

DIMENSIONS = ("action_line", "sdg", "region", "stakeholder_type")


def unheard(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Dimension -> the codes that no submission names."""
    counted = count(rows, merged=False)
    return {name: [each["code"] for each in counted[name] if not each["count"]] for name in DIMENSIONS}


def details(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """For each code of each dimension: {dimension, code, count, share, unheard_types, unheard_regions}: the types and
    regions from which nobody has named it."""
    counted = count(rows, merged=False)
    types, regions = ([each["code"] for each in counted[name]] for name in ("stakeholder_type", "region"))
    for dimension in DIMENSIONS:
        for each in counted[dimension]:
            found = [row for row in rows if _has(row, dimension, each["code"])]
            yield {
                "dimension": dimension, "code": each["code"], "count": each["count"], "share": each["share"],
                "unheard_types": _missing(types, found, "stakeholder_type") if dimension != "stakeholder_type" else [],
                "unheard_regions": _missing(regions, found, "region") if dimension != "region" else [],
            }  # fmt: skip


def _missing(codes: Sequence[str], rows: Sequence[Row], field: str) -> list[str]:
    heard = {row[field] for row in rows}
    return [code for code in codes if code not in heard]


def title(dimension: str, code: str, locale: str) -> str:
    """The title of a code in the reader's language."""
    return reference.title(_TITLED[dimension](code), locale)


def _region(code: str) -> reference.ItuRegion:
    no_region = reference.no_region()
    return no_region if code == no_region.code else reference.itu_region(code)


_TITLED: dict[str, Callable[[str], Any]] = {
    "action_line": reference.action_line,
    "sdg": lambda code: reference.sdg(int(code)),
    "region": _region,
    "stakeholder_type": reference.stakeholder_type,
}


def _has(row: Row, dimension: str, code: str) -> bool:
    if dimension in SEVERAL:
        return code in {str(value) for value in row[SEVERAL[dimension]]}
    return bool(row[dimension] == code)
