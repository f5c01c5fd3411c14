"""Lists of subscribers as files: a table (`wsis_shared.tables`), or JSON Lines. Read row by row in flat memory, each
row validated like the form.

The columns of a table are mapped in a child process (`table`), a field of JSON Lines has a name of
`ImportedSubscription`; topics are joined by "; ". Further columns are not read. What a table says of an optional field
and is not valid is left out with a warning.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple, cast

from marshmallow import ValidationError
from wsis_shared.exports import FORMULA
from wsis_shared.json_types import Input
from wsis_shared.mapping.documents import Problem, RowMapping
from wsis_shared.tables import ReadOptions, TableRefused
from wsis_shared.tables.child import Reader

from wsis_notifications.subscribers.files.table import MAX_UNKNOWN, About, TableRow
from wsis_notifications.subscribers.rules.mapping.fields import NEEDED
from wsis_notifications.subscribers.schemas import ImportedSubscription

MAX_LINE = 65_536  # characters
MAX_ROWS = 2_000_000
_SCHEMA = ImportedSubscription()
COLUMNS = frozenset(_SCHEMA.fields)
OPTIONAL = COLUMNS - set(NEEDED)
_NAMES = ("first_name", "last_name")

REASONS = {"line": "Line {row} is too long, or a quotation mark is not closed."}
"""Why a list is refused, beside the reasons of `wsis_shared.tables` and of `table`."""
FORMULA_CELL = "A formula is no name."
NOT_OBJECT = "Not a JSON object."


Messages = str | Mapping[str, "Messages"] | Sequence["Messages"]
"""What marshmallow says of a field, or of those below it."""


def _refused(reason: str, **values: object) -> TableRefused:
    return TableRefused(reason, text=REASONS[reason].format(**values))


class FileRow(NamedTuple):
    """A row: its values as loaded, or what is wrong with which field; `warnings` say what was left out. `number` counts
    lines of JSON Lines, and rows of a table as a spreadsheet shows them."""

    number: int
    values: Input
    problems: list[Problem]
    warnings: list[Problem]


class SubscriberFile:
    """The rows of a file, of a table by its mapping. `unknown_columns` is known after the first row, `about` of a table
    too."""

    def __init__(self, path: Path, options: ReadOptions, mapping: RowMapping | None = None) -> None:
        self._path, self._options, self._encoding = path, options, options.get("encoding")
        self._mapping = mapping
        self.unknown_columns: list[str] = []
        self.about: About | None = None

    def batches(self, size: int, after: int = 0) -> Iterator[list[FileRow]]:
        """The rows behind the row `after`, at least one batch of a table. Raises TableRefused where the file cannot be
        read further, ReaderBusy where that is not the file's doing."""
        if not self._is_json():
            yield from self._table(size, after)
            return
        rows = (FileRow(number, *_checked(row), []) for number, row in self._json() if number > after)
        while batch := list(islice(rows, size)):
            yield batch

    def _is_json(self) -> bool:
        with self._path.open("rb") as file:
            head = file.read(400)
        return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"{")

    def _table(self, size: int, after: int) -> Iterator[list[FileRow]]:
        request = {"path": str(self._path), "options": self._options, "after": after, "mapping": self._mapping}
        with Reader[TableRow](__name__, request) as reader:
            for batch in reader.batches(size):
                self.about = cast("About", reader.about)
                self.unknown_columns = self.about["unknown_columns"]
                yield [_mapped(row) for row in batch]

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
            if number > MAX_ROWS:
                raise TableRefused("rows", count=MAX_ROWS)
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


def _mapped(row: TableRow) -> FileRow:
    """A row of a table: without what is optional and not valid."""
    values, warnings = row["values"], [*row.get("warnings", ())]
    found, problems = _checked(values)
    while optional := [(field, text, None) for field, text, _ in problems if field in OPTIONAL]:
        warnings += optional
        values = {name: value for name, value in values.items() if name not in {field for field, _, _ in optional}}
        found, problems = _checked(values)
    return FileRow(row["row"], found, [*row.get("problems", ()), *problems], warnings)


def _checked(row: object) -> tuple[Input, list[Problem]]:
    if not isinstance(row, Mapping):
        return {}, [("", NOT_OBJECT, None)]
    formulas: list[Problem] = [(name, FORMULA_CELL, None) for name in _NAMES if _is_formula(str(row.get(name, "")))]
    if formulas:
        return {}, formulas
    try:
        return dict(_SCHEMA.load(row)), []
    except ValidationError as error:
        return {}, [(field, _first(texts), None) for field, texts in error.messages_dict.items()]


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
