"""A table out of a file: which format, sheet and header, and its rows without what is no row."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from wsis_shared.tables import (
    MAX_SHEETS,
    Known,
    Note,
    ReadOptions,
    Row,
    Table,
    TableRefused,
    headers,
    note,
    ods,
    sections,
    xlsx,
)
from wsis_shared.tables.csv_text import CsvText
from wsis_shared.tables.headers import HEAD, Header
from wsis_shared.tables.sources import Source, filled

_HIDDEN = 6.0  # a hidden sheet is read where it has two known names more than another
_TURNED, _LEAST_TURNED = 6.0, 3  # so are columns as rows; the known names below one another that make them
_LONG_ENOUGH = 20  # rows
_LEAST_WIDTH = 4  # columns of a table below which a row with one cell may be a note
_MAX_NOTES = 50  # rows below a table
_LONG_NOTE = 12  # cells with a space each; merged ones have one value
_OTHERS = (b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"<", b"{\\rtf")
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"


def read_table(path: Path, options: ReadOptions, known: Known = Known()) -> Table:  # noqa: B008 -- it never changes
    """The table of a file. Raises TableRefused, also while its rows are read."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise TableRefused("empty")
    source = _source(path, head, options, known)
    found = _chosen(source, options, known)
    if found is None:
        raise TableRefused("empty")
    notes = [*source.notes, *found.notes(source, options)]
    number, header = found.head[found.header.place]
    rows, more = _numbering(found.rows, header)
    table = Table(
        source.format,
        source.sheets[found.sheet].name,
        [sheet.name for sheet in source.sheets if sheet.name is not None],
        number,
        tuple(header),
        columns_of(found.head[: found.header.place + 1 + _LONG_ENOUGH], found.header.place),
        iter(()),
        source.encoding,
        source.delimiter,
        notes + more,
        tuple(
            dict.fromkeys(
                cell.strip() for _, cells in found.head[: found.header.place] for cell in cells if cell.strip()
            )
        ),
    )
    if (renamed := len([name for name in header if name.strip()]) - len({*map(str.strip, header)} - {""})) > 0:
        notes.append(note("columns_renamed", count=renamed))
        table.notes = notes + more
    table.rows = _without_notes(rows, sum(map(bool, table.columns)), table.notes)
    return sections.with_sections(table)


def _source(path: Path, head: bytes, options: ReadOptions, known: Known) -> Source:
    if head.startswith(_ZIP):
        return ods.Spreadsheet(path) if ods.MIMETYPE in head[:200] else xlsx.Workbook(path)
    if head.startswith(_OLE):
        from wsis_shared.tables import xls  # noqa: PLC0415 -- few files are so old

        return xls.Workbook(path)
    if head.startswith(_OTHERS):
        raise TableRefused("type")
    return CsvText(path, options.get("encoding"), options.get("delimiter"), known)


@dataclass
class _Choice:
    """A sheet with its first rows, the row with the names, and the rows behind it."""

    sheet: int
    head: list[Row]
    header: Header
    rows: Iterator[Row]
    areas: int
    score: float
    is_turned: bool = False

    def notes(self, source: Source, options: ReadOptions) -> list[Note]:
        """What was found that nobody said."""
        notes: list[Note] = []
        sheet = source.sheets[self.sheet]
        if len(source.sheets) > 1 and not options.get("sheet"):
            notes.append(note("sheet_chosen", sheet=sheet.name))
        if sheet.is_hidden:
            notes.append(note("sheet_hidden", sheet=sheet.name))
        row = self.head[self.header.place][0]
        if row != 1 and not options.get("header_row"):
            notes.append(note("header_found", row=row))
        if self.is_turned:
            notes.append(note("transposed"))
        if self.areas:
            notes.append(note("merged_filled", count=self.areas))
        return notes


def _chosen(source: Source, options: ReadOptions, known: Known) -> _Choice | None:
    named = options.get("sheet")
    numbers = [place for place, sheet in enumerate(source.sheets) if named in (None, sheet.name)][:MAX_SHEETS]
    if not numbers:
        names = ", ".join(sheet.name or "" for sheet in source.sheets[:MAX_SHEETS])
        raise TableRefused("sheet", sheet=named, sheets=names)
    found = [choice for number in numbers for choice in _looked_at(source, number, options, known)]
    if not found and (row := options.get("header_row")):
        raise TableRefused("header_row", row=row)
    return max(found, key=lambda each: each.score, default=None)


