"""Counts and shares of the entries of a report: what its charts show. A row is {codes: [...], count, percent}."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from wsis_shared import reference
from wsis_shared.shares import shares

from wsis_stocktaking.register.rules import contents

Row = dict[str, Any]
GROUPING = "consultation_statistics"


class Figures:
    """Counts one entry after the other; with a region, also its countries."""

    def __init__(self, region: str | None = None) -> None:
        self._region = region
        self._total = 0
        self._organizations: set[tuple[str, str | None]] = set()
        self._countries: set[str] = set()
        self._counts: dict[str, Counter[Any]] = {
            name: Counter() for name in ("stakeholder_type", "coverage", "region", "country", "line", "sdg", "cell")
        }

    def add(self, content: Mapping[str, Any], lines: Iterable[str]) -> None:
        """Count an entry, which stands under these lines."""
        counts, organization = self._counts, content["organization"]
        regions = contents.regions_of(dict(content)) or [reference.no_region().code]
        self._total += 1
        self._organizations.add((organization["name"].casefold(), organization["country"]))
        self._countries.update(content["countries"])
        counts["stakeholder_type"][organization["type"]] += 1
        counts["coverage"][content["coverage"]] += 1
        counts["region"].update(regions)
        counts["country"].update(code for code in content["countries"] if self._is_of_region(code))
        counts["line"].update(lines)
        counts["sdg"].update(content["sdgs"])
        counts["cell"].update((line, goal) for line in lines for goal in content["sdgs"])

    def result(self) -> dict[str, Any]:
        """Totals, and rows by each property. Shares by stakeholder type and coverage add up to 100; an entry may have
        several regions, countries, lines and Goals, whose shares are of all entries. `line_by_sdg` has a row for
        each line."""
        lines = [line.code for line in reference.action_lines()]
        goals = [goal.number for goal in reference.sdgs()]
        regions = [*(region.code for region in reference.itu_regions()), reference.no_region().code]
        cells, counted = self._counts["cell"], self._counts["country"]
        return {
            "total": self._total,
            "organizations": len(self._organizations),
            "countries": len(self._countries),
            "by_stakeholder_type": self._split("stakeholder_type", _types()),
            "by_coverage": self._split("coverage", ((code,) for code in contents.COVERAGES)),
            "by_region": self._each("region", regions),
            "by_country": self._each("country", sorted(counted, key=lambda code: (-counted[code], code))),
            "by_action_line": self._each("line", lines),
            "by_sdg": self._each("sdg", goals),
            "line_by_sdg": [[cells[line, goal] for goal in goals] for line in lines],
        }

    def _is_of_region(self, country: str) -> bool:
        return self._region is not None and reference.itu_region_of(country) == self._region

    def _split(self, name: str, groups: Iterable[tuple[str, ...]]) -> list[Row]:
        counted = self._counts[name]
        rows: list[Row] = [{"codes": list(codes), "count": sum(counted[code] for code in codes)} for codes in groups]
        percents = shares([row["count"] for row in rows])
        return [{**row, "percent": percent} for row, percent in zip(rows, percents, strict=True)]

    def _each(self, name: str, codes: Iterable[Any]) -> list[Row]:
        counted, total = self._counts[name], self._total or 1
        return [
            {"codes": [code], "count": counted[code], "percent": round(100 * counted[code] / total)} for code in codes
        ]


def _types() -> list[tuple[str, ...]]:
    """The groups of the suite's statistics, then each type of the register that is in none."""
    groups = reference.stakeholder_groups(GROUPING)
    grouped = {code for group in groups for code in group}
    rest = [one.code for one in reference.stakeholder_types() if one.code not in grouped]
    return [*groups, *((code,) for code in rest)]
