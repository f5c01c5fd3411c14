"""The formats of an export: CSV, XLSX, JSON, JSON Lines, and those of a service, each written page by page.

A spreadsheet must never run what a person typed into a form: text that begins like a formula is inert in CSV, and a
cell of XLSX is text, never a formula or a link. Codes stay text: "8.10" is not 8.1, "NO" is not false.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from marshmallow import fields, validate
from wsis_shared.exports import FORMULA, ExportFormat, ExportSource, ExportTerms, Item
from wsis_shared.plugin import Route
from xlsxwriter import Workbook

from wsis_gateway.export_columns import Cell, Column, ConstantColumn
from wsis_gateway.openapi_shapes import Media

CHUNK_BYTES = 64 * 1024
ALWAYS, IF_NAMED, NEVER = "always", "if_named", "never"


@dataclass(frozen=True)
class Table:
    """What is written: the columns of a list, where it comes from, and the terms of its use."""

    columns: Sequence[Column]
    source: ExportSource
    terms: ExportTerms | None = None


class Writer(ABC):
    """Writes one export. `close` is called once, at the end or instead of it."""

    media_type: ClassVar[str]

    def __init__(self, table: Table) -> None:
        self._columns, self._source, self._terms = table.columns, table.source, table.terms

    @abstractmethod
    def write(self, items: Sequence[Item]) -> bytes:
        """Add items; returns what can be sent already."""

    def finish(self) -> Iterator[bytes]:
        """The rest of the file."""
        yield from ()

    def close(self) -> None:  # noqa: B027 -- most formats need no temporary file
        """Remove what is temporary."""


class Csv(Writer):
    """RFC 4180 in UTF-8, with the byte order mark by which spreadsheets know it."""

    media_type = "text/csv"

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        if table.terms and table.terms.licence:  # a file without a place for remarks names it in each row
            self._columns = [*table.columns, ConstantColumn(("licence",), table.terms.licence)]
        self._buffer = io.StringIO()
        self._csv = csv.writer(self._buffer)  # with CRLF
        self._buffer.write("\ufeff")
        self._csv.writerow([column.name for column in self._columns])

    def write(self, items: Sequence[Item]) -> bytes:
        """Rows."""
        self._csv.writerows([_inert(column.cell(item)) for column in self._columns] for item in items)
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return text.encode()


def _inert(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


class JsonLines(Writer):
    """One item a line, as in the list's JSON."""

    media_type = "application/jsonl"

    def write(self, items: Sequence[Item]) -> bytes:
        """Lines."""
        return "".join(_json(item) + "\n" for item in items).encode()


class JsonArray(Writer):
    """All items, as in the list's JSON, as one array."""

    media_type = "application/json"
    _start = "["

    def write(self, items: Sequence[Item]) -> bytes:
        """Elements, each with what stands before it."""
        parts = []
        for item in items:
            parts.append(f"{self._start}{_json(item)}")
            self._start = ",\n"
        return "".join(parts).encode()

    def finish(self) -> Iterator[bytes]:
        """The end of the array."""
        yield b"[]\n" if self._start == "[" else b"]\n"


