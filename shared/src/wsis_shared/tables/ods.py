"""ODS (OpenDocument 1.2, part 1, chapter 9): the rows of a sheet, as a stream of its XML."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from wsis_shared.tables import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    DateCell,
    FaultyCell,
    NumberCell,
    Row,
    TableRefused,
    percent,
)
from wsis_shared.tables.archives import DAMAGES, fed, opened, parser, starts
from wsis_shared.tables.sources import Area, Sheet, Source

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_CELLS = ("table-cell", "covered-table-cell")
_NUMBERS = ("float", "percentage", "currency")
_DAY = len("2014-03-01")


class Spreadsheet(Source):
    """The parts of a document that the rows need. Raises TableRefused."""

    format = "ods"

    def __init__(self, path: Path) -> None:
        try:
            self._archive = opened(path)
            manifest = self._archive.open(_MANIFEST).read() if _MANIFEST in self._archive.namelist() else b""
            if b"encryption-data" in manifest:
                raise TableRefused("encrypted")
            sheets: list[Sheet] = []
            self._merged: list[list[Area]] = []
            self._look(sheets)
            self.sheets = sheets
        except DAMAGES:
            raise TableRefused("damaged") from None

    def rows(self, sheet: int) -> Iterator[Row]:
        """The rows with their numbers."""
        reader = _Reader(sheet)
        try:
            for _ in fed(reader.parser, self._archive.open(_CONTENT)):
                yield from reader.take()
                if reader.table > sheet:
                    return
        except DAMAGES:
            raise TableRefused("damaged") from None

    def merged(self, sheet: int) -> list[Area]:
        """Cells that span others."""
        return self._merged[sheet]

    def _look(self, sheets: list[Sheet]) -> None:
        """Sheets and their merged cells."""
        hidden: set[str] = set()
        style, row, column = "", 0, 0
        for name, values in starts(self._archive.open(_CONTENT)):
            if name == "style":
                style = values.get("name", "")
            elif name == "table-properties" and values.get("display") == "false":
                hidden.add(style)
            elif name == "table":
                sheets.append(Sheet(values.get("name", ""), values.get("style-name") in hidden))
                self._merged.append([])
                row = 0
            elif name == "table-row":
                row, column = row + 1, 0
                repeated = int(values.get("number-rows-repeated", 1)) - 1
            elif name in _CELLS:
                rows, columns = (int(values.get(f"number-{each}-spanned", 1)) for each in ("rows", "columns"))
                if rows > 1 or columns > 1:
                    right = min(column + columns, MAX_COLUMNS)
                    self._merged[-1].append(Area(row, column + 1, row + rows - 1, right))
                column += int(values.get("number-columns-repeated", 1))
                row, repeated = row + repeated, 0


class _Reader:
    """The rows of the table `wanted`."""

    def __init__(self, wanted: int) -> None:
        self.parser, self.table = parser(), -1
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._data
        self._wanted, self._number = wanted, 0
        self._rows: list[Row] = []
        self._cells: list[str] = []
        self._values: dict[str, str] = {}
        self._repeated = 1
        self._text: list[str] = []
        self._length = self._paragraphs = self._notes = 0
        self._convert: dict[str | None, Callable[[str], str]] = {
            **dict.fromkeys(_NUMBERS, self._of_number),
            "date": self._of_date,
            "boolean": lambda _: "TRUE" if self._values.get("boolean-value") == "true" else "FALSE",
        }

    def take(self) -> list[Row]:
        """The rows that are complete since the last call."""
        found, self._rows = self._rows, []
        return found

    def _start(self, name: str, values: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "table":
            self.table += 1
        if self.table != self._wanted:
            return
        if local == "table-row":
            self._cells, self._repeated = [], int(values.get("table:number-rows-repeated", 1))
        elif local in _CELLS:
            # "calcext:value-type" says what LibreOffice knows better: an error.
            self._values = {key.rpartition(":")[2]: value for key, value in values.items() if key[:8] != "calcext:"}
            self._values["is_error"] = values.get("calcext:value-type", "") == "error" and "1" or ""
            self._text, self._length, self._paragraphs = [], 0, 0
        elif local == "annotation":
            self._notes += 1
        elif local == "p" and not self._notes:
            self._put("\n" if self._paragraphs else "")
            self._paragraphs += 1
        elif local == "s":
            self._put(" " * min(int(values.get("text:c", 1)), MAX_CELL))
        elif local in ("line-break", "tab"):
            self._put("\n" if local == "line-break" else "\t")

    def _data(self, text: str) -> None:
        if self._paragraphs and not self._notes and self.table == self._wanted:
            self._put(text)

    def _put(self, text: str) -> None:
        if self._notes:
            return
        self._length += len(text)
        if self._length > MAX_CELL:
            raise TableRefused("expands")
        self._text.append(text)

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if self.table != self._wanted:
            return
        if local == "table":
            self.table += 1
        elif local == "annotation":
            self._notes -= 1
        elif local in _CELLS:
            self._end_cell()
        elif local == "table-row":
            self._end_row()

    def _end_cell(self) -> None:
        value, count = self._value(), int(self._values.get("number-columns-repeated", 1))
        self._paragraphs = 0
        if value and len(self._cells) + count > MAX_COLUMNS:
            raise TableRefused("columns", count=MAX_COLUMNS)
        self._cells += [value] * min(count, MAX_COLUMNS + 1 - min(len(self._cells), MAX_COLUMNS))

    def _end_row(self) -> None:
        while self._cells and not self._cells[-1]:
            self._cells.pop()
        first, self._number = self._number + 1, self._number + self._repeated
        if self._cells:
            if self._number > MAX_ROWS + 1:
                raise TableRefused("rows", count=MAX_ROWS)
            self._rows += [(number, list(self._cells)) for number in range(first, self._number + 1)]

    def _value(self) -> str:
        text = "".join(self._text)
        if self._values["is_error"]:
            return FaultyCell(text or "=")
        kind = self._values.get("value-type")
        if kind is None and "formula" in self._values and not text:
            return FaultyCell("=")
        return self._convert.get(kind, str)(text or self._values.get("string-value", ""))

    def _of_number(self, _: str) -> str:
        value = float(self._values["value"])
        if self._values["value-type"] == "percentage":
            return percent(value)
        return NumberCell(int(value) if value.is_integer() else repr(value))

    def _of_date(self, _: str) -> str:
        moment = self._values["date-value"]
        return DateCell(moment[:_DAY] if moment[_DAY:] in ("", "T00:00:00") else moment.replace("T", " ")[:19])
