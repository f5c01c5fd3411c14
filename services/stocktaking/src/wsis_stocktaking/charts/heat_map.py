"""A table of figures whose cells are the darker the larger the figure."""

from __future__ import annotations

from collections.abc import Sequence

from wsis_shared.json_types import Input

from wsis_stocktaking.charts.colours import INK, PAPER, ink_on, mixed
from wsis_stocktaking.charts.layout import BLUE, BODY, FAINT, GREY, LINE, MARGIN, SMALL, WIDTH, Sheet

LABEL_WIDTH = 270.0  # at most, of the rows
PALEST = 0.12
KEY_COLUMNS = 3
MAX_WIDE = 8  # columns, up to which their labels are written across


def draw(sheet: Sheet, chart: Input, y: float) -> float:
    """Draw it from the height `y` on; returns where it ends. Raises ValueError for a table that is none."""
    rows, columns, values = chart["rows"], chart["columns"], chart["values"]
    if not rows or not columns or len(values) != len(rows) or any(len(row) != len(columns) for row in values):
        raise ValueError("a heat map has a value for each row and column")
    left, labels, code_width = _row_labels(sheet, rows)
    coded = all(column.get("code") for column in columns)
    overhang = 0.0 if coded or len(columns) <= MAX_WIDE else max(_turned(sheet, column)[1] for column in columns) / 2
    cell = min((WIDTH - MARGIN - left - overhang) / len(columns), 96.0)
    if chart.get("column_title"):
        sheet.text(left, y + SMALL / 2, chart["column_title"], SMALL, colour=GREY)
        y += SMALL * LINE + 3
    top = y
    y = _heads(sheet, columns, left, cell, y, coded)
    if chart.get("row_title"):
        sheet.text(MARGIN, (top + y) / 2 if coded else y - SMALL, chart["row_title"], SMALL, colour=GREY)
    y += 3
    for number, (row, lines) in enumerate(zip(rows, labels, strict=True)):
        height = max(22.0, len(lines) * BODY * LINE + 5)
        if row.get("code"):
            sheet.text(MARGIN, y + height / 2, row["code"], BODY, bold=True)
        sheet.lines(MARGIN + code_width, y + height / 2, lines)
        _cells(sheet, chart, number, left, cell, y, height)
        y += height
    explained = coded and any(column["label"] != column["code"] for column in columns)
    return _key(sheet, columns, y + BODY) if explained else y


def _row_labels(sheet: Sheet, rows: Sequence[Input]) -> tuple[float, list[list[str]], float]:
    """Where the cells begin, the lines of each label, and the width of the codes before them."""
    codes = [sheet.width(row["code"], BODY, bold=True) for row in rows if row.get("code")]
    code_width = max(codes) + 10 if codes else 0.0
    labels = [sheet.wrap(row["label"], LABEL_WIDTH - code_width, BODY, lines=3) for row in rows]
    widest = max((sheet.width(line, BODY) for lines in labels for line in lines), default=0.0)
    return MARGIN + code_width + widest + 12, labels, code_width


def _heads(sheet: Sheet, columns: Sequence[Input], left: float, cell: float, y: float, coded: bool) -> float:
    if coded:
        for number, column in enumerate(columns):
            colour = column.get("colour") or INK
            sheet.box(left + number * cell + 0.8, y, cell - 1.6, 20, colour)
            size = BODY if sheet.width(column["code"], BODY, bold=True) < cell - 4 else SMALL - 1.5
            sheet.text(
                left + (number + 0.5) * cell,
                y + 10,
                column["code"],
                size,
                bold=True,
                colour=ink_on(colour),
                anchor="middle",
            )
        return y + 20
    if len(columns) <= MAX_WIDE:
        labels = [sheet.wrap(column["label"], cell - 6, SMALL, lines=4) for column in columns]
        height = max(len(lines) for lines in labels) * SMALL * LINE
        for number, lines in enumerate(labels):
            middle = y + height - len(lines) * SMALL * LINE / 2
            sheet.lines(left + (number + 0.5) * cell, middle, lines, SMALL, anchor="middle")
        return y + height
    turned = [_turned(sheet, column) for column in columns]
    height = max(width for _, width in turned) * 0.87 + SMALL
    for number, (label, _) in enumerate(turned):
        sheet.text(left + (number + 0.6) * cell, y + height - 4, label, SMALL, rotation=60.0)
    return y + height


def _turned(sheet: Sheet, column: Input) -> tuple[str, float]:
    """A label that is written at 60 degrees, and its length."""
    label = sheet.wrap(column["label"], 130, SMALL, lines=1)[0]
    return label, sheet.width(label, SMALL)


def _cells(sheet: Sheet, chart: Input, number: int, left: float, cell: float, y: float, height: float) -> None:
    most = max((value for row in chart["values"] for value in row if value), default=0) or 1
    texts = chart.get("texts")
    for place, value in enumerate(chart["values"][number]):
        column = chart["columns"][place]
        tint = column.get("colour") if chart.get("tint") == "columns" else None
        colour = mixed(tint or BLUE, PALEST + (1 - PALEST) * value / most) if value else PAPER
        sheet.box(left + place * cell + 0.8, y + 0.8, cell - 1.6, height - 1.6, colour, FAINT if not value else "none")
        text = texts[number][place] if texts else "" if value is None else sheet.number(value)
        if text:
            size = BODY if sheet.width(text, BODY) < cell - 4 else SMALL - 1.5
            sheet.text(
                left + (place + 0.5) * cell,
                y + height / 2,
                text,
                size,
                colour=ink_on(colour) if value else GREY,
                anchor="middle",
            )


def _key(sheet: Sheet, columns: Sequence[Input], y: float) -> float:
    """What the codes of the columns stand for."""
    width = (WIDTH - 2 * MARGIN) / KEY_COLUMNS
    height = -(-len(columns) // KEY_COLUMNS)
    step = SMALL * LINE + 3.5
    for number, column in enumerate(columns):
        x, top = MARGIN + number // height * width, y + number % height * step
        colour = column.get("colour") or INK
        sheet.box(x, top, 20, step - 2, colour)
        sheet.text(x + 10, top + step / 2 - 1, column["code"], SMALL, bold=True, colour=ink_on(colour), anchor="middle")
        label = sheet.wrap(column["label"], width - 32, SMALL, lines=1)[0]
        sheet.text(x + 26, top + step / 2 - 1, label, SMALL)
    return y + height * step
