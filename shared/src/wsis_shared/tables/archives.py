"""Archives of XML parts, as XLSX and ODS are: what they may hold, and their elements as a stream."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

from wsis_shared.tables import TableRefused

MAX_EXPANDED, MAX_RATIO, MAX_PARTS = 512_000_000, 200, 2000
CHUNK = 1 << 16
_ENCRYPTED = 0x1  # flag of an entry
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # that OOXML and OpenDocument know
DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    KeyError,
    IndexError,
    ValueError,
    OverflowError,
    EOFError,
    NotImplementedError,
)
"""What a damaged archive raises while it is read."""


def opened(path: Path) -> zipfile.ZipFile:
    """The archive. Its directory says sizes, which are also the most that is read. Raises TableRefused, or one of
    DAMAGES."""
    archive = zipfile.ZipFile(path)
    entries = archive.infolist()
    packed, unpacked = sum(entry.compress_size for entry in entries), sum(entry.file_size for entry in entries)
    if any("vbaproject" in entry.filename.lower() or entry.filename.startswith("Basic/") for entry in entries):
        raise TableRefused("macros")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise TableRefused("encrypted")
    if any(entry.compress_type not in _METHODS for entry in entries):
        raise TableRefused("damaged")
    if len(entries) > MAX_PARTS or packed > path.stat().st_size or unpacked > min(MAX_EXPANDED, packed * MAX_RATIO):
        raise TableRefused("expands")
    return archive


def parser() -> expat.XMLParserType:
    """One that takes no entities."""
    made = expat.ParserCreate()
    made.buffer_text = True

    def refuse(*_: object) -> None:
        raise TableRefused("damaged")

    made.StartDoctypeDeclHandler = made.EntityDeclHandler = refuse
    return made


def fed(parser: expat.XMLParserType, part: IO[bytes]) -> Iterator[None]:
    """Parse a part, chunk by chunk."""
    with part:
        while chunk := part.read(CHUNK):
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
        yield


def starts(part: IO[bytes]) -> Iterator[tuple[str, dict[str, str]]]:
    """Elements of a part with their attributes, all without prefixes."""
    reading, found = parser(), []

    def start(name: str, values: dict[str, str]) -> None:
        found.append((name.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in values.items()}))

    reading.StartElementHandler = start
    for _ in fed(reading, part):
        yield from found
        found.clear()


def elements(part: IO[bytes], wanted: str) -> Iterator[dict[str, str]]:
    """The attributes of elements of one name."""
    return (values for name, values in starts(part) if name == wanted)
