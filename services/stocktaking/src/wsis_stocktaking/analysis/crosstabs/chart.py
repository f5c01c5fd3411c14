"""A cross-tabulation as a chart of `charts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_shared import reference

from wsis_stocktaking.analysis.crosstabs.texts import PATH, SAY, query_string, source, title
from wsis_stocktaking.analysis.rules import STACKED_BARS, largest
from wsis_stocktaking.register.rules.labels import colour_of, short_code

LEFT_TO_RIGHT = "\u200e"  # before an address: else its first slash would stand at its end
MAX_ROWS, MAX_COLUMNS, MAX_SERIES = 40, 17, 8


def chart(table: Mapping[str, Any], query: Mapping[str, Any], form: str, language: str) -> dict[str, Any]:
    """The chart of a table with at least one row and one column. `query` made it."""
    shown = largest(dict(table), MAX_ROWS, MAX_SERIES if form == STACKED_BARS else MAX_COLUMNS)
    cut = len(shown["rows"]) < len(table["rows"]) or len(shown["columns"]) < len(table["columns"])
    notes = [source(table, language), SAY("several", language)]
    notes += [SAY("largest", language)] if cut else []
    mark = LEFT_TO_RIGHT if reference.language(language).direction == "rtl" else ""
    asked = SAY("query", language, query=f"{mark}{PATH}?{query_string(query)}")
    base = {
        "kind": form,
        "language": language,
        "title": title(table, language),
        "note": f"{' '.join(notes)}\n{asked}",
        "description": _description(shown, language),
    }
    rows = [_head(table["row_facet"], row) for row in shown["rows"]]
    columns = [_head(table["column_facet"], column) for column in shown["columns"]]
    if form == STACKED_BARS:
        named = [{"label": " ".join(filter(None, (row["code"], row["label"])))} for row in rows]
        return {
            **base,
            "rows": named,
            "series": columns,
            "values": shown["values"],
            "shares": True,
            "value_title": SAY("shares", language),
        }
    return {
        **base,
        "rows": rows,
        "columns": columns,
        "values": shown["values"],
        "column_title": SAY(f"facet_{table['column_facet']}", language),
    }


def _head(facet: str, head: Mapping[str, Any]) -> dict[str, Any]:
    code = short_code(facet, head["code"])
    return {"code": code, "label": head["label"], "colour": colour_of(facet, head["code"])}


def _description(table: Mapping[str, Any], language: str) -> str:
    """The figures for those who do not see them: the largest of each row."""
    parts = []
    for row, values in zip(table["rows"], table["values"], strict=True):
        place = max(range(len(values)), key=values.__getitem__)
        if values[place]:
            parts.append(f"{row['label']}: {table['columns'][place]['label']} {values[place]}")
    return SAY("description", language, rows="; ".join(parts))
