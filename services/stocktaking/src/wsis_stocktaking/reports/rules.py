"""Reports that are made of the register: global, of an ITU region, and the Success Stories of an edition.

A report has versions. Each is made of a model, plain JSON frozen when the version is built, and of prose, which
officers edit until it is published. The model is a pure function of the register at a sequence and of its scope.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from wsis_shared import reference
from wsis_shared.shares import shares

from wsis_stocktaking.register.rules import contents

GLOBAL, REGIONAL, STORIES = KINDS = ("global", "regional", "success_stories")

# What makes an activity one of the period: it was submitted or updated in it, or it was active in a year of it.
SUBMITTED, ACTIVE = BASES = ("submitted", "active")

# What officers write: each a text in several languages.
PROSE = ("introduction", "contribution", "conclusion")


# What a report is about: {kind, region: code or None, edition or None, period: {start, end, basis} or None}.


Scope = Mapping[str, Any]
Revision = Mapping[str, Any]
HONOURED = ("winner", "champion")  # in the order of their stories


def series(scope: Scope) -> str:
    """What the versions of a report have in common, also in addresses: "regional-arab_states-2014-01-01-2016-12-31"."""
    if scope["kind"] == STORIES:
        return f"{STORIES}-{scope['edition']}"
    period = f"{scope['period']['start']}-{scope['period']['end']}"
    return f"{REGIONAL}-{scope['region']}-{period}" if scope["kind"] == REGIONAL else f"{scope['kind']}-{period}"


def contains(scope: Scope, revision: Revision, year: int) -> bool:
    """Whether a revision that was public is one of the report. Of a period of submission, the store has chosen. An
    ongoing activity without an end runs to `year`, that of the report."""
    content, prize = revision["content"], revision["prize"]
    if scope["kind"] == STORIES:
        return prize is not None and prize["edition"] == scope["edition"] and prize["status"] in HONOURED
    if scope["kind"] == REGIONAL and scope["region"] not in contents.regions_of(content):
        return False
    period = scope["period"]
    if period["basis"] != ACTIVE:
        return True
    first, last = date.fromisoformat(period["start"]).year, date.fromisoformat(period["end"]).year
    return any(first <= year <= last for year in contents.years_of(content, year))


def chapters_of(scope: Scope, revision: Revision) -> list[str]:
    """The lines under which an entry stands, that of its text first. A story stands under the category of its prize."""
    lines = contents.lines_of(revision["content"])
    if scope["kind"] != STORIES:
        return lines
    category = revision["prize"]["category"]
    return [category] if reference.is_action_line(category) else lines[:1]


def group_of(scope: Scope, revision: Revision) -> str:
    """The part of its chapter in which an entry stands: the stakeholder type, or what the Prizes made of a story."""
    return str(revision["prize"]["status"] if scope["kind"] == STORIES else revision["content"]["organization"]["type"])


def groups(scope: Scope) -> list[str]:
    """The parts of a chapter in their order."""
    return list(HONOURED) if scope["kind"] == STORIES else [one.code for one in reference.stakeholder_types()]


# Counts and shares of the entries of a report: what its charts show. A row is {codes: [...], count, percent}.


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


# The model of a report: plain JSON, a function of the revisions that were public at a sequence.


Model = dict[str, Any]
"""{scope, as_of, sequence, versions: {matrix, template}, statistics, entries: [in order of `number`], chapters:
[{line, entries: [numbers whose text stands here], also: [numbers whose text stands under an earlier line]}]}"""

TEMPLATE = "2"  # raised whenever a model of the same entries becomes another
EXCERPT = 600  # characters of a text in a report; stories are whole
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔](?=\s|$)|[。！？]")


def build(
    scope: Scope, revisions: Iterable[Mapping[str, Any]], *, as_of: str, sequence: int, matrix: str | None
) -> Model:
    """The model of the revisions that the scope contains. `matrix` names the version of the WSIS-SDG Matrix."""
    figures, year = Figures(scope["region"]), int(as_of[:4])
    found: list[tuple[Any, dict[str, Any]]] = []
    for revision in revisions:
        if contains(scope, revision, year):
            lines = chapters_of(scope, revision)
            figures.add(revision["content"], lines)
            found.append((_order(scope, revision), _entry(scope, revision, lines)))
    found.sort(key=lambda each: each[0])
    chapters: dict[str, dict[str, Any]] = {
        line.code: {"line": line.code, "entries": [], "also": []} for line in reference.action_lines()
    }
    place = {line: number for number, line in enumerate(chapters)}
    entries: list[dict[str, Any]] = []
    # In the order of the chapters, so that numbers rise through the report.
    for _, entry in sorted(found, key=lambda each: place[each[1]["lines"][0]]):
        entries.append({"number": len(entries) + 1, **entry})
        for line in entry["lines"]:
            chapters[line]["entries" if line == entry["lines"][0] else "also"].append(len(entries))
    return {
        "scope": dict(scope),
        "as_of": as_of,
        "sequence": sequence,
        "versions": {"matrix": matrix, "template": TEMPLATE},
        "statistics": figures.result(),
        "entries": entries,
        "chapters": list(chapters.values()),
    }


def _order(scope: Scope, revision: Mapping[str, Any]) -> tuple[int, str, str]:
    content = revision["content"]
    rank = groups(scope).index(group_of(scope, revision))
    return rank, content["title"][content["original_language"]].casefold(), revision["entry"]


def _entry(scope: Scope, revision: Mapping[str, Any], lines: list[str]) -> dict[str, Any]:
    content, prize = revision["content"], revision["prize"]
    whole = scope["kind"] == STORIES
    names = (
        "title",
        "original_language",
        "kind",
        "coverage",
        "countries",
        "status",
        "start_date",
        "end_date",
        "sdgs",
        "targets",
    )
    return {
        "entry": revision["entry"],
        "revision": revision["number"],
        **{name: content[name] for name in names},
        "text": {language: text if whole else excerpt(text) for language, text in content["description"].items()},
        "organization": {name: content["organization"][name] for name in ("name", "type", "country")},
        "regions": contents.regions_of(dict(content)),
        "lines": lines,
        "group": group_of(scope, revision),
        "prize": prize["status"] if whole else None,
    }


def excerpt(text: str, length: int = EXCERPT) -> str:
    """The first sentences of a text, or its first words where the first sentence is longer; cut ones end in "…"."""
    if len(text) <= length:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, length)]
    if ends and ends[-1] > length // 3:
        return text[: ends[-1]].rstrip()
    head = text[: length - 1]
    space = head.rfind(" ")
    return (head[:space] if space > length // 2 else head).rstrip() + "…"