def _json(item: Item) -> str:
    return json.dumps(item, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class Xlsx(Writer):
    """A workbook, written to a temporary file, since its directory stands at its end. More rows than a sheet can have
    continue on the next one."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    MAX_ROWS = 1_048_576
    MAX_TEXT = 32_767  # characters of a cell
    MEASURED = 100  # rows by which a column is as wide as its texts
    NARROWEST, WIDEST = 8, 60  # characters

    def __init__(self, table: Table, max_rows: int = MAX_ROWS) -> None:
        """`max_rows`: rows of a sheet, the one of the names included."""
        super().__init__(table)
        self._max_rows = max_rows
        self._folder = tempfile.TemporaryDirectory(prefix="wsis-export-", ignore_cleanup_errors=True)
        self._path = Path(self._folder.name) / "export.xlsx"
        self._workbook = Workbook(str(self._path), {"constant_memory": True, "tmpdir": self._folder.name})
        self._add_sheet()

    def _add_sheet(self) -> None:
        self._sheet, self._row = self._workbook.add_worksheet(), 1
        self._sheet.freeze_panes(1, 0)
        self._widths = [max(self.NARROWEST, len(column.name)) for column in self._columns]
        for number, column in enumerate(self._columns):
            self._sheet.write_string(0, number, column.name)

    def write(self, items: Sequence[Item]) -> bytes:
        """Rows of the sheet; nothing can be sent yet."""
        for item in items:
            if self._row == self._max_rows:
                self._end_sheet()
                self._add_sheet()
            for number, column in enumerate(self._columns):
                cell = column.cell(item)
                if cell is not None and cell != "":
                    self._write(number, cell)
            self._row += 1
        return b""

    def _end_sheet(self) -> None:
        """A filter above the rows, and columns as wide as their texts."""
        self._sheet.autofilter(0, 0, self._row - 1, len(self._columns) - 1)
        for number, width in enumerate(self._widths):
            self._sheet.set_column(number, number, min(width, self.WIDEST) + 2)

    def _write(self, column: int, cell: Cell) -> None:
        if self._row <= self.MEASURED:
            self._widths[column] = max(self._widths[column], len(str(cell)))
        if isinstance(cell, str):
            mark = " [...]"
            text = cell if len(cell) <= self.MAX_TEXT else cell[: self.MAX_TEXT - len(mark)] + mark
            self._sheet.write_string(self._row, column, text)
        elif isinstance(cell, bool):
            self._sheet.write_boolean(self._row, column, cell)
        elif cell is not None:
            self._sheet.write_number(self._row, column, cell)

    def _add_terms(self, terms: ExportTerms) -> None:
        """A sheet with the terms of use, behind the rows."""
        sheet = self._workbook.add_worksheet(terms.title)
        sheet.set_column(0, 0, self.NARROWEST * 3)
        sheet.set_column(1, 1, self.WIDEST * 2, self._workbook.add_format({"text_wrap": True}))
        for row, texts in enumerate(terms.statements):
            for number, text in enumerate(texts):
                sheet.write_string(row, number, text)

    def finish(self) -> Iterator[bytes]:
        """The file."""
        self._end_sheet()
        if self._terms:
            self._add_terms(self._terms)
        self._workbook.close()
        with self._path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    def close(self) -> None:
        """Remove the file."""
        self._folder.cleanup()


class Declared(Writer):
    """A format of a service."""

    def __init__(self, declared: ExportFormat, table: Table) -> None:
        super().__init__(table)
        self._writer = declared.load()()
        self._start = self._writer.begin(table.source)

    def write(self, items: Sequence[Item]) -> bytes:
        """What the service's class makes of the items."""
        start, self._start = self._start, b""
        return start + self._writer.write(items)

    def finish(self) -> Iterator[bytes]:
        """The end of the file."""
        yield self._writer.finish()


@dataclass(frozen=True)
class Format:
    """A format of a list. `ending` is that of the file; `negotiated`: clients may ask for it by Accept. `labels`: the
    titles of its codes are in it always, only if the request names their language, or never."""

    media_type: str
    writer: Callable[[Table], Writer]
    ending: str
    negotiated: bool = True
    labels: str = NEVER


# The value of `?format=` -> what every list has. JSON by Accept is a page of the list.
FORMATS = {
    "csv": Format(Csv.media_type, Csv, "csv", labels=ALWAYS),
    "xlsx": Format(Xlsx.media_type, Xlsx, "xlsx", labels=ALWAYS),
    "jsonl": Format(JsonLines.media_type, JsonLines, "jsonl", labels=IF_NAMED),
    "json-array": Format(JsonArray.media_type, JsonArray, "json", negotiated=False, labels=IF_NAMED),
}


def formats(route: Route) -> dict[str, Format]:
    """The formats of a list by the value of `?format=`. Raises ValueError for a name or media type that is taken, and
    ImportError or AttributeError where a class is missing."""
    found = dict(FORMATS)
    for declared in route.export_formats:
        taken = {format.media_type for format in found.values()}
        if declared.name in (*found, "json") or declared.media_type in taken:
            raise ValueError(f"{route.path}: the export format {declared.name} exists already")
        declared.load()
        found[declared.name] = Format(
            declared.media_type, partial(Declared, declared), declared.ending or declared.name
        )
    return found


def content(route: Route) -> dict[str, Media]:
    """The media types of the exports of a list, for OpenAPI."""
    media_types = [format.media_type for format in formats(route).values() if format.negotiated]
    page_or_array = {"anyOf": [route.response or {}, {"type": "array", "items": {"type": "object"}}]}
    return {
        JsonArray.media_type: {"schema": page_or_array},
        **{media_type: {"schema": file_schema(media_type)} for media_type in media_types},
    }


def file_schema(media_type: str) -> dict[str, str]:
    """What is in a file. Clients decode JSON of any kind, JSON-LD for example: it is no string to them."""
    return {"type": "object"} if media_type.endswith("+json") else {"type": "string", "format": "binary"}


def format_field(route: Route) -> fields.String:
    """The query parameter `format`."""
    description = (
        "The whole list as a file, in place of a page (`json`); `json-array` is the list as one array. `limit` and "
        "`after` do not go with it"
    )
    return fields.String(
        load_default="json", validate=validate.OneOf(["json", *formats(route)]), metadata={"description": description}
    )
