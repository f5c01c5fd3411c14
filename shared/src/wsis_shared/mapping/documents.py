"""The mapping of a table: its columns, what they are read as, and what its values mean. Stored in versions, for each
source."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared.mapping.words import fold

PROPOSED, CONFIRMED = "proposed", "confirmed"

DAY_FIRST, MONTH_FIRST = "day_first", "month_first"
ORDERS = (DAY_FIRST, MONTH_FIRST)

UNREAD, UNREAD_CODE = "Not understood: left out.", "Not understood."
"""Of a value that stays away, and of one that a row needs."""

Problem = tuple[str, str, object]
"""Field, message, value as given; a list after it was JSON."""


class MappedColumn(TypedDict):
    """What a column is read as: nothing, one field, or several. `day_order` is that of its dates, where it is known.
    `marks` is what a mark says in a column that has nothing else: its own name. Of a `fiscal` one 2011-12 are years."""

    column: str
    fields: list[str]
    day_order: str | None
    marks: NotRequired[str]
    fiscal: NotRequired[bool]


class MappedValue(TypedDict):
    """What a value of a field means: no code says that it means nothing."""

    field: str
    value: str
    codes: list[str]


class Constant(TypedDict):
    """What rows say that say nothing of a field."""

    field: str
    value: str


class RowMapping(TypedDict):
    """How the rows of a table are read."""

    columns: list[MappedColumn]
    constants: list[Constant]
    values: list[MappedValue]


class StoredMapping(RowMapping):
    """A version of the mapping of a source, as an officer confirmed it."""

    _id: str
    source: str
    number: int
    by: str | None
    at: datetime
    version: NotRequired[int]


class Example(TypedDict):
    """A column with some of its values."""

    column: str
    values: list[str]


def has_same_columns(mapping: RowMapping, columns: Sequence[str]) -> bool:
    """Was the mapping made for these columns, in any order?"""
    return {each["column"] for each in mapping["columns"]} == set(filter(None, columns))


def inherit(proposed: RowMapping, stored: RowMapping, lists: Container[str]) -> RowMapping:
    """A proposal that keeps what was confirmed of the columns that are still there. Only `lists` may have several."""
    known = {each["column"]: each for each in stored["columns"]}
    taken = {field for each in stored["columns"] for field in each["fields"] if field not in lists}
    columns: list[MappedColumn] = []
    for column in proposed["columns"]:
        if column["column"] in known:
            columns.append(known[column["column"]])
        else:
            columns.append({**column, "fields": [field for field in column["fields"] if field not in taken]})
    values = {(each["field"], fold(each["value"])): each for each in (*proposed["values"], *stored["values"])}
    constants = {each["field"]: each for each in (*proposed["constants"], *stored["constants"])}
    return {"columns": columns, "constants": list(constants.values()), "values": list(values.values())}


def mapping_of(stored: RowMapping) -> RowMapping:
    """What a stored mapping says of rows."""
    return {"columns": stored["columns"], "constants": stored["constants"], "values": stored["values"]}


def next_version(
    former: StoredMapping | None, source: str, mapping: RowMapping, *, by: str | None, at: datetime
) -> StoredMapping:
    """The version of a source with this mapping: the former one where it is the same."""
    if former is not None and mapping_of(former) == mapping:
        return former
    number = former["number"] + 1 if former else 1
    return {
        "_id": f"{source}/{number}",
        "source": source,
        "number": number,
        "columns": mapping["columns"],
        "constants": mapping["constants"],
        "values": mapping["values"],
        "by": by,
        "at": at,
    }
