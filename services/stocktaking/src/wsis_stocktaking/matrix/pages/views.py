"""What the pages of the matrix make of it: rows of cells as dark as their figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from wsis_shared import reference
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.languages import pick

from wsis_stocktaking.matrix.rules.evidence import ENTRIES, TARGETS, VIEWS
from wsis_stocktaking.register.rules.readers import named, read_in

WHOLE_GOAL = "●"
MOST_TARGETS = 6  # of a link in the first version: one with the whole goal is as dark


class Cell(TypedDict):
    """A line and a goal: what stands there, its figure, and whether the matrix links both."""

    goal: int
    text: str
    linked: bool
    figure: int


def matrix(values: Input, locale: str) -> JsonObject:
    """`of`, `views`, `rows` of cells, the greatest figure as `most`, `goals`, and the rationales of links."""
    found, of = values["matrix"], values["query"].get("of") or ENTRIES
    cells = {(each["line"], each["sdg"]): each for each in (*found["links"], *found["without_link"])}
    return {
        "of": of,
        "views": VIEWS,
        "goals": [(goal.number, f"{goal.number}. {reference.title(goal, locale)}") for goal in reference.sdgs()],
        "most": max((_figure(each, of) for each in cells.values()), default=0),
        "rows": [
            {
                "line": line.code,
                "short": line.code.partition(".")[0],
                "title": reference.title(line, locale),
                "cells": [_cell(goal.number, cells.get((line.code, goal.number)), of) for goal in reference.sdgs()],
            }
            for line in reference.action_lines()
        ],
    }


def _figure(cell: Input, of: str) -> int:
    if of == TARGETS:
        return MOST_TARGETS if cell.get("goal_level") else len(cell.get("targets", ()))
    return int(cell.get("evidence", cell)[of])


def _cell(goal: int, found: Input | None, of: str) -> Cell:
    if found is None:
        return Cell(goal=goal, text="", linked=False, figure=0)
    figure, linked = _figure(found, of), "targets" in found
    text = WHOLE_GOAL if of == TARGETS and found.get("goal_level") else str(figure)
    return Cell(goal=goal, text=text if linked or figure else "", linked=linked, figure=figure)


def cell(values: Input, locale: str) -> JsonObject:
    """Titles, the rationale with its language, and examples in the reader's language or their own."""
    found = values["cell"]
    return {
        "line_title": named("action_line", found["line"], locale),
        "goal_title": named("sdg", str(found["sdg"]), locale),
        "rationale": _rationale(found["link"], locale),
        "entries": _examples(found["entries"], locale),
        "projects": _examples(found["projects"], locale),
        "sessions": [
            {**row, "language": language, "heading": text}
            for row in found["sessions"]
            for language, text in [pick(row["title"], locale)]
        ],
    }


def _examples(rows: Iterable[Input], locale: str) -> list[JsonObject]:
    return [
        {**row, "language": language, "heading": row["title"].get(language, "")}
        for row in rows
        for language in [read_in(row, locale)]
    ]


def _rationale(link: Input | None, locale: str) -> Mapping[str, str] | None:
    if not link or not link.get("rationale"):
        return None
    language, text = pick(link["rationale"], locale)
    return {"language": language, "text": text}


def version(values: Input, locale: str) -> JsonObject:
    """`rows`: each link that differs from the version before, before and after."""
    items = (values["differences"] or {}).get("items", ())
    return {
        "rows": [
            {
                **item,
                "line_title": named("action_line", item["line"], locale),
                "goal_title": named("sdg", str(item["sdg"]), locale),
                "rationale": _rationale(item["after"], locale),
            }
            for item in items
        ]
    }


def proposing(values: Input, locale: str) -> JsonObject:
    """Titles to choose from, and of the link that was chosen what stands in the matrix, with the targets of its goal:
    `known` is none where the matrix has no such link."""
    line, goal = values["query"].get("line"), values["query"].get("goal")
    return {
        "lines": {each.code: reference.title(each, locale) for each in reference.action_lines()},
        "goals": {str(each.number): f"{each.number}. {reference.title(each, locale)}" for each in reference.sdgs()},
        "chosen": bool(line and goal),
        "known": values["cell"]["link"] if values["cell"] else None,
        "targets": [(target, target) for target in reference.sdg(int(goal)).targets] if goal else [],
    }
