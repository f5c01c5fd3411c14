"""CSV: the encoding, the delimiter and the rows of a file."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from wsis_shared.csv_files import delimiter_of, unquoted

from wsis_stocktaking.imports.reading import MAX_CELL, MAX_COLUMNS, FileRefused
from wsis_stocktaking.imports.rules import ENCODINGS

_CHUNK = 1 << 16
_SAMPLE = 200_000  # bytes of lines that are not ASCII


def encoding_of(path: Path, named: str | None) -> str:
    """The encoding of all of the file; raises FileRefused where a byte does not fit."""
    with path.open("rb") as file:
        head = file.read(4)
    if named is None and head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        named = "utf-16"
    if named is not None:
        if not _fits(path, named):
            raise FileRefused("encoding", encoding=named)
        return "utf-8-sig" if named == "utf-8" else named
    return "utf-8-sig" if _fits(path, "utf-8") else _guess(path)


def _fits(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if "\0" in decoder.decode(chunk):
                    raise FileRefused("nul")
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guess(path: Path) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415 -- most files are UTF-8

    sample = bytearray()
    with path.open("rb") as file:
        for line in file:
            if not line.isascii():
                sample += line[:_SAMPLE]
            if len(sample) > _SAMPLE:
                break
    found = from_bytes(bytes(sample), cp_isolation=list(ENCODINGS[2:])).best()
    if found is None or not _fits(path, found.encoding):
        raise FileRefused("encoding_unknown")
    return str(found.encoding)


def rows(path: Path, encoding: str, known: frozenset[str]) -> Iterator[tuple[int, list[str]]]:
    """The rows with their numbers as a spreadsheet shows them, the header first. The delimiter is the one that gives
    most of the `known` columns."""
    csv.field_size_limit(MAX_CELL)
    with path.open(encoding=encoding, newline="") as file:
        delimiter = delimiter_of(file.readline(MAX_CELL), known)
        file.seek(0)
        number = 0
        try:
            for number, cells in enumerate(csv.reader(file, delimiter=delimiter, strict=True), start=1):
                if len(cells) > MAX_COLUMNS:
                    raise FileRefused("columns", count=MAX_COLUMNS)
                yield number, [unquoted(cell) for cell in cells]
        except csv.Error:
            raise FileRefused("quotes", row=number + 1) from None
