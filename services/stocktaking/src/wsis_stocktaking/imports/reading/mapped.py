"""Rows of a register that somebody else wrote, by its mapping: what is optional and not valid is left out."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from marshmallow import ValidationError
from wsis_shared.json_types import JsonObject
from wsis_shared.mapping.documents import Problem
from wsis_shared.mapping.words import fold, folded
from wsis_shared.tables import Note, Row, note
from wsis_shared.tables.sections import SECTION

from wsis_stocktaking.imports.rules.mapping.mapped_row import MappedRow, key_of
from wsis_stocktaking.imports.rules.mapping.rows import Mapper
from wsis_stocktaking.register.rules.contents import Content

Load = Callable[[JsonObject], Content]
Explain = Callable[[ValidationError, JsonObject], list[Problem]]

OPTIONAL = (
    "organization.website",
    "start_date",
    "end_date",
    "sdgs",
    "targets",
    "partners",
    "keywords",
    "links",
)
"""Fields without which an entry is still one."""
_NUMBER = re.compile(r"\W{0,3}[\d.,'’ \u00a0]{1,40}\W{0,3}")
_ENTITY = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_SHORT_END = re.compile(r" \w{1,4}\Z")
_ATTEMPTS = 4  # what a field hides shows once it is gone


@dataclass
class Keys:
    """The keys of rows that have none, from what they are about. The same row again has the same key."""

    _rows: dict[str, list[bytes]] = field(default_factory=dict)

    def of(self, row: MappedRow, cells: Sequence[str]) -> str:
        """The key of a row: one of its own where its title and organization come again with another content."""
        key = key_of(row)
        known = self._rows.setdefault(key, [])
        digest = hashlib.sha256("\x1f".join(cells).encode("utf-8", "replace")).digest()[:8]
        if digest not in known:
            known.append(digest)
        place = known.index(digest)
        return f"{key}-{place + 1}" if place else key


def activities(rows: Iterator[Row], columns: Sequence[str], notes: list[Note]) -> Iterator[Row]:
    """The rows without empty ones, those with sums, and the names of the columns again, which a note counts. What a
    website exported has "&eacute;" for "é"."""
    left_out = 0
    for number, cells in rows:
        said = [cell.strip() for name, cell in zip_longest(columns, cells) if name != SECTION and cell and cell.strip()]
        if _is_sum(said) or [cell.strip() for cell in cells] == list(columns):
            left_out += 1
        elif said:
            yield number, [_plain(cell) if "&" in cell else cell for cell in cells]
    if left_out:
        notes.append(note("sums_left_out", count=left_out))


def _plain(cell: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), cell)


def _is_sum(said: Sequence[str]) -> bool:
    """ "Total", or "Total A", and nothing but numbers."""
    words = [fold(cell) for cell in said if not _NUMBER.fullmatch(cell)]
    return bool(words) and all(
        word in folded("totals") or _SHORT_END.sub("", word) in folded("totals") for word in words
    )


def rows_of(mapper: Mapper, rows: Iterator[Row], keys: Keys) -> Iterator[tuple[int, MappedRow]]:
    """The rows, each with its key."""
    for number, cells in rows:
        row = mapper.row(cells)
        row.key = row.key or keys.of(row, cells)
        yield number, row


def content_of(row: MappedRow, load: Load, explain: Explain) -> Content | None:
    """The content of a row; what is optional and not valid is left out with a warning. None where it has problems."""
    problems: list[Problem] = []
    for _ in range(_ATTEMPTS):
        try:
            content = load(row.content)
        except ValidationError as error:
            problems = explain(error, row.content)
            if not all(_leave_out(row, problem) for problem in problems):
                break
        else:
            return None if row.problems else content
    named = {name for name, _, _ in row.problems}
    row.problems += [
        problem
        for problem in problems
        if problem[0].partition(".")[0] not in named and problem[0] not in named and not _is_optional(problem[0])
    ]
    return None


def _is_optional(path: str) -> bool:
    return any(path == name or path.startswith(f"{name}.") for name in OPTIONAL)


def _leave_out(row: MappedRow, problem: Problem) -> bool:
    path, message, value = problem
    name = next((name for name in OPTIONAL if path == name or path.startswith(f"{name}.")), None)
    if name is None:
        return False
    place = path.removeprefix(f"{name}.").partition(".")[0]
    if name in row.lists and place.isdecimal():
        row.lists[name].pop(int(place))
    elif name in row.lists:
        row.lists[name] = []
    else:
        row.plain.pop(name, None)
        row.organization.pop(name.removeprefix("organization."), None)
    row.warn(name, message, value)
    return True
