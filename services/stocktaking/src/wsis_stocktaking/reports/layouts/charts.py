"""The charts of a report: what they show, the query that gives their figures, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from wsis_shared import reference
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.rendering import blocks
from wsis_shared.rendering.blocks import Block, Inline, Run

from wsis_stocktaking.reports.layouts.reader import Reader
from wsis_stocktaking.reports.rules.scopes import ACTIVE, GLOBAL, HONOURED, REGIONAL, STORIES

QUERIES = "annex-4"
# The query behind a chart, as the address of a page for everybody: the cross-tabulation of the register at the sequence
# of the report gives the same figures at any time.


def query(reader: Reader, number: int) -> list[Run]:
    """ "Query 3", which leads to its annex."""
    return [blocks.run(reader.say("query_number", number=number), link=f"#{QUERIES}")]


def queries(reader: Reader, model: Input, base: str) -> Iterator[list[Inline]]:
    """The queries of the charts, in their order: number, title, address."""
    for number, (name, rows, columns) in enumerate(_asked(model["scope"]), 1):
        asked = urlencode(parameters(model["scope"], model["sequence"], rows, columns), safe=",")
        address = f"{base.rstrip('/')}/{reader.language}/register/figures?{asked}"
        yield [str(number), reader.say(name), blocks.run(address, "en", "ltr", address)]


def _asked(scope: Input) -> Iterator[tuple[str, str, str]]:
    """Name, rows and columns of each chart."""
    for bars in CHARTS[scope["kind"]]:
        yield bars.name, bars.facet, "kind"
    if scope["kind"] != STORIES:
        yield HEAT_MAP, "action_line", "sdg"


def parameters(scope: Input, sequence: int, rows: str, columns: str = "kind") -> dict[str, str]:
    """The fields of the cross-tabulation that has the figures of a scope at a sequence of the register."""
    period = scope["period"]
    found = {"rows": rows, "columns": columns}
    if scope["region"]:
        found["region"] = scope["region"]
    if scope["kind"] == STORIES:
        found |= {"prize": ",".join(HONOURED), "edition": scope["edition"]}
    elif period["basis"] == ACTIVE:
        first, last = date.fromisoformat(period["start"]).year, date.fromisoformat(period["end"]).year
        found["year"] = ",".join(str(year) for year in range(first, last + 1))
    else:
        found |= {"submitted_from": period["start"], "submitted_to": period["end"]}
    return {**found, "sequence": str(sequence)}


Figures = Input
Picture = Mapping[str, str]
"""{"svg": text, "png": base64}"""
HEAT_MAP = "line_by_sdg"
MAX_BARS = 25


@dataclass(frozen=True)
class Bars:
    """A chart of rows of the statistics: `facet` is what its query asks for."""

    name: str
    facet: str
    label: Callable[[Reader, Input], str]
    several: bool  # an entry may have several of the codes


BY_TYPE = Bars("by_stakeholder_type", "stakeholder_type", lambda reader, row: reader.types(row["codes"]), False)
BY_COVERAGE = Bars("by_coverage", "coverage", lambda reader, row: reader.code("coverages", row["codes"][0]), False)
BY_REGION = Bars("by_region", "region", lambda reader, row: reader.region(row["codes"][0]), True)
BY_COUNTRY = Bars("by_country", "country", lambda reader, row: reader.country(row["codes"][0]), True)
BY_LINE = Bars("by_action_line", "action_line", lambda reader, row: reader.line(row["codes"][0]), True)
BY_GOAL = Bars("by_sdg", "sdg", lambda reader, row: reader.goal(row["codes"][0]), True)
CHARTS = {
    GLOBAL: (BY_TYPE, BY_COVERAGE, BY_REGION, BY_LINE, BY_GOAL),
    REGIONAL: (BY_TYPE, BY_COVERAGE, BY_COUNTRY, BY_LINE, BY_GOAL),
    STORIES: (BY_TYPE, BY_REGION, BY_GOAL),
}


def drawings(reader: Reader, scope: Input, figures: Figures) -> Iterator[tuple[str, JsonObject]]:
    """The charts of a report by name, as `charts.draw` takes them. None for an empty report."""
    if not figures["total"]:
        return
    for bars in CHARTS[scope["kind"]]:
        rows = figures[bars.name][:MAX_BARS]
        yield (
            bars.name,
            {
                "kind": "bars",
                "untitled": True,
                "language": reader.language,
                "title": reader.say(bars.name),
                "description": _described(reader, bars, rows),
                "value_title": reader.say("entries"),
                "items": [
                    {"label": bars.label(reader, row), "value": row["count"], **_colour(bars, row)} for row in rows
                ],
            },
        )
    if scope["kind"] != STORIES:
        yield HEAT_MAP, _heat_map(reader, figures)


def _colour(bars: Bars, row: Input) -> dict[str, str]:
    return {"colour": reference.sdg(row["codes"][0]).colour} if bars is BY_GOAL else {}


def _described(reader: Reader, bars: Bars, rows: Sequence[Input]) -> str:
    separator = {"ar": "؛ ", "zh": "；"}.get(reader.language, "; ")
    listed = separator.join(f"{bars.label(reader, row)} {reader.number(row['count'])}" for row in rows)
    return reader.say("chart", title=reader.say(bars.name), rows=listed)


def _heat_map(reader: Reader, figures: Figures) -> JsonObject:
    lines, goals, say = reference.action_lines(), reference.sdgs(), reader.say
    return {
        "kind": "heat_map",
        "untitled": True,
        "language": reader.language,
        "title": say(HEAT_MAP),
        "description": say("heat_map_text"),
        "row_title": say("action_line"),
        "column_title": say("sdg"),
        "rows": [
            {"code": line.code.partition(".")[0], "label": reference.title(line, reader.language)} for line in lines
        ],
        "columns": [
            {"code": str(goal.number), "label": reference.title(goal, reader.language), "colour": goal.colour}
            for goal in goals
        ],
        "values": figures[HEAT_MAP],
    }


def sections(reader: Reader, model: Input, pictures: Mapping[str, Picture]) -> Iterator[Block]:
    """The overview: each chart below a heading, with its query and its table."""
    figures, scope, say = model["statistics"], model["scope"], reader.say
    yield blocks.heading(1, say("overview"))
    yield blocks.paragraph(say("overview_text"))
    for number, bars in enumerate(CHARTS[scope["kind"]], 1):
        yield blocks.heading(2, say(bars.name))
        rows = figures[bars.name]
        if bars.name in pictures:
            yield _figure(_described(reader, bars, rows), pictures[bars.name], _source(reader, bars, number))
        shown = rows if bars is not BY_COUNTRY else rows[:60]
        yield blocks.table(
            [(say(bars.facet), "wide"), (say("entries"), "number"), (say("share"), "number")],
            [[bars.label(reader, row), reader.number(row["count"]), reader.percent(row["percent"])] for row in shown],
        )
    if scope["kind"] != STORIES:
        yield blocks.heading(2, say(HEAT_MAP))
        if HEAT_MAP in pictures:
            asked = query(reader, len(CHARTS[scope["kind"]]) + 1)
            yield _figure(say("heat_map_text"), pictures[HEAT_MAP], asked)
        yield _cells(reader, figures)


def _figure(alt: str, picture: Picture, source: Inline) -> Block:
    return {"block": "figure", "alt": alt, "picture": dict(picture), "source": blocks.inline(source)}


def _source(reader: Reader, bars: Bars, number: int) -> list[str | Run]:
    return [
        *query(reader, number),
        *([f"\n{reader.say('several')}"] if bars.several else []),
        *([f"\n{reader.say('merged')}"] if bars is BY_TYPE else []),
    ]


def _cells(reader: Reader, figures: Figures) -> Block:
    """Line by Goal, for readers who do not see the picture: the Goals of each line, with their counts."""
    goals = [goal.number for goal in reference.sdgs()]
    rows = []
    for line, counts in zip(reference.action_lines(), figures[HEAT_MAP], strict=True):
        named = [
            f"{goal}\N{NO-BREAK SPACE}({reader.number(count)})"
            for goal, count in zip(goals, counts, strict=True)
            if count
        ]
        rows.append([reader.line(line.code), reader.listed(named) or "\N{EN DASH}"])
    return blocks.table([(reader.say("action_line"), "text"), (reader.say("sdg_counts"), "text")], rows)
