"""A table as a workbook (XLSX), in a temporary folder until it is whole: the directory of the file stands at its end.

A cell is a text, a number or a truth value, never a formula or a link, whatever a person has typed. The same cells give
the same bytes where `made_at` is the same.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from wsis_shared.exports import Cell, ExportTerms
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 1_048_576  # of a sheet
MAX_TEXT = 32_767  # characters of a cell
CHUNK_BYTES = 64 * 1024
_CUT = " [...]"
_MEASURED = 100  # rows by which a column is as wide as its texts
_NARROWEST, _WIDEST = 8, 60  # characters


class _Sheet(Worksheet):
    """XlsxWriter takes a text that begins with `<r>` and ends with `</r>` for XML of its own `write_rich_string`, and
    writes it as it is: whoever gives an entry such a title could end the cell and begin another, with a formula."""

    def _xml_rich_inline_string(self, string: str, attributes: Sequence[tuple[str, object]] = ()) -> None:
        self._xml_inline_string(string, True, attributes)


class TableWorkbook:
    """Rows below the names of their columns, with a filter; more rows than a sheet can have continue on the next one.
    Close it: that removes its folder."""

    def __init__(self, names: Sequence[str], *, made_at: datetime | None = None, max_rows: int = MAX_ROWS) -> None:
        """`made_at` stands in the file, by default now; `max_rows`: rows of a sheet, the one of the names included."""
        self._names, self._max_rows = names, max_rows
        self._folder = tempfile.TemporaryDirectory(prefix="wsis-workbook-", ignore_cleanup_errors=True)
        self._path = Path(self._folder.name) / "table.xlsx"
        self._workbook = Workbook(str(self._path), {"constant_memory": True, "tmpdir": self._folder.name})
        self._workbook.use_zip64()  # where a sheet has more than 2 GiB
        if made_at is not None:
            self._workbook.set_properties({"created": made_at.replace(tzinfo=None)})
        self._add_sheet()

    def write(self, rows: Iterable[Iterable[Cell]]) -> None:
        """Add rows."""
        for cells in rows:
            if self._row == self._max_rows:
                self._end_sheet()
                self._add_sheet()
            for column, cell in enumerate(cells):
                if cell is not None and cell != "":
                    self._write(column, cell)
            self._row += 1

    def finish(self, terms: ExportTerms | None = None) -> Iterator[bytes]:
        """The file; the terms of its use are a sheet of their own."""
        self._end_sheet()
        if terms:
            self._add_terms(terms)
        self._workbook.close()
        with self._path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

    def close(self) -> None:
        """Remove what is temporary."""
        self._folder.cleanup()

    def _add_sheet(self) -> None:
        self._sheet, self._row = self._workbook.add_worksheet(worksheet_class=_Sheet), 1
        self._sheet.freeze_panes(1, 0)
        self._widths = [max(_NARROWEST, len(name)) for name in self._names]
        for column, name in enumerate(self._names):
            self._sheet.write_string(0, column, name)

    def _end_sheet(self) -> None:
        """A filter above the rows, and columns as wide as their texts."""
        self._sheet.autofilter(0, 0, self._row - 1, len(self._names) - 1)
        for column, width in enumerate(self._widths):
            self._sheet.set_column(column, column, min(width, _WIDEST) + 2)

    def _write(self, column: int, cell: str | float | bool) -> None:
        if self._row <= _MEASURED:
            self._widths[column] = max(self._widths[column], len(str(cell)))
        if isinstance(cell, str):
            text = cell if len(cell) <= MAX_TEXT else cell[: MAX_TEXT - len(_CUT)] + _CUT
            self._sheet.write_string(self._row, column, text)
        elif isinstance(cell, bool):
            self._sheet.write_boolean(self._row, column, cell)
        else:
            self._sheet.write_number(self._row, column, cell)

    def _add_terms(self, terms: ExportTerms) -> None:
        sheet = self._workbook.add_worksheet(terms.title, worksheet_class=_Sheet)
        sheet.set_column(0, 0, _NARROWEST * 3)
        sheet.set_column(1, 1, _WIDEST * 2, self._workbook.add_format({"text_wrap": True}))
        for row, texts in enumerate(terms.statements):
            for column, text in enumerate(texts):
                sheet.write_string(row, column, text)
