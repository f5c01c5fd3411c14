"""The queries below the charts of a report, asked again."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

from wsis_shared import reference

from wsis_stocktaking.reports.layouts.charts import CHARTS, HEAT_MAP

_ADDRESS = re.compile(r"https?://[^\s<>\"]+/[a-z]{2}/register/figures\?[^\s<>\"]+")


def addresses(page: str) -> list[str]:
    """The addresses on a page, in the order of its charts."""
    return list(dict.fromkeys(_ADDRESS.findall(html.unescape(page))))


def differing(page: str, kind: str, figures: Mapping[str, Any], ask: Callable[[str], Any]) -> list[Any]:
    """What a chart shows and its query does not say; `ask` gives the cross-tabulation of an address."""
    charts = [*(bars.name for bars in CHARTS[kind]), *([HEAT_MAP] if kind != "success_stories" else [])]
    found = addresses(page)
    if len(found) != len(charts):
        return [("addresses", len(found), "charts", len(charts))]
    wrong: list[Any] = []
    for name, address in zip(charts, found, strict=True):
        told = ask(address)
        shown = _cells(figures) if name == HEAT_MAP else _bars(figures[name])
        said = _table(told) if name == HEAT_MAP else {row["code"]: row["total"] for row in told["rows"]}
        if told["total"] != figures["total"]:
            wrong.append((name, "total", told["total"], figures["total"]))
        wrong += [
            (name, codes, count) for codes, count in shown.items() if sum(said.get(code, 0) for code in codes) != count
        ]
    return wrong


def _bars(rows: list[dict[str, Any]]) -> dict[Any, int]:
    """Counts by codes, without the entries that name no region: they have no code to ask for."""
    nowhere = reference.no_region().code
    return {tuple(map(str, row["codes"])): row["count"] for row in rows if row["codes"] != [nowhere]}


def _cells(figures: Mapping[str, Any]) -> dict[Any, int]:
    lines, goals = reference.action_lines(), reference.sdgs()
    return {
        ((line.code, str(goal.number)),): count
        for line, counts in zip(lines, figures[HEAT_MAP], strict=True)
        for goal, count in zip(goals, counts, strict=True)
    }


def _table(told: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    return {
        (row["code"], column["code"]): value
        for row, values in zip(told["rows"], told["values"], strict=True)
        for column, value in zip(told["columns"], values, strict=True)
    }
