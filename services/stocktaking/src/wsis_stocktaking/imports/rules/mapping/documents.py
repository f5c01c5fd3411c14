"""The mapping of a register: its columns, what they are read as, and what its values mean. Stored in versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import NotRequired, TypedDict

from wsis_shared.reference.loading import read

from wsis_stocktaking.imports.rules.mapping.fields import FIELDS, LISTS
from wsis_stocktaking.imports.rules.mapping.words import fold

PROPOSED, CONFIRMED = "proposed", "confirmed"


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
    """How the rows of a register are read."""

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


@cache
def synonyms() -> Mapping[str, Mapping[str, str]]:
    """By field the folded names of its columns, each with its language."""
    found: dict[str, dict[str, str]] = {}
    for field, languages in read("import_columns", "wsis_stocktaking").items():
        names = found.setdefault(field, {})
        for language, words in languages.items():
            for word in words:
                names.setdefault(fold(word), language)
    return found


def has_same_columns(mapping: RowMapping, columns: Sequence[str]) -> bool:
    """Was the mapping made for these columns, in any order?"""
    return {each["column"] for each in mapping["columns"]} == set(filter(None, columns))


def inherit(proposed: RowMapping, stored: RowMapping) -> RowMapping:
    """A proposal that keeps what was confirmed of the columns that are still there."""
    known = {each["column"]: each for each in stored["columns"]}
    taken = {field for each in stored["columns"] for field in each["fields"] if field not in LISTS}
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


def own_mapping(columns: Sequence[str]) -> RowMapping:
    """The mapping of the columns of an export of ours, for one with the values of somebody else."""
    other = {"targets": "sdgs", "sub_themes": "action_lines"}
    names = [other.get(column.strip().lower(), column.strip().lower()) for column in columns]
    mapped: list[MappedColumn] = [
        {"column": column, "fields": [name] if name in FIELDS else [], "day_order": None}
        for column, name in zip(columns, names, strict=True)
        if column
    ]
    return {"columns": mapped, "constants": [], "values": []}
