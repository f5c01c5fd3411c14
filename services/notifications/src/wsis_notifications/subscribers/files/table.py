"""A list as a table, in the child process: its columns by the mapping that was confirmed for its source, by their
names, or as they seem to be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NotRequired, TypedDict

from wsis_shared import clock
from wsis_shared.json_types import JsonObject
from wsis_shared.mapping.column import columns_of
from wsis_shared.mapping.documents import (
    CONFIRMED,
    PROPOSED,
    Example,
    Problem,
    RowMapping,
    has_same_columns,
    inherit,
)
from wsis_shared.mapping.words import fold
from wsis_shared.tables import Known, Reading, ReadOptions, Table
from wsis_shared.tables.reading import read_table

from wsis_notifications.subscribers.rules.mapping import proposals
from wsis_notifications.subscribers.rules.mapping.fields import LISTS, NEEDED
from wsis_notifications.subscribers.rules.mapping.proposals import fields_by_name
from wsis_notifications.subscribers.rules.mapping.rows import Mapper
from wsis_notifications.subscribers.rules.mapping.words import synonyms

MAX_UNKNOWN = 50  # columns that are named
REASONS = {
    "columns_missing": "Missing columns: {columns}.",
    "columns_repeated": "The column {column} is there twice.",
}
MAPPING_NEEDED = "Nobody has confirmed what the columns of the list are: try it first."
"""Why a list is not imported before its mapping is confirmed."""


class About(TypedDict):
    """What is known of a table. `mapping_state` is None where the names of the columns say all: nobody is asked.
    `refusal` is why it is not imported before somebody has confirmed its mapping."""

    reading: Reading
    unknown_columns: list[str]
    mapping: RowMapping
    mapping_state: str | None
    examples: list[Example]
    unsure_dates: list[str]
    refusal: str | None


class TableRow(TypedDict):
    """A row as it is understood."""

    row: int
    values: JsonObject
    warnings: NotRequired[list[Problem]]
    problems: NotRequired[list[Problem]]


@cache
def _known() -> Known:
    return Known(frozenset(name for names in synonyms().values() for name in names), fold)


class TableFile:
    """A table that is read twice: for what its columns are, and for its rows. Raises TableRefused."""

    def __init__(self, path: Path, options: ReadOptions, stored: RowMapping | None) -> None:
        self._path, self._options = path, options
        table = self._open()
        columns = columns_of(table.columns, (cells for _, cells in table.rows))
        proposal, refusal = proposals.propose(columns), _refusal(table.header)
        mapping, state = proposal["mapping"], PROPOSED if refusal else None
        if stored and has_same_columns(stored, table.columns):
            mapping, state = stored, CONFIRMED
        elif state is None and (named := proposals.by_name(columns)):
            mapping = named
        else:
            state = PROPOSED
            mapping = inherit(mapping, stored, LISTS) if stored else mapping
        self.about: About = {
            "reading": table.reading,
            "mapping": mapping,
            "mapping_state": state,
            "examples": proposal["examples"],
            "unsure_dates": proposal["unsure_dates"] if state == PROPOSED else [],
            "unknown_columns": [each["column"][:80] for each in mapping["columns"] if not each["fields"]][:MAX_UNKNOWN],
            "refusal": (refusal or MAPPING_NEEDED) if state == PROPOSED else None,
        }
        self._table = self._open()
        self._mapper = Mapper(mapping, self._table.columns, clock.now().date())

    def rows(self, after: int) -> Iterator[TableRow]:
        """The rows behind the row `after`, without empty ones."""
        for number, cells in self._table.rows:
            if number <= after or not any(cell.strip() for cell in cells):
                continue
            found = self._mapper.row(cells)
            yield {"row": number, "values": found.values, "warnings": found.warnings, "problems": found.problems}

    def known(self) -> About:
        """What is known behind the last row."""
        return {**self.about, "reading": self._table.reading}

    def _open(self) -> Table:
        return read_table(self._path, self._options, _known())


def _refusal(header: Sequence[str]) -> str | None:
    """Why the names of the columns alone do not say all."""
    fields = fields_by_name(header)
    if repeated := next((name for name in fields if name and name not in LISTS and fields.count(name) > 1), None):
        return REASONS["columns_repeated"].format(column=repeated)
    if missing := [name for name in NEEDED if name not in fields]:
        return REASONS["columns_missing"].format(columns=", ".join(missing))
    return None
