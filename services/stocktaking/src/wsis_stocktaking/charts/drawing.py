"""A chart as bytes: colours and figures are made here, `chart.typ` lays them out. Only the child process loads this
module."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache, partial
from importlib.resources import files
from typing import Literal
from xml.sax.saxutils import escape

from babel.numbers import format_decimal, format_percent
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.rendering import fonts, pdf

from wsis_stocktaking.charts.colours import INK, ink_on, mixed

BLUE = "#0B5394"
# Distinct for most kinds of colour vision, dark enough for white figures or light enough for black ones.
SERIES = ("#0B5394", "#E69F00", "#00806A", "#C2639A", "#56B4E9", "#C44E00", "#7B7F85", "#5E4FA2")
PALEST = 0.12
PPI = 180.0  # of the PNG
FORMATS: dict[str, Literal["svg", "png"]] = {"svg": "svg", "png": "png"}


def render(chart: Input, formats: Sequence[str]) -> dict[str, bytes]:
    """The chart in these formats. Raises ValueError, KeyError, TypeError or IndexError for a chart that is none."""
    data = {
        "kind": chart["kind"],
        "language": chart["language"],
        "title": "" if chart.get("untitled") else chart["title"],
        "note": chart.get("note") or "",
        "ink": INK,
        **KINDS[chart["kind"]](chart),
    }
    return {name: _write(data, FORMATS[name], chart) for name in formats}


def _heat_map(chart: Input) -> JsonObject:
    rows, columns, values = chart["rows"], chart["columns"], chart["values"]
    if not rows or not columns or len(values) != len(rows) or any(len(row) != len(columns) for row in values):
        raise ValueError("a heat map has a value for each row and column")
    most = max((value for row in values for value in row if value), default=0) or 1
    tints = [(chart.get("tint") == "columns" and column.get("colour")) or BLUE for column in columns]
    texts = chart.get("texts") or [
        ["" if value is None else format_decimal(value, locale=chart["language"]) for value in row] for row in values
    ]
    shades = [[_shade(tint, value, most) for tint, value in zip(tints, row, strict=True)] for row in values]
    return {
        "row_title": chart.get("row_title") or "",
        "column_title": chart.get("column_title") or "",
        "columns": [
            {**_filled(column.get("colour") or INK), "code": column.get("code") or "", "label": column["label"]}
            for column in columns
        ],
        "rows": [
            {
                "code": row.get("code") or "",
                "label": row["label"],
                "cells": [{**_filled(fill), "text": text} for fill, text in zip(fills, said, strict=True)],
            }
            for row, fills, said in zip(rows, shades, texts, strict=True)
        ],
    }


def _shade(tint: str, value: float | None, most: float) -> str:
    return mixed(tint, PALEST + (1 - PALEST) * value / most) if value else ""


def _bars(chart: Input) -> JsonObject:
    items = chart["items"]
    if not items or any(item["value"] < 0 for item in items):
        raise ValueError("bars have values that are not negative")
    most = max(item["value"] for item in items) or 1
    return {
        "value_title": chart.get("value_title") or "",
        "series": [],
        "rows": [
            {
                "label": item["label"],
                "total": format_decimal(item["value"], locale=chart["language"]),
                "parts": [{**_filled(item.get("colour") or BLUE), "share": item["value"] / most, "text": ""}],
            }
            for item in items
        ],
    }


def _stacked_bars(chart: Input) -> JsonObject:
    rows, series, values, locale = chart["rows"], chart["series"], chart["values"], chart["language"]
    number = partial(format_decimal, locale=locale)
    if not rows or not series or len(values) != len(rows) or any(len(row) != len(series) for row in values):
        raise ValueError("stacked bars have a value for each row and series")
    if len(series) > len(SERIES) and not all(each.get("colour") for each in series):
        raise ValueError(f"more than {len(SERIES)} series need colours of their own")
    colours = [each.get("colour") or SERIES[place] for place, each in enumerate(series)]
    totals = [sum(value or 0 for value in row) for row in values]

    def part(value: float, colour: str, whole: float) -> JsonObject:
        shown = format_percent(value / whole, locale=locale) if chart.get("shares") else number(value)
        return {**_filled(colour), "share": value / whole, "text": shown if value else ""}

    return {
        "value_title": chart.get("value_title") or "",
        "series": [{"label": each["label"], "fill": colour} for each, colour in zip(series, colours, strict=True)],
        "rows": [
            {
                "label": row["label"],
                "total": number(total),
                "parts": [
                    part(value or 0, colour, (total if chart.get("shares") else max(totals)) or 1)
                    for value, colour in zip(parts, colours, strict=True)
                ],
            }
            for row, parts, total in zip(rows, values, totals, strict=True)
        ],
    }


KINDS = {"heat_map": _heat_map, "bars": _bars, "stacked_bars": _stacked_bars}


def _filled(colour: str) -> JsonObject:
    return {"fill": colour, "ink": ink_on(colour) if colour else ""}


def _write(data: JsonObject, name: Literal["svg", "png"], chart: Input) -> bytes:
    sources, at = {"main": _template()}, datetime.fromtimestamp(0, UTC)
    made = pdf.typeset(data, sources, at, arabic=fonts.SANS_ARABIC, format=name, ppi=PPI)
    content = made if isinstance(made, bytes) else made[0]
    return _describe(content.decode(), chart).encode() if name == "svg" else content


@cache
def _template() -> bytes:
    return (files(__package__ or "") / "chart.typ").read_bytes()


def _describe(svg: str, chart: Input) -> str:
    """The SVG as an image with a name and a description for screen readers; nothing before its root."""
    start = svg.index("<svg")
    end = svg.index(">", start)
    texts = f"<title>{escape(chart['title'])}</title>\n<desc>{escape(chart['description'])}</desc>\n"
    lang = escape(chart["language"], {'"': "&quot;"})
    return f'{svg[start:end]} role="img" xml:lang="{lang}">\n{texts}{svg[end + 1 :].lstrip()}'
