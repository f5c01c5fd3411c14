"""Tables of another shape: with rows above those that they are of, or with their columns as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice, zip_longest

from wsis_shared.tables import FaultyCell, Row, Table, note

SECTION = "[§]"
"""The column of what stands above the rows."""
_LEAST_WIDTH = 4  # columns of a table below which a row with one value may be any row
_LONGEST = 120  # characters of what stands above rows


def with_sections(table: Table) -> Table:
    """A table whose first row only has the value of those below it ("Kenya"), as one with a column of these values."""
    first = list(islice(table.rows, 2))
    width = len(table.columns)
    if len(first) < 2 or section_of(first[0][1], width) is None or section_of(first[1][1], width) is not None:
        return replace(table, rows=chain(first, table.rows))
    table.notes.append(note("sections", column=SECTION))
    header = (*table.header, *("" for _ in range(width - len(table.header))), SECTION)
    rows = _carried(chain(first, table.rows), width)
    return replace(table, header=header, columns=(*table.columns, SECTION), rows=rows)


def _carried(rows: Iterator[Row], width: int) -> Iterator[Row]:
    said = ""
    for number, cells in rows:
        if (section := section_of(cells, width)) is not None:
            said = section
        else:
            yield number, [*cells[:width], *("" for _ in range(width - len(cells))), said]


def section_of(cells: Sequence[str], width: int) -> str | None:
    """The one value of a row, in its first cells or merged over all: what the rows below it are of."""
    values = {cell.strip() for cell in cells} - {""}
    if width < _LEAST_WIDTH or len(values) != 1 or not any(cell.strip() for cell in cells[:2]):
        return None
    value = next(cell for cell in cells if cell.strip())
    is_word = any(char.isalpha() for char in value) and "@" not in value and not isinstance(value, FaultyCell)
    return value.strip() if is_word and len(value) <= _LONGEST else None


def transposed(rows: Sequence[Row]) -> list[Row]:
    """The columns as rows, each with its number, without empty ones."""
    turned = enumerate(zip_longest(*(cells for _, cells in rows), fillvalue=""), start=1)
    return [(number, list(cells)) for number, cells in turned if any(map(str.strip, cells))]
