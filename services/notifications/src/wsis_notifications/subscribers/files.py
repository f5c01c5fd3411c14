"""Lists of subscribers as files: CSV (RFC 4180; comma, semicolon or tab), or JSON Lines. Read row by row in flat
memory, each row validated like the form.

A column of CSV, and a field of JSON Lines, is one of `ImportedSubscription`; topics are joined by "; ". Further columns
are not read.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from marshmallow import ValidationError
from wsis_shared.csv_files import delimiter_of, unquoted
from wsis_shared.exports import FORMULA
from wsis_shared.json_types import Input

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
    "empty": "The file has no rows.",
    "encoding": "The text is not in {encoding}: name the encoding of the file.",
    "line": "Line {row} is too long, or a quotation mark is not closed.",
    "rows": "More than {count} rows.",
}
FORMULA_CELL = "A formula is no name."
NOT_OBJECT = "Not a JSON object."


Messages = str | Mapping[str, "Messages"] | Sequence["Messages"]
"""What marshmallow says of a field, or of those below it."""


class FileRefused(Exception):
    """The whole file is refused."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(REASONS[reason].format(**values))


class FileRow(NamedTuple):
    """A row: its values as loaded, or what is wrong with which field. `number` counts lines of JSON Lines, and rows of
    CSV with the header as 1."""

    number: int
    values: Input
    problems: list[tuple[str, str]]


class SubscriberFile:
    """The rows of a file that comes in `chunks` of bytes. `unknown_columns` is known after the first row."""

    def __init__(self, chunks: Iterable[bytes], encoding: str | None) -> None:
        self._chunks, self._encoding = chunks, encoding
        self.unknown_columns: list[str] = []

    def rows(self, after: int = 0) -> Iterator[FileRow]:
        """The rows behind the row `after`. Raises FileRefused where the file cannot be read further."""
        lines = self._lines()
        first = next(lines, "")
        if not first.strip():
            raise FileRefused("empty")
        raw = self._json(first, lines) if first.lstrip().startswith("{") else self._csv(first, lines)
        for number, row in raw:
            if number > MAX_ROWS:
                raise FileRefused("rows", count=MAX_ROWS)
            if number > after:
                yield _checked(number, row)

    def _lines(self) -> Iterator[str]:
        """Lines with their ends, none longer than MAX_LINE."""
        rest, number = "", 0
        for text in self._decoded():
            *lines, rest = (rest + text).split("\n")  # not splitlines: a JSON text may have other separators
            for line in (*lines, rest):
                if len(line) > MAX_LINE:
                    raise FileRefused("line", row=number + 1)
                number += 1
            number -= 1
            yield from (f"{line}\n" for line in lines)
        if rest:
            yield rest

    def _decoded(self) -> Iterator[str]:
        encoding, decoder = self._encoding or "utf-8", None
        try:
            for chunk in self._chunks:
                if decoder is None:
                    if self._encoding is None and chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                        encoding = "utf-16"
                    name = "utf-8-sig" if encoding == "utf-8" else encoding
                    decoder = codecs.getincrementaldecoder(name)()
                yield decoder.decode(chunk)
            yield decoder.decode(b"", final=True) if decoder else ""
        except UnicodeDecodeError:
            raise FileRefused("encoding", encoding=encoding) from None

    def _json(self, first: str, lines: Iterator[str]) -> Iterator[tuple[int, object]]:
        unknown: set[str] = set()
        for number, line in enumerate(_before(first, lines), start=1):
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

    def _csv(self, first: str, lines: Iterator[str]) -> Iterator[tuple[int, object]]:
        reader = csv.reader(_before(first, lines), delimiter=delimiter_of(first, COLUMNS), strict=True)
        number = 1
        try:
            names = [cell.strip().lower() for cell in next(reader)]
            self._check_header(names)
            for number, cells in enumerate(reader, start=2):
                row: dict[str, object] = {
                    name: unquoted(cell.strip())
                    for name, cell in zip(names, cells, strict=False)
                    if name in COLUMNS and cell.strip()
                }
                _split_topics(row)
                if row:
                    yield number, row
        except csv.Error:
            raise FileRefused("line", row=number + 1) from None

    def _check_header(self, names: list[str]) -> None:
        known = [name for name in names if name in COLUMNS]
        if repeated := next((name for name in known if known.count(name) > 1), None):
            raise FileRefused("columns_repeated", column=repeated)
        if missing := [name for name in REQUIRED if name not in known]:
            raise FileRefused("columns_missing", columns=", ".join(missing))
        self.unknown_columns = [name[:80] for name in names if name and name not in COLUMNS][:MAX_UNKNOWN]


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


def _before(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest
