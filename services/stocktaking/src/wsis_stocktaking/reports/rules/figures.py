"""Counts and shares of the entries of a report: what its charts show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypedDict

from wsis_shared import reference
from wsis_shared.shares import shares

from wsis_stocktaking.register.rules import contents

GROUPING = "consultation_statistics"


class Row(TypedDict):
    """How many entries have one of these codes."""

    codes: list[str | int]
    count: int
    percent: int


class Statistics(TypedDict):
    """Totals, and rows by each property. Shares by stakeholder type and coverage add up to 100; an entry may have
    several regions, countries, lines and Goals, whose shares are of all entries. `line_by_sdg` has a row for each
    line."""

    total: int
    organizations: int
    countries: int
    by_stakeholder_type: list[Row]
    by_coverage: list[Row]
    by_region: list[Row]
    by_country: list[Row]
    by_action_line: list[Row]
    by_sdg: list[Row]
    line_by_sdg: list[list[int]]


class Figures:
    """Counts one entry after the other; with a region, also its countries."""

    def __init__(self, region: str | None = None) -> None:
        self._region = region
        self._total = 0
        self._organizations: set[tuple[str, str | None]] = set()
        self._countries: set[str] = set()
        self._cells: Counter[tuple[str, int]] = Counter()
        self._counts: dict[str, Counter[str | int]] = {
            name: Counter() for name in ("stakeholder_type", "coverage", "region", "country", "line", "sdg")
        }

    def add(self, content: contents.Content, lines: Iterable[str]) -> None:
        """Count an entry, which stands under these lines."""
        counts, organization = self._counts, content["organization"]
        regions = contents.regions_of(content) or [reference.no_region().code]
        self._total += 1
        self._organizations.add((organization["name"].casefold(), organization["country"]))
        self._countries.update(content["countries"])
        counts["stakeholder_type"][organization["type"]] += 1
        counts["coverage"][content["coverage"]] += 1
        counts["region"].update(regions)
        counts["country"].update(code for code in content["countries"] if self._is_of_region(code))
        counts["line"].update(lines)
        counts["sdg"].update(content["sdgs"])
        self._cells.update((line, goal) for line in lines for goal in content["sdgs"])

    def result(self) -> Statistics:
        """What was counted."""
        lines = [line.code for line in reference.action_lines()]
        goals = [goal.number for goal in reference.sdgs()]
        regions = [*(region.code for region in reference.itu_regions()), reference.no_region().code]
        cells, counted = self._cells, self._counts["country"]
        return {
            "total": self._total,
            "organizations": len(self._organizations),
            "countries": len(self._countries),
            "by_stakeholder_type": self._split("stakeholder_type", _types()),
            "by_coverage": self._split("coverage", ((code,) for code in contents.COVERAGES)),
            "by_region": self._each("region", regions),
            "by_country": self._each("country", sorted(counted, key=lambda code: (-counted[code], str(code)))),
            "by_action_line": self._each("line", lines),
            "by_sdg": self._each("sdg", goals),
            "line_by_sdg": [[cells[line, goal] for goal in goals] for line in lines],
        }

    def _is_of_region(self, country: str) -> bool:
        return self._region is not None and reference.itu_region_of(country) == self._region

    def _split(self, name: str, groups: Iterable[tuple[str, ...]]) -> list[Row]:
        counted = self._counts[name]
        rows = [(codes, sum(counted[code] for code in codes)) for codes in groups]
        percents = shares([count for _, count in rows])
        return [
            {"codes": list(codes), "count": count, "percent": percent}
            for (codes, count), percent in zip(rows, percents, strict=True)
        ]

    def _each(self, name: str, codes: Iterable[str | int]) -> list[Row]:
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
