"""The formats of an export: CSV, XLSX, JSON, JSON Lines, and those of a service, each written page by page.

A spreadsheet must never run what a person typed into a form: text that begins like a formula is inert in CSV, and a
cell of XLSX is text, never a formula or a link. Codes stay text: "8.10" is not 8.1, "NO" is not false.
"""

from __future__ import annotations

import csv
import io
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from marshmallow import fields, validate
from wsis_shared.exports import ExportFormat, ExportSource, ExportTerms, Item, inert
from wsis_shared.plugin import Route
from wsis_shared.workbook import MEDIA_TYPE, TableWorkbook

from wsis_gateway.export_columns import Column, ConstantColumn
from wsis_gateway.openapi_shapes import Media

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
        self._csv.writerows([inert(column.cell(item)) for column in self._columns] for item in items)
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return text.encode()


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
    """A workbook."""

    media_type = MEDIA_TYPE

    def __init__(self, table: Table) -> None:
        super().__init__(table)
        self._workbook = TableWorkbook([column.name for column in table.columns])

    def write(self, items: Sequence[Item]) -> bytes:
        """Rows; nothing can be sent yet."""
        self._workbook.write([column.cell(item) for column in self._columns] for item in items)
        return b""

    def finish(self) -> Iterator[bytes]:
        """The file."""
        yield from self._workbook.finish(self._terms)

    def close(self) -> None:
        """Remove the file."""
        self._workbook.close()


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
