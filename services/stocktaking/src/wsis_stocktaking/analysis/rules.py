"""Cross-tabulations: how many entries have both a code of one facet and a code of another one.

An entry may have several codes of a facet and counts at each, so totals are counts of entries, not sums of cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TypedDict

from wsis_stocktaking.register.rules.cards import Card, facet_values
from wsis_stocktaking.register.rules.codes import in_order, title_of
from wsis_stocktaking.search.rules import Counts, admits

Filters = Mapping[str, Collection[str]]
MAX_CELLS = 20_000
DEFAULT_ROWS, DEFAULT_COLUMNS = "region", "year"
HEAT_MAP, STACKED_BARS = FORMS = ("heat_map", "stacked_bars")
"""How a table is drawn."""


class Head(TypedDict):
    """A row or a column."""

    code: str
    label: str
    total: int


class Table(TypedDict):
    """A list of counts for each row, with one for each column."""

    rows: list[Head]
    columns: list[Head]
    values: list[list[int]]
    total: int


class Crosstab(Table):
    """A table of two facets, as the register was at the sequence `position`."""

    row_facet: str
    column_facet: str
    as_of: datetime
    position: int


_NONE = Counts({}, {}, {}, 0)


class Counting:
    """Counts cards that have the codes of each filter, page by page, beside those that `known` counts. Ongoing
    activities without an end run to `year`."""

    def __init__(self, rows: str, columns: str, filters: Filters, known: Counts = _NONE, *, year: int) -> None:
        self._rows, self._columns, self._year = rows, columns, year
        self._filters = {facet: tuple(codes) for facet, codes in filters.items()}
        self._cells, self._by_row, self._by_column = Counter(known.cells), Counter(known.rows), Counter(known.columns)
        self._total = known.total

    def add(self, cards: Iterable[Card]) -> None:
        """Count further cards."""
        for card in cards:
            values = facet_values(card, self._year)
            if not all(admits(codes, values[facet]) for facet, codes in self._filters.items()):
                continue
            self._total += 1
            self._by_row.update(values[self._rows])
            self._by_column.update(values[self._columns])
            self._cells.update((row, column) for row in values[self._rows] for column in values[self._columns])

    def counts(self) -> Counts:
        """What was counted."""
        return Counts(self._cells, self._by_row, self._by_column, self._total)


def table(counts: Counts, rows: str, columns: str, filters: Filters, language: str) -> Table:
    """The table. A facet that is filtered has the codes of its filter alone."""
    shown = {
        facet: in_order(facet, [code for code in found if admits(filters.get(facet, ()), (code,))], language)
        for facet, found in ((rows, counts.rows), (columns, counts.columns))
    }
    return {
        "rows": [_head(rows, code, counts.rows[code], language) for code in shown[rows]],
        "columns": [_head(columns, code, counts.columns[code], language) for code in shown[columns]],
        "values": [[counts.cells.get((row, column), 0) for column in shown[columns]] for row in shown[rows]],
        "total": counts.total,
    }


def _head(facet: str, code: str, total: int, language: str) -> Head:
    return {"code": code, "label": title_of(facet, code, language), "total": total}


def largest(table: Table, max_rows: int, max_columns: int) -> Table:
    """The table with at most so many rows and columns, those with the largest totals, in the same order."""
    rows, columns = _places(table["rows"], max_rows), _places(table["columns"], max_columns)
    return {
        **table,
        "rows": [table["rows"][place] for place in rows],
        "columns": [table["columns"][place] for place in columns],
        "values": [[table["values"][row][column] for column in columns] for row in rows],
    }


def _places(heads: list[Head], most: int) -> list[int]:
    by_total = sorted(range(len(heads)), key=lambda place: -heads[place]["total"])
    return sorted(by_total[:most])
