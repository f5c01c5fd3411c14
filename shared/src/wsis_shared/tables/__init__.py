"""Tables that others wrote: the rows of one sheet of a file of CSV, XLSX, ODS or XLS, with what was found and guessed.

A file may do to a parser what no request may do to a service: `read_table` (module `reading`) runs in a child process
(module `child`) with limits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict, cast

MAX_ROWS, MAX_COLUMNS = 250_000, 200
MAX_CELL = 131_072  # characters
MAX_SHEETS = 50  # that are looked at

DELIMITERS = (",", ";", "\t", "|")
ENCODINGS = (
    "utf-8",
    "utf-16",
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
    "cp1257",
    "cp874",
    "koi8-r",
    "iso-8859-2",
    "gb18030",
    "big5",
    "shift_jis",
    "euc-jp",
    "euc-kr",
)
"""Encodings of a text that may be named."""
ENCODING_NAMES = {name: name.replace("cp", "Windows-") if name[:2] == "cp" else name.upper() for name in ENCODINGS}
"""As programs show them."""

REASONS = {
    "columns": "More than {count} columns.",
    "damaged": "The file is damaged.",
    "empty": "The file has no rows.",
    "encoding": "The text is not in {encoding}: name the encoding of the file.",
    "encoding_unknown": "The encoding of the file is not clear: name it.",
    "encrypted": "The file is encrypted.",
    "expands": "The file unpacks to too much.",
    "header_row": "Row {row} has no names of columns.",
    "macros": "The workbook has macros.",
    "nul": "The file has NUL characters.",
    "quotes": "A quotation mark is not closed in row {row}, or a cell is too long.",
    "rows": "More than {count} rows.",
    "sheet": "No sheet {sheet}: the file has {sheets}.",
    "type": "The file is no CSV, XLSX, ODS, XLS or JSON.",
}
"""Why a file is refused. The sentences in other languages are in the part `messages` of the texts."""

NOTES = {
    "sheet_chosen": "Of several sheets {sheet} was read.",
    "sheet_hidden": "The sheet {sheet} is hidden in the file.",
    "header_found": "The names of the columns are in row {row}.",
    "columns_renamed": "Columns with the name of another one: {count}. They got the name above them or a number.",
    "encoding_guessed": "The encoding was guessed: {encoding}.",
    "encoding_unsure": "It may also be {encoding}: look at the letters that are not English.",
    "delimiter_found": "The columns are separated by “{delimiter}”.",
    "delimiter_tab": "The columns are separated by tabs.",
    "merged_filled": "Merged cells, filled with their value: {count}.",
    "numbering_row": "Row {row} only numbers the columns: it was not read.",
    "rows_below": "Notes below the rows were not read, from row {row} on: {count}.",
    "sections": "Rows with one value stand above those that they are of: it is the column {column}.",
    "transposed": "The names of the columns stand below one another: each column is read as a row.",
    "sums_left_out": "Rows with sums, or with the names of the columns again, were not read: {count}.",
}
"""What was found and guessed, by its code."""


class TableRefused(Exception):
    """The file is refused; `reason` is a key of REASONS, or of those of a service (`text` is the text then)."""

    def __init__(self, reason: str, text: str = "", **values: object) -> None:
        super().__init__(text or REASONS[reason].format(**values))
        self.reason = reason


class NumberCell(str):
    """A cell that was a number: a code in it may have lost its last zero."""


def percent(value: float) -> NumberCell:
    """A cell that shows a share as a percentage: "45%" of 0.45."""
    return NumberCell(f"{value * 100:g}%")


class DateCell(str):
    """A cell that was a date, as ISO 8601: nobody has to guess the order of day and month."""


class FaultyCell(str):
    """A cell without a value: an error of the spreadsheet, or a formula that nobody has calculated."""


class ReadOptions(TypedDict, total=False):
    """What an officer says of a file; None and what is not there is found. `header_row` counts from 1, as a spreadsheet
    shows it."""

    sheet: str | None
    header_row: int | None
    encoding: str | None
    delimiter: str | None


def options_of(body: Mapping[str, object]) -> ReadOptions:
    """What a body says of its file; one of an older gateway says less."""
    said = {name: body[name] for name in ReadOptions.__annotations__ if body.get(name) is not None}
    return cast("ReadOptions", said)


class Note(TypedDict):
    """A key of NOTES, and its sentence in English."""

    code: str
    text: str


def note(code: str, **values: object) -> Note:
    """A note with its values."""
    return {"code": code, "text": NOTES[code].format(**values)}


class Reading(TypedDict):
    """What a file was read as. `sheets` are all that can be named, `encoding` and `delimiter` are None but for CSV."""

    format: str
    sheet: str | None
    sheets: list[str]
    header_row: int
    encoding: str | None
    delimiter: str | None
    columns: list[str]
    notes: list[Note]


Row = tuple[int, list[str]]
"""Its number in the file, as a spreadsheet shows it, and its cells: as many as the row has, `""` for an empty one."""


@dataclass
class Table:
    """A table. `header` are the names as they stand there, `columns` the same made distinct, of those with a name or
    data. `notes` are complete after the last row, `above` are the different texts above the names."""

    format: str
    sheet: str | None
    sheets: Sequence[str]
    header_row: int
    header: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Iterator[Row]
    encoding: str | None = None
    delimiter: str | None = None
    notes: list[Note] = field(default_factory=list)
    above: tuple[str, ...] = ()

    @property
    def reading(self) -> Reading:
        """What it was read as."""
        return {
            "format": self.format,
            "sheet": self.sheet,
            "sheets": list(self.sheets),
            "header_row": self.header_row,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "columns": list(self.columns),
            "notes": list(self.notes),
        }


def folded(cell: str) -> str:
    """A name without case, accents and signs: "E-mail:" and "e mail" are one."""
    plain = unicodedata.normalize("NFKD", cell.casefold())
    letters = (letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return " ".join("".join(letters).split())


_PARTS = re.compile(r"[/|()\[\]（）\n]")  # of "Projekt (Project)"
_LONG = 120  # characters of a cell that is no name


@dataclass(frozen=True)
class Known:
    """The names of columns that a caller knows, and how a cell is compared with them."""

    names: frozenset[str] = frozenset()
    fold: Callable[[str], str] = lambda cell: cell.strip().lower()

    def count(self, cells: Sequence[str]) -> int:
        """How many different known names the cells are, or have in brackets or behind a slash."""
        parts = (part for cell in cells for part in (cell, *(_PARTS.split(cell) if len(cell) < _LONG else ())))
        return len(self.names.intersection(map(self.fold, parts)) - {""})
