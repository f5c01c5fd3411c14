"""XLSX: the rows of a sheet, as a stream of its XML.

Its own reader, since openpyxl takes three times as long and adds each row that a file claims to have, and calamine ends
the process on two cells at the corners of a sheet.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
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
from wsis_shared.tables.archives import CHUNK, DAMAGES, elements, fed, opened, parser, starts
from wsis_shared.tables.sources import Area, Sheet, Source

_EPOCH, _MAC_EPOCH = datetime(1899, 12, 30), datetime(1904, 1, 1)  # day 0 of a workbook
_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]{0,200}?ref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})[\"']"
)
_OVERLAP = 300  # bytes: longer than an element that _MERGED finds
_DATES = (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))  # built-in formats of numbers
_PERCENTS = (9, 10)
_MAX_FORMAT = 255  # characters of a format that count, as in Excel
_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

Cells = list[str]


class Workbook(Source):
    """The parts of a workbook that the rows need. Raises TableRefused for what no register is."""

    format = "xlsx"

    def __init__(self, path: Path) -> None:
        try:
            self._archive = opened(path)
            main = posixpath.normpath(self._related("", "officeDocument")[0].lstrip("/"))
            sheets = list(elements(self._archive.open(main), "sheet"))
            targets = self._targets(main)
            self._parts = [targets[sheet["id"]] for sheet in sheets]
            self.sheets = [Sheet(each.get("name", ""), each.get("state", "visible") != "visible") for each in sheets]
            properties = next(elements(self._archive.open(main), "workbookPr"), {})
            is_mac = properties.get("date1904") in ("1", "true")
            self._epoch = _MAC_EPOCH if is_mac else _EPOCH
            self._styles = self._number_styles(self._related(main, "styles"))
            self._strings = self._shared_strings(self._related(main, "sharedStrings"))
        except DAMAGES:
            raise TableRefused("damaged") from None

    def rows(self, sheet: int) -> Iterator[Row]:
        """The rows with their numbers."""
        reader = _Sheet(self._strings, self._styles, self._epoch)
        try:
            with self._archive.open(self._parts[sheet]) as part:
                for _ in fed(reader.parser, part):
                    yield from reader.take()
        except DAMAGES:
            raise TableRefused("damaged") from None

    def merged(self, sheet: int) -> list[Area]:
        """Merged cells stand behind the rows, so they are looked for before the first row is taken."""
        found: set[Area] = set()
        try:
            with self._archive.open(self._parts[sheet]) as part:
                before = b""
                while chunk := part.read(CHUNK):
                    text = before + chunk
                    for match in _MERGED.finditer(text) if b"mergeCell" in text else ():
                        left, top, right, bottom = (each.decode() for each in match.groups())
                        found.add(Area(int(top), _column(left), int(bottom), min(_column(right), MAX_COLUMNS)))
                    before = text[-_OVERLAP:]
        except DAMAGES:
            raise TableRefused("damaged") from None
        return list(found)

    def _targets(self, part: str) -> dict[str, str]:
        """The parts that a part names, by the id of the relation."""
        return {row["Id"]: _resolved(part, row["Target"]) for row in self._relations(part) if "Target" in row}

    def _related(self, part: str, kind: str) -> list[str]:
        return [_resolved(part, row["Target"]) for row in self._relations(part) if row["Type"].endswith(f"/{kind}")]

    def _relations(self, part: str) -> list[dict[str, str]]:
        folder, name = posixpath.split(part)
        return list(elements(self._archive.open(posixpath.join(folder, "_rels", f"{name}.rels")), "Relationship"))

    def _number_styles(self, parts: list[str]) -> dict[int, str]:
        """The numbers of the styles that show a number as a date, or as a percentage."""
        kinds = {**dict.fromkeys(_DATES, "date"), **dict.fromkeys(_PERCENTS, "percent")}
        found: dict[int, str] = {}
        inside, number = False, 0
        for part in parts:
            for name, values in starts(self._archive.open(part)):
                code = _LITERALS.sub("", values.get("formatCode", "")[:_MAX_FORMAT])
                if name == "numFmt" and (kind := re.search(r"[dy%]", code, re.I)):
                    kinds[int(values["numFmtId"])] = "percent" if kind[0] == "%" else "date"
                elif name in ("cellXfs", "cellStyleXfs", "cellStyles"):
                    inside = name == "cellXfs"
                elif name == "xf" and inside:
                    if shown := kinds.get(int(values.get("numFmtId", 0))):
                        found[number] = shown
                    number += 1
        return found

    def _shared_strings(self, parts: list[str]) -> list[str]:
        texts: list[str] = []
        for part in parts:
            reader = _Strings(texts)
            for _ in fed(reader.parser, self._archive.open(part)):
                pass
        return texts


def _resolved(part: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)).lstrip("/")


def _column(letters: str) -> int:
    """The number of a column, 1 for A."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _unescaped(text: str) -> str:
    """With the characters that "_x000A_" names: two halves of a pair are one, half a pair alone is no text: U+FFFD."""
    found = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Texts:
    """Collects the text of <t> and <v>, without the readings (<rPh>) beside it."""

    def __init__(self) -> None:
        self.parser = parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._data
        self._names: dict[str, str] = {}
        self._parts: list[str] = []
        self._length = 0
        self._is_text = self._is_reading = False

    def _start(self, name: str, values: dict[str, str]) -> None:
        local = self._names.get(name) or self._names.setdefault(name, name.rpartition(":")[2])
        if local in ("t", "v"):
            self._is_text = True
        elif local == "rPh":
            self._is_reading = True
        else:
            self.begin(local, values)

    def _end(self, name: str) -> None:
        local = self._names[name]
        if local in ("t", "v"):
            self._is_text = False
        elif local == "rPh":
            self._is_reading = False
        else:
            self.end(local)

    def _data(self, text: str) -> None:
        if self._is_text and not self._is_reading:
            self._length += len(text)
            if self._length > MAX_CELL:
                raise TableRefused("expands")
            self._parts.append(text)

    def text(self) -> str:
        """What was collected since the last call."""
        found = "".join(self._parts)
        self._parts, self._length = [], 0
        return _unescaped(found) if "_x" in found else found

    def begin(self, name: str, values: dict[str, str]) -> None:
        """Another element begins."""

    def end(self, name: str) -> None:
        """Another element ends."""


