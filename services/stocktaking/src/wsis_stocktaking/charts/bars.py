"""Horizontal bars, and bars of several parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wsis_shared.json_types import Input

from wsis_stocktaking.charts.colours import INK, ink_on
from wsis_stocktaking.charts.layout import BLUE, BODY, FAINT, GREY, LINE, MARGIN, SERIES, SMALL, WIDTH, Sheet

LABEL_WIDTH = 260.0  # at most
BAR, GAP = 15.0, 9.0


def draw(sheet: Sheet, chart: Input, y: float) -> float:
    """Draw bars from the height `y` on; returns where they end. Raises ValueError without items."""
    items = chart["items"]
    if not items or any(item["value"] < 0 for item in items):
        raise ValueError("bars have values that are not negative")
    left, labels = _labels(sheet, [item["label"] for item in items])
    texts = [sheet.number(item["value"]) for item in items]
    right = WIDTH - MARGIN - max(sheet.width(text, BODY, bold=True) for text in texts) - 8
    most = max(item["value"] for item in items) or 1
    y = _title(sheet, chart, left, y)
    top, places = y, list(_places(labels, y))
    bottom = places[-1][0] + places[-1][1]
    sheet.vertical_line(left, top, bottom - top, GREY)
    for item, lines, text, (start, height) in zip(items, labels, texts, places, strict=True):
        middle = start + height / 2
        sheet.lines(left - 8, middle, lines, anchor="end")
        width = (right - left) * item["value"] / most
        sheet.box(left, middle - BAR / 2, width, BAR, item.get("colour") or BLUE)
        sheet.text(left + width + 5, middle, text, bold=True)
    return bottom


def draw_stacked(sheet: Sheet, chart: Input, y: float) -> float:
    """Draw bars of several parts; returns where they end. Raises ValueError for a table that is none."""
    rows, series, values = chart["rows"], chart["series"], chart["values"]
    if not rows or not series or len(values) != len(rows) or any(len(row) != len(series) for row in values):
        raise ValueError("stacked bars have a value for each row and series")
    if len(series) > len(SERIES) and not all(each.get("colour") for each in series):
        raise ValueError(f"more than {len(SERIES)} series need colours of their own")
    colours = [each.get("colour") or SERIES[number] for number, each in enumerate(series)]
    y = _legend(sheet, series, colours, y) + 6
    left, labels = _labels(sheet, [row["label"] for row in rows])
    y = _title(sheet, chart, left, y)
    totals = [sum(value or 0 for value in row) for row in values]
    ends = [sheet.number(total) for total in totals]
    right = WIDTH - MARGIN - max(sheet.width(text, BODY, bold=True) for text in ends) - 8
    most = max(totals) or 1
    top, places = y, list(_places(labels, y))
    bottom = places[-1][0] + places[-1][1]
    for lines, row, total, end, (start, height) in zip(labels, values, totals, ends, places, strict=True):
        middle, x = start + height / 2, left
        sheet.lines(left - 8, middle, lines, anchor="end")
        whole = total or 1 if chart.get("shares") else most
        for value, colour in zip(row, colours, strict=True):
            width = (right - left) * (value or 0) / whole
            if width > 0:
                sheet.box(x, middle - BAR / 2, max(width - 0.8, 0.4), BAR, colour)
            text = sheet.percent((value or 0) / whole) if chart.get("shares") else sheet.number(value or 0)
            if value and sheet.width(text, SMALL) < width - 4:
                sheet.text(x + width / 2, middle, text, SMALL, colour=ink_on(colour), anchor="middle")
            x += width
        sheet.text(x + 5, middle, end, bold=True)
    sheet.vertical_line(left, top, bottom - top, GREY)
    return bottom


def _labels(sheet: Sheet, labels: Sequence[str]) -> tuple[float, list[list[str]]]:
    """Where the bars begin, and the lines of each label."""
    wrapped = [sheet.wrap(label, LABEL_WIDTH, BODY, lines=2) for label in labels]
    return MARGIN + max(sheet.width(line, BODY) for lines in wrapped for line in lines) + 8, wrapped


def _places(labels: Sequence[Sequence[str]], y: float) -> Iterator[tuple[float, float]]:
    """Top and height of each bar's strip."""
    for lines in labels:
        height = max(BAR + GAP, len(lines) * BODY * LINE + 5)
        yield y, height
        y += height


def _title(sheet: Sheet, chart: Input, left: float, y: float) -> float:
    if not chart.get("value_title"):
        return y
    sheet.text(left, y + SMALL / 2, chart["value_title"], SMALL, colour=GREY)
    return y + SMALL * LINE + 3


def _legend(sheet: Sheet, series: Sequence[Input], colours: Sequence[str], y: float) -> float:
    x, step = MARGIN, SMALL * LINE + 5
    for each, colour in zip(series, colours, strict=True):
        label = sheet.wrap(each["label"], WIDTH - 2 * MARGIN - 20, SMALL, lines=1)[0]
        width = 16 + sheet.width(label, SMALL) + 16
        if x > MARGIN and x + width > WIDTH - MARGIN:
            x, y = MARGIN, y + step
        sheet.box(x, y + step / 2 - 5, 10, 10, colour, FAINT)
        sheet.text(x + 15, y + step / 2, label, SMALL, colour=INK)
        x += width
    return y + step
