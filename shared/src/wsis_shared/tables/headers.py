"""Which row has the names of the columns: the one with the most known names, or else the first that looks like one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from wsis_shared.tables import DateCell, FaultyCell, Known, NumberCell, Row

HEAD = 60  # rows that are looked at
_BELOW = 10  # rows by which the width of a table is judged
_MAX_NAME = 250  # characters
_NUMBER = re.compile(r"[\d\s.,:/%+-]{1,40}")
_KNOWN, _WIDE = 3.0, 8
_QUESTIONS = ("?", "؟", "？")  # how a name ends, and hardly a value


class Header(NamedTuple):
    """A row of the head that may have the names: its place there, how well it fits, how many names are known."""

    place: int
    score: float
    known: float


def best(head: Sequence[Row], known: Known) -> Header | None:
    """The likeliest row; None of a sheet without any text."""
    found = [_judged(head, place, known) for place in range(len(head))]
    return max((each for each in found if each.score > 0), key=lambda each: each.score, default=None)


def at(head: Sequence[Row], number: int) -> Header | None:
    """The row of that number, which a person named."""
    return next((Header(place, 0, 0) for place, row in enumerate(head) if row[0] == number), None)


def is_text(cell: str) -> bool:
    """May a cell be a name?"""
    return not isinstance(cell, (NumberCell, DateCell, FaultyCell)) and not _NUMBER.fullmatch(cell)


def _judged(head: Sequence[Row], place: int, known: Known) -> Header:
    cells = [cell.strip() for cell in head[place][1]]
    here = {column for column, cell in enumerate(cells) if cell}
    texts = {cell for cell in cells if cell and len(cell) <= _MAX_NAME and is_text(cell)}
    if not texts:
        return Header(place, 0, 0)
    below = [[cell.strip() for cell in row[1]] for row in head[place + 1 : place + 1 + _BELOW]]
    below = [row for row in below if row != cells]  # the names again, as on each printed page
    widths = [sum(map(bool, row)) for row in below]
    width = max(len(here), *sorted(widths)[-3:], 1)
    names = known.count(cells) + sum(cell.endswith(_QUESTIONS) for cell in cells)
    count = names if names > 1 else names / 4  # one alone is said by rows of data too
    shape = len(texts) / width * min(width, _WIDE) / _WIDE
    followed = any(2 * len(here & {at for at, cell in enumerate(row) if cell}) >= len(here) for row in below[:5])
    contrast = sum(_differs(column, cells, below) for column in here) / len(here) if below else 0.0
    again = sum(any(cells[at] in row[at : at + 1] for row in below) for at in here) / len(here)  # of a row of data
    score = _KNOWN * count + shape + 0.5 * followed + 0.5 * contrast - again - 0.01 * place
    return Header(place, score, count)


def _differs(column: int, cells: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Is what stands below a name mostly no text, or much longer, or the same again and again?"""
    found = [row[column] for row in below if column < len(row) and row[column]]
    if not found:
        return False
    others = sum(not is_text(cell) or len(cell) > 2 * len(cells[column]) for cell in found)
    return 2 * others >= len(found) or (len(found) > 3 and len(set(found)) < len(found) - 1)
