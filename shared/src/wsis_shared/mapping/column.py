"""What is known of a column of a register: its name and its values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from wsis_shared.mapping.answers import answer
from wsis_shared.mapping.words import is_empty
from wsis_shared.tables import DateCell

MAX_VALUES = 3000  # different values of a column that are kept
SAMPLE = 60  # of them that are read to see what they are
_AMOUNT = re.compile(r"\W{0,3}(?:[\d.]+|\d{1,3}(?:[,'’ \u00a0]\d{3})+(?:[.,]\d+)?)\W{0,3}")  # "1,000" is no goal


@dataclass
class Column:
    """What is known of a column: its name, how often it has which values, and how it says that it has none."""

    name: str
    values: Counter[str] = field(default_factory=Counter)
    filled: int = 0
    rows: int = 0
    dates: int = 0
    marked: int = 0
    has_others: bool = False
    nothing: set[str] = field(default_factory=set)

    def add(self, cell: str) -> None:
        """One more cell."""
        self.rows += 1
        said = answer(cell)
        self.marked += said is True
        self.has_others |= said is None
        if is_empty(cell):
            self.nothing.add(cell.strip())
            return
        self.filled += 1
        self.dates += isinstance(cell, DateCell)
        if cell in self.values or len(self.values) < MAX_VALUES:
            self.values[cell.strip()] += 1

    def sample(self) -> list[str]:
        """Its most frequent values."""
        return [value for value, _ in self.values.most_common(SAMPLE)]

    @property
    def is_distinct(self) -> bool:
        """Has no row the value of another one?"""
        return len(self.values) == self.filled or len(self.values) >= MAX_VALUES

    @property
    def is_running(self) -> bool:
        """Does it number the rows, 1, 2, 3? Such numbers are others in the next file. A line of sums has none."""
        numbers = [int(number) for value in self.values if (number := value.strip(".) ")).isdecimal()]
        return bool(numbers) and numbers == [*range(1, len(numbers) + 1)] and len(numbers) * 4 >= len(self.values) * 3

    @property
    def has_gaps(self) -> bool:
        """Has a row no value?"""
        return self.filled < self.rows

    @property
    def is_marked(self) -> bool:
        """Does it only say yes and no?"""
        return bool(self.marked) and not self.has_others

    @property
    def length(self) -> float:
        """Letters of a value, on average."""
        return sum(map(len, self.values)) / max(1, len(self.values))

    @property
    def is_numeric(self) -> bool:
        """Are its values numbers?"""
        sample = self.sample()
        return bool(sample) and sum(map(bool, map(_AMOUNT.fullmatch, sample))) > len(sample) / 2


def columns_of(names: Sequence[str], rows: Iterable[Sequence[str]]) -> list[Column]:
    """The columns of a table with their values."""
    found = [Column(name) for name in names]
    for cells in rows:
        for column, cell in zip(found, cells, strict=False):
            column.add(cell)
    return found
