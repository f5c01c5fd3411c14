"""What a service adds to the exports of its lists: formats, titles beside codes, and the terms of use.

The gateway writes all exports. Of a service it takes classes and functions by name: parts of it that load without
nameko and pymongo, and do nothing but turn items into bytes or texts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wsis_shared.json_types import JsonObject
from wsis_shared.resources import load_object

Item = JsonObject
Cell = str | int | float | bool | None

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""A spreadsheet takes text that begins so for a formula (OWASP, CSV injection), where Chinese or Japanese is written
with the signs in full width too: CSV has a quote before it."""


# Where lists are separated by semicolons, as in French, a cell ends at one, and then at a line's end: a quotation mark
# within a cell quotes nothing. "- " begins an item of a list.
_WITHIN = re.compile("([;\t\r\n][ \t]*)(?=[=+@\uff1d\uff0b\uff0d\uff20]|-(?! ))")


def inert(cell: Cell) -> Cell:
    """A cell of CSV: no text that a spreadsheet would run, whatever separates its cells."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if not isinstance(cell, str):
        return cell
    return _WITHIN.sub(r"\1'", f"'{cell}" if cell.startswith(FORMULA) else cell)


@dataclass(frozen=True)
class ExportSource:
    """What an export is made of: the address of the list with its filters and without a format, the moment of the
    request, and the language of its reader. `base_url` is the part of `url` before the path."""

    base_url: str
    url: str
    made_at: datetime
    locale: str


class ExportWriter(Protocol):
    """Writes one export. Its methods are called in this order, in a thread; `write` once for each page of the list."""

    def begin(self, source: ExportSource) -> bytes:
        """The start of the file."""

    def write(self, items: Sequence[Item]) -> bytes:
        """Items, as the list has them in its JSON."""

    def finish(self) -> bytes:
        """The end of the file."""


@dataclass(frozen=True)
class ExportFormat:
    """A format of a list: `name` is the value of `?format=`, `writer` names an ExportWriter ("package.module:Class").
    The name of the file ends with `ending`, by default `name`."""

    name: str
    media_type: str
    writer: str
    ending: str = ""

    def load(self) -> Callable[[], ExportWriter]:
        """The class that writes it. Raises ImportError or AttributeError."""
        made: Callable[[], ExportWriter] = load_object(self.writer)
        return made


Titles = Callable[[Item, str], Mapping[str, Sequence[str]]]
"""(item, language) -> the titles of the codes in a column, by its name."""


@dataclass(frozen=True)
class ExportLabels:
    """Titles beside the codes of a list: each of `columns` has one of its own behind it, "countries.label" behind
    "countries"."""

    columns: tuple[str, ...]
    titles: Titles


Title = Callable[[str, str], str]
"""(code, language) -> its title. Raises LookupError for a code that it does not know."""


def labels(columns: Mapping[str, Title]) -> ExportLabels:
    """Of items whose columns, by name, have codes or lists of codes. A code of a newer service stands for itself."""

    def of_item(item: Item, language: str) -> dict[str, list[str]]:
        found = {column: codes_of(item.get(column)) for column in columns}
        return {name: [said(columns[name], code, language) for code in codes] for name, codes in found.items() if codes}

    def said(title: Title, code: object, language: str) -> str:
        try:
            return title(str(code), language)
        except LookupError:
            return str(code)

    return ExportLabels(tuple(columns), of_item)


def codes_of(value: object) -> tuple[object, ...]:
    """The codes of a cell: one, several or none."""
    return tuple(value) if isinstance(value, list) else () if value in (None, "") else (value,)


@dataclass(frozen=True)
class ExportTerms:
    """The terms under which a file may be used: address of the licence ("": none is granted) and of the description
    for programs, and for readers a `title` with pairs of label and text, both in the language of the source."""

    licence: str
    described_by: str
    title: str
    statements: tuple[tuple[str, str], ...]


Terms = Callable[[ExportSource], ExportTerms]
