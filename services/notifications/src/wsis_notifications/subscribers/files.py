"""Lists of subscribers as files: a table (`wsis_shared.tables`), or JSON Lines. Read row by row in flat memory, each
row validated like the form.

A column of a table has a name of `columns.yaml`, a field of JSON Lines one of `ImportedSubscription`; topics are joined
by "; ". Further columns are not read.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypedDict, cast

from marshmallow import ValidationError
from wsis_shared.exports import FORMULA
from wsis_shared.json_types import Input
from wsis_shared.resources import read_yaml
from wsis_shared.tables import Reading, ReadOptions, TableRefused, folded
from wsis_shared.tables.child import Reader

from wsis_notifications.subscribers.schemas import ImportedSubscription

MAX_LINE = 65_536  # characters
MAX_ROWS = 2_000_000
MAX_UNKNOWN = 50  # columns that are named
_SCHEMA = ImportedSubscription()
COLUMNS = frozenset(_SCHEMA.fields)
REQUIRED = ("email", "consent_at", "consent_source", "consent_text")
_NAMES = ("first_name", "last_name")

REASONS = {
    "columns_missing": "Missing columns: {columns}.",
    "columns_repeated": "The column {column} is there twice.",
    "line": "Line {row} is too long, or a quotation mark is not closed.",
}
"""Why a list is refused, beside the reasons of `wsis_shared.tables`."""
FORMULA_CELL = "A formula is no name."
NOT_OBJECT = "Not a JSON object."


Messages = str | Mapping[str, "Messages"] | Sequence["Messages"]
"""What marshmallow says of a field, or of those below it."""


NAMES: Mapping[str, str] = {
    folded(name): field
    for field, names in read_yaml(__package__ or "", "columns.yaml").items()
    for name in (field, *names)
}
"""Folded name of a column -> field."""
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d)?))?")


class TableRow(TypedDict):
    """A row of a table as it is written."""

    row: int
    cells: list[str]


class _About(TypedDict):
    header: list[str]
    reading: Reading


def _refused(reason: str, **values: object) -> TableRefused:
    return TableRefused(reason, text=REASONS[reason].format(**values))


class FileRow(NamedTuple):
    """A row: its values as loaded, or what is wrong with which field. `number` counts lines of JSON Lines, and rows of
    CSV with the header as 1."""

    number: int
    values: Input
    problems: list[tuple[str, str]]


class SubscriberFile:
    """The rows of a file. `unknown_columns` is known after the first row, `reading` of a table too."""

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self._path, self._options, self._encoding = path, options, options.get("encoding")
        self.unknown_columns: list[str] = []
        self.reading: Reading | None = None

    def rows(self, after: int = 0) -> Iterator[FileRow]:
        """The rows behind the row `after`. Raises TableRefused where the file cannot be read further, ReaderBusy where
        that is not the file's doing."""
        raw = self._json() if self._is_json() else self._table(after)
        for number, row in raw:
            if number > MAX_ROWS:
                raise TableRefused("rows", count=MAX_ROWS)
            if number > after:
                yield _checked(number, row)

    def _is_json(self) -> bool:
        with self._path.open("rb") as file:
            head = file.read(400)
        return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"{")

    def _table(self, after: int) -> Iterator[tuple[int, object]]:
        request = {"path": str(self._path), "options": self._options, "known": [*NAMES], "after": after}
        places: list[tuple[int, str]] | None = None
        with Reader[TableRow]("wsis_shared.tables", request) as reader:
            for batch in reader.batches():
                about = cast("_About", reader.about)
                self.reading = about["reading"]
                places = places or self._places(about["header"])
                for row in batch:
                    found = _row_of(row["cells"], places)
                    if found:
                        yield row["row"], found

    def _places(self, header: Sequence[str]) -> list[tuple[int, str]]:
        """Which column is which field."""
        fields = [NAMES.get(folded(name)) for name in header]
        if repeated := next((field for field in fields if field and fields.count(field) > 1), None):
            raise _refused("columns_repeated", column=repeated)
        if missing := [name for name in REQUIRED if name not in fields]:
            raise _refused("columns_missing", columns=", ".join(missing))
        unknown = [name.strip() for name, field in zip(header, fields, strict=True) if name.strip() and not field]
        self.unknown_columns = [name[:80] for name in unknown][:MAX_UNKNOWN]
        return [(place, field) for place, field in enumerate(fields) if field]

    def _chunks(self) -> Iterator[bytes]:
        with self._path.open("rb") as file:
            while chunk := file.read(1 << 16):
                yield chunk

    def _lines(self) -> Iterator[str]:
        """Lines with their ends, none longer than MAX_LINE."""
        rest, number = "", 0
        for text in self._decoded():
            *lines, rest = (rest + text).split("\n")  # not splitlines: a JSON text may have other separators
            for line in (*lines, rest):
                if len(line) > MAX_LINE:
                    raise _refused("line", row=number + 1)
                number += 1
            number -= 1
            yield from (f"{line}\n" for line in lines)
        if rest:
            yield rest

    def _decoded(self) -> Iterator[str]:
        encoding, decoder = self._encoding or "utf-8", None
        try:
            for chunk in self._chunks():
                if decoder is None:
                    if self._encoding is None and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                        encoding = "utf-16"
                    name = "utf-8-sig" if encoding == "utf-8" else encoding
                    decoder = codecs.getincrementaldecoder(name)()
                yield decoder.decode(chunk)
            yield decoder.decode(b"", final=True) if decoder else ""
        except UnicodeDecodeError:
            raise TableRefused("encoding", encoding=encoding) from None

    def _json(self) -> Iterator[tuple[int, object]]:
        unknown: set[str] = set()
        for number, line in enumerate(self._lines(), start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            if isinstance(row, dict):
                if len(unknown) < MAX_UNKNOWN and (others := row.keys() - COLUMNS):
                    unknown |= {name[:80] for name in sorted(others)[:MAX_UNKNOWN]}
                    self.unknown_columns = sorted(unknown)[:MAX_UNKNOWN]
                row = {name: value for name, value in row.items() if name in COLUMNS and value not in (None, "")}
                _split_topics(row)
            yield number, row


def _row_of(cells: Sequence[str], places: Iterable[tuple[int, str]]) -> dict[str, object]:
    """A row of a table by field. A day of consent counts from its beginning in UTC."""
    row: dict[str, object] = {
        field: cells[place].strip() for place, field in places if place < len(cells) and cells[place].strip()
    }
    if day := _DAY.fullmatch(str(row.get("consent_at", ""))):
        time = day[2] or "00:00"
        row["consent_at"] = f"{day[1]}T{time}{':00' if len(time) == len('00:00') else ''}Z"
    _split_topics(row)
    return row


def _checked(number: int, row: object) -> FileRow:
    if not isinstance(row, Mapping):
        return FileRow(number, {}, [("", NOT_OBJECT)])
    formulas = [(name, FORMULA_CELL) for name in _NAMES if _is_formula(str(row.get(name, "")))]
    if formulas:
        return FileRow(number, {}, formulas)
    try:
        return FileRow(number, dict(_SCHEMA.load(row)), [])
    except ValidationError as error:
        return FileRow(number, {}, [(field, _first(texts)) for field, texts in error.messages_dict.items()])


def _is_formula(text: str) -> bool:
    """Does a spreadsheet calculate it? A dash alone stands for a missing name."""
    return text.startswith(FORMULA) and bool(text.strip("-"))


def _first(messages: Messages) -> str:
    while not isinstance(messages, str):
        messages = next(iter(messages.values() if isinstance(messages, Mapping) else messages))
    return messages


def _split_topics(row: dict[str, object]) -> None:
    if isinstance(joined := row.get("topics"), str):
        row["topics"] = [each.strip() for each in joined.split(";") if each.strip()]