def _looked_at(source: Source, sheet: int, options: ReadOptions, known: Known) -> Iterator[_Choice]:
    """A sheet, if it has a row that may be the header; a small one also with its columns as rows."""
    areas, row = source.merged(sheet), options.get("header_row")
    rows = _with_values(filled(source.rows(sheet), areas))
    head = list(islice(rows, HEAD)) if row is None else _head_to(rows, row)
    if (header := headers.best(head, known) if row is None else headers.at(head, row)) is not None:
        yield _choice(source, sheet, head, header, rows, len(areas))
    if row is None and len(head) < HEAD and max((len(cells) for _, cells in head), default=0) <= HEAD:
        turned = sections.transposed(head)
        header = headers.best(turned, known)
        if header is not None and header.known >= _LEAST_TURNED:
            choice = _choice(source, sheet, turned, header, iter(()), len(areas))
            yield replace(choice, score=choice.score - _TURNED, is_turned=True)


def _choice(source: Source, sheet: int, head: list[Row], header: Header, rows: Iterator[Row], areas: int) -> _Choice:
    score = header.score + min(len(head) - header.place, _LONG_ENOUGH) / _LONG_ENOUGH
    score -= _HIDDEN if source.sheets[sheet].is_hidden else 0
    return _Choice(sheet, head, header, chain(head[header.place + 1 :], rows), areas, score)


def _head_to(rows: Iterator[Row], number: int) -> list[Row]:
    """The rows up to the header that is named, and some behind it."""
    head = []
    for row in rows:
        head.append(row)
        if row[0] >= number:
            break
    return head + list(islice(rows, HEAD))


def _with_values(rows: Iterator[Row]) -> Iterator[Row]:
    """Rows with a value: one with a space is none."""
    return (row for row in rows if any(map(str.strip, row[1])))


def columns_of(head: Sequence[Row], place: int) -> tuple[str, ...]:
    """The names of the columns, each once: a second one, or a mere number, has the name above it, or else a number.
    One without a name but with data is "[C]", of neither ""."""
    names = [cell.strip() for cell in head[place][1]]
    above = [cell.strip() for cell in head[place - 1][1]] if place else []
    width = max([len(names), *(len(row[1]) for row in head[place + 1 :])])
    columns: list[str] = []
    for column in range(width):
        name = names[column] if column < len(names) else ""
        if not name and any(row[1][column : column + 1] not in ([], [""]) for row in head[place + 1 :]):
            name = f"[{letters_of(column)}]"
        is_vague = names.count(name) > 1 or name.isdecimal()
        if name and is_vague and above[column : column + 1] not in ([], [""], [name]):
            name = f"{above[column]}{' ' if name.isdecimal() else ' / '}{name}"
        columns.append(_distinct(name, columns))
    return tuple(columns)


def letters_of(column: int) -> str:
    """The letters of a column, A for 0."""
    first, last = divmod(column, 26)
    return (letters_of(first - 1) if first else "") + string.ascii_uppercase[last]


def _distinct(name: str, before: Sequence[str]) -> str:
    if not name or name not in before:
        return name
    return next(other for number in range(2, len(before) + 3) if (other := f"{name} ({number})") not in before)


def _numbering(rows: Iterator[Row], header: Sequence[str]) -> tuple[Iterator[Row], list[Note]]:
    """Without a first row that only numbers the columns: 1, 2, 3 or (1), (2), (3)."""
    first = next(rows, None)
    if first is None:
        return rows, []
    width = len([cell for cell in header if cell.strip()])
    numbers = [cell.strip(" ().") for cell in first[1] if cell.strip()]
    if width > 2 and numbers == [str(each) for each in range(1, width + 1)]:
        return rows, [note("numbering_row", row=first[0])]
    return chain((first,), rows), []


def _without_notes(rows: Iterator[Row], width: int, notes: list[Note]) -> Iterator[Row]:
    """Without the notes below: rows at the end with one value, or with two behind an empty row."""
    if width < _LEAST_WIDTH:
        yield from rows
        return
    held: list[Row] = []
    before = 0
    for row in rows:
        number, cells = row
        may_be = len(cells) - cells.count("") < _LONG_NOTE or cells[0] == cells[1]
        if may_be and _is_note(cells, 2 if held or number > before + 1 > 1 else 1) and len(held) < _MAX_NOTES:
            held.append(row)
        else:
            if held:
                yield from held
                held.clear()
            yield row
        before = number
    if held:
        notes.append(note("rows_below", row=held[0][0], count=len(held)))


def _is_note(cells: list[str], most: int) -> bool:
    if len({*cells} - {""}) > most and len({*map(str.strip, cells)} - {""}) > most:
        return False
    return not any("@" in cell and " " not in cell.strip() for cell in cells)  # of a list of people, the address alone
