"""XLS (Excel 97 to 2003), by xlrd: docs/decisions says why."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import time
from pathlib import Path

import xlrd
from wsis_shared.tables import MAX_CELL, MAX_COLUMNS, DateCell, FaultyCell, NumberCell, Row, TableRefused, percent
from wsis_shared.tables.sources import Area, Sheet, Source

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # a workbook of today with a password, in the container of before


class Workbook(Source):
    """A workbook. Raises TableRefused."""

    format = "xls"

    def __init__(self, path: Path) -> None:
        try:
            with open(os.devnull, "w", encoding="utf-8") as log:
                self._book = xlrd.open_workbook(str(path), formatting_info=True, on_demand=True, logfile=log)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 -- a damaged file raises whatever its bytes lead to
            is_encrypted = "encrypted" in str(error) or _ENCRYPTED in path.read_bytes()
            raise TableRefused("encrypted" if is_encrypted else "damaged") from None
        names, states = self._book.sheet_names(), self._book._sheet_visibility
        self.sheets = [Sheet(name, bool(state)) for name, state in zip(names, states, strict=True)]

    def rows(self, sheet: int) -> Iterator[Row]:
        """The rows with their numbers."""
        found = self._sheet(sheet)
        for number in range(found.nrows):
            cells = [self._cell(cell) for cell in found.row(number)]
            if any(cells[MAX_COLUMNS:]):
                raise TableRefused("columns", count=MAX_COLUMNS)
            if any(cells):
                yield number + 1, cells

    def merged(self, sheet: int) -> list[Area]:
        """Its merged cells."""
        areas = self._sheet(sheet).merged_cells
        return [Area(top + 1, left + 1, bottom, min(right, MAX_COLUMNS)) for top, bottom, left, right in areas]

    def _sheet(self, number: int) -> xlrd.sheet.Sheet:
        try:
            return self._book.sheet_by_index(number)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 -- as above
            raise TableRefused("damaged") from None

    def _cell(self, cell: xlrd.sheet.Cell) -> str:
        kind, value = cell.ctype, cell.value
        if kind == xlrd.XL_CELL_TEXT:
            if len(value) > MAX_CELL:
                raise TableRefused("expands")
            return str(value)
        if kind == xlrd.XL_CELL_NUMBER and self._is_percent(cell):
            return percent(value)
        if kind == xlrd.XL_CELL_NUMBER:
            return NumberCell(int(value) if value.is_integer() else repr(value))
        if kind == xlrd.XL_CELL_DATE:
            return self._date(value)
        if kind == xlrd.XL_CELL_BOOLEAN:
            return "TRUE" if value else "FALSE"
        if kind == xlrd.XL_CELL_ERROR:
            return FaultyCell(xlrd.error_text_from_code.get(value, "#VALUE!"))
        return ""

    def _is_percent(self, cell: xlrd.sheet.Cell) -> bool:
        shown = self._book.format_map.get(self._book.xf_list[cell.xf_index].format_key)
        return shown is not None and "%" in shown.format_str

    def _date(self, value: float) -> str:
        try:
            moment = xlrd.xldate_as_datetime(value, self._book.datemode)
        except (ValueError, OverflowError):
            return FaultyCell("#NUM!")
        return DateCell(moment.date().isoformat() if moment.time() == time.min else moment.isoformat(" ", "seconds"))
