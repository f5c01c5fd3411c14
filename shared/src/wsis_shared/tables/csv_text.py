"""CSV (RFC 4180, and what spreadsheets make of it): the encoding, the delimiter and the rows of a file."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from wsis_shared.exports import FORMULA
from wsis_shared.tables import DELIMITERS, MAX_CELL, MAX_COLUMNS, Known, Note, Row, TableRefused, headers, note
from wsis_shared.tables.encodings import codec_of, encoding_of
from wsis_shared.tables.sources import Sheet, Source

_HEAD = 40  # rows by which a delimiter is judged
_HEAD_CHARACTERS = 64_000
_SAID = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n?", re.IGNORECASE)  # the first line that Excel understands
_COMMA = ","


class CsvText(Source):
    """A file of text. Raises TableRefused."""

    format = "csv"
    sheets = (Sheet(None),)

    def __init__(self, path: Path, encoding: str | None, delimiter: str | None, known: Known) -> None:
        self._path = path
        self.encoding, notes = encoding_of(path, encoding)
        self._codec = codec_of(self.encoding)
        csv.field_size_limit(MAX_CELL)
        with path.open(encoding=self._codec, newline="") as file:
            said = _SAID.fullmatch(file.readline(20))
            self._start = file.tell() if said else 0
            file.seek(self._start)
            head = file.read(_HEAD_CHARACTERS)
        self._delimiter = self.delimiter = delimiter or (said[1] if said else delimiter_of(head, known))
        if self._delimiter != _COMMA and not delimiter and not said:
            notes.append(_found(self._delimiter))
        self.notes = notes

    def rows(self, sheet: int) -> Iterator[Row]:
        """The rows with their numbers as a spreadsheet shows them: without the line `sep=;`."""
        with self._path.open(encoding=self._codec, newline="") as file:
            file.seek(self._start)
            number = 0
            try:
                for number, cells in enumerate(csv.reader(file, delimiter=self._delimiter, strict=True), start=1):
                    if len(cells) > MAX_COLUMNS:
                        raise TableRefused("columns", count=MAX_COLUMNS)
                    yield number, [unquoted(cell) for cell in cells]
            except csv.Error:
                raise TableRefused("quotes", row=number + 1) from None


def delimiter_of(head: str, known: Known) -> str:
    """The one that makes the best table of the first rows."""

    def judged(delimiter: str) -> tuple[float, float]:
        try:
            rows = list(islice(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), _HEAD))
        except csv.Error:
            return 0, 0
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            return 0, 0
        width, count = max(widths.items(), key=lambda each: (each[1], each[0]))
        found = headers.best([*enumerate(rows, start=1)], known)
        return (found.score if found else 0) + count / len(rows), width

    return max(DELIMITERS, key=judged)


def unquoted(cell: str) -> str:
    """Without the quote that an export puts before what looks like a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def _found(delimiter: str) -> Note:
    return note("delimiter_tab") if delimiter == "\t" else note("delimiter_found", delimiter=delimiter)