class _Strings(_Texts):
    """The shared strings."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__()
        self._texts = texts

    def end(self, name: str) -> None:
        """A string is complete."""
        if name == "si":
            self._texts.append(self.text())


class _Sheet(_Texts):
    """The rows of a sheet."""

    def __init__(self, strings: list[str], styles: dict[int, str], epoch: datetime) -> None:
        super().__init__()
        self._strings, self._styles, self._epoch = strings, styles, epoch
        self._rows: list[tuple[int, Cells]] = []
        self._cells: Cells = []
        self._columns: dict[str, int] = {}
        self._row = self._column = 0
        self._type, self._style, self._is_formula = "n", "0", False
        self._convert: dict[str, Callable[[str], str]] = {
            "s": lambda text: self._strings[int(text)],
            "b": lambda text: "TRUE" if text == "1" else "FALSE",
            "e": FaultyCell,
            "n": self._number,
        }

    def take(self) -> list[tuple[int, Cells]]:
        """The rows that are complete since the last call."""
        found, self._rows = self._rows, []
        return found

    def begin(self, name: str, values: dict[str, str]) -> None:
        """A row or a cell."""
        if name == "c":
            self._column = self._place(values["r"]) if "r" in values else self._column + 1
            self._type, self._style, self._is_formula = values.get("t", "n"), values.get("s", "0"), False
        elif name == "row":
            number = int(values.get("r", self._row + 1))
            if number <= self._row:
                raise TableRefused("damaged")
            self._row, self._column, self._cells = number, 0, []
        elif name == "f":
            self._is_formula = True

    def end(self, name: str) -> None:
        """A cell with its value, or a row with its cells."""
        if name == "c":
            text = self.text()
            if text or self._is_formula:
                self._put(self._convert.get(self._type, str)(text) if text else FaultyCell("="))
        elif name == "row" and self._cells:
            if self._row > MAX_ROWS + 1:
                raise TableRefused("rows", count=MAX_ROWS)
            self._rows.append((self._row, self._cells))
            self._cells = []

    def _put(self, value: str) -> None:
        if self._column > MAX_COLUMNS:
            raise TableRefused("columns", count=MAX_COLUMNS)
        self._cells += [""] * (self._column - len(self._cells))
        self._cells[self._column - 1] = value

    def _place(self, reference: str) -> int:
        """The number of the column of a cell, 1 for A."""
        letters = reference.rstrip("0123456789")
        if (known := self._columns.get(letters)) is None:
            known = _column(letters[:4])
            if known < 1:
                raise TableRefused("damaged")
            if known <= MAX_COLUMNS:
                self._columns[letters] = known
        return known

    def _number(self, text: str) -> str:
        value = float(text)
        shown = self._styles.get(int(self._style))
        if shown == "percent":
            return percent(value)
        if shown:
            try:  # spreadsheets believe that 1900 had a 29 February
                moment = self._epoch + timedelta(days=value + (self._epoch == _EPOCH and value < 60))
            except OverflowError:  # a number that is no date: Excel shows ####
                return FaultyCell("#NUM!")
            is_day = moment.time() == time.min
            return DateCell(moment.date().isoformat() if is_day else moment.isoformat(" ", "seconds"))
        return NumberCell(int(value) if value.is_integer() else repr(value))
