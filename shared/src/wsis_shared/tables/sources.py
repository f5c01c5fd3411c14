"""What every format gives: its sheets, and the rows of each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from wsis_shared.tables import Note, Row, TableRefused

MAX_MERGED = 100_000


class Sheet(NamedTuple):
    """A sheet of a file; `name` is None of a file that is one."""

    name: str | None
    is_hidden: bool = False


class Area(NamedTuple):
    """Merged cells: first and last row and column, from 1."""

    top: int
    left: int
    bottom: int
    right: int


class Source(ABC):
    """A file of one format. `notes` are what was guessed of it."""

    format: str
    sheets: Sequence[Sheet]
    encoding: str | None = None
    delimiter: str | None = None
    notes: Sequence[Note] = ()

    @abstractmethod
    def rows(self, sheet: int) -> Iterator[Row]:
        """The rows of a sheet. Raises TableRefused."""

    def merged(self, sheet: int) -> Sequence[Area]:
        """Its merged cells."""
        return ()


def filled(rows: Iterator[Row], areas: Sequence[Area]) -> Iterator[Row]:
    """The rows, each cell of an area with the value of its first one."""
    if not areas:
        return rows
    if len(areas) > MAX_MERGED:
        raise TableRefused("expands")
    return _filled(rows, sorted(areas, reverse=True))


def _filled(rows: Iterator[Row], waiting: list[Area]) -> Iterator[Row]:
    active: list[tuple[Area, str]] = []
    for number, cells in rows:
        active = [(area, value) for area, value in active if area.bottom >= number]
        while waiting and waiting[-1].top <= number:
            area = waiting.pop()
            if area.top == number and area.left <= len(cells):
                active.append((area, cells[area.left - 1]))
        for area, value in active:
            cells += [""] * (area.right - len(cells))
            cells[area.left - 1 : area.right] = [value] * (area.right - area.left + 1)
        yield number, cells
