"""A chart as bytes. Only the child process loads this module."""

from __future__ import annotations

import io
from collections.abc import Sequence
from xml.sax.saxutils import escape

from matplotlib.figure import Figure
from wsis_shared.json_types import Input

from wsis_stocktaking.charts import bars, heat_map, layout
from wsis_stocktaking.charts.layout import BODY, DPI, GREY, LINE, MARGIN, SMALL, TITLE, WIDTH, Sheet

KINDS = {"heat_map": heat_map.draw, "bars": bars.draw, "stacked_bars": bars.draw_stacked}
_METADATA = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}


def render(chart: Input, formats: Sequence[str]) -> dict[str, bytes]:
    """The chart in these formats. Raises ValueError, KeyError, TypeError or IndexError for a chart that is none."""
    layout.prepare()
    if unknown := [name for name in formats if name not in _METADATA]:
        raise ValueError(f"no format {unknown[0]}")
    figure = _figure(chart)
    return {name: _write(figure, name, chart) for name in formats}


def _figure(chart: Input) -> Figure:
    sheet, width = Sheet(chart), WIDTH - 2 * MARGIN
    y = MARGIN
    title = "" if chart.get("untitled") else chart["title"]
    for line in sheet.wrap(title, width, TITLE, bold=True, lines=3) if title else ():
        sheet.text(MARGIN, y + TITLE * LINE / 2, line, TITLE, bold=True)
        y += TITLE * LINE
    y = KINDS[chart["kind"]](sheet, chart, y + BODY)
    if chart.get("note"):
        y += BODY
        for line in [each for part in chart["note"].split("\n") for each in sheet.wrap(part, width, SMALL, lines=4)]:
            sheet.text(MARGIN, y + SMALL * LINE / 2, line, SMALL, colour=GREY)
            y += SMALL * LINE
    return sheet.figure(y + MARGIN)


def _write(figure: Figure, name: str, chart: Input) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format=name, dpi=DPI if name == "png" else 72, metadata=_METADATA[name])
    content = buffer.getvalue()
    return _describe(content.decode(), chart).encode() if name == "svg" else content


def _describe(svg: str, chart: Input) -> str:
    """The SVG as an image with a name and a description for screen readers; nothing before its root."""
    start = svg.index("<svg")
    end = svg.index(">", start)
    texts = f"<title>{escape(chart['title'])}</title>\n<desc>{escape(chart['description'])}</desc>\n"
    lang = escape(chart["language"], {'"': "&quot;"})
    return f'{svg[start:end]} role="img" xml:lang="{lang}">\n{texts}{svg[end + 1 :].lstrip()}'
