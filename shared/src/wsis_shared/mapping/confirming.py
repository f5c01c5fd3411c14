"""A mapping as a person sees and confirms it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from wsis_shared.json_types import Input
from wsis_shared.mapping.documents import UNREAD_CODE, Constant, MappedColumn, MappedValue, RowMapping
from wsis_shared.mapping.values import Find, codes_of
from wsis_shared.mapping.vocabulary import Codes
from wsis_shared.mapping.words import fold

TAKEN = "Another column has this field."
NO_COLUMN = "The file has no such column."
MESSAGES = (TAKEN, NO_COLUMN)


@dataclass(frozen=True)
class Fields:
    """What the columns of a service's tables can be. `needed` ones have to be said by a column or a constant, only
    `lists` may have several columns, `coded` ones have codes, `dates` have an order of day and month. `codes` are all
    codes of a field, `find` reads one value of it, `likely` are the codes that a value of it may mean."""

    needed: Sequence[str]
    lists: Collection[str]
    coded: Collection[str]
    dates: Collection[str]
    codes: Callable[[str], Collection[str]]
    find: Callable[[str], Find]
    likely: Callable[[str, str], Codes | None]


class ShownColumn(TypedDict):
    """A column with its first and its second field."""

    column: str
    field: str | None
    also: str | None
    day_order: str | None
    marks: str | None


class ShownMapping(TypedDict):
    """A mapping as a response."""

    columns: list[ShownColumn]
    constants: list[Constant]
    values: list[MappedValue]


def to_response(mapping: RowMapping) -> ShownMapping:
    """A mapping with the first and the second field of each column."""
    columns: list[ShownColumn] = [
        {
            "column": each["column"],
            "field": each["fields"][0] if each["fields"] else None,
            "also": each["fields"][1] if len(each["fields"]) > 1 else None,
            "day_order": each["day_order"],
            "marks": each.get("marks"),
        }
        for each in mapping["columns"]
    ]
    return {"columns": columns, "constants": mapping["constants"], "values": mapping["values"]}


def missing(mapping: RowMapping, fields: Fields) -> list[str]:
    """Fields that a row needs, and that no column and no constant says; a title is said in any language."""
    said = {name for each in mapping["columns"] for name in each["fields"]}
    said |= {each["field"] for each in mapping["constants"]}
    return [name for name in fields.needed if not any(f"{each}.".startswith(f"{name}.") for each in said)]


def errors_of(body: Input, tried: RowMapping, fields: Fields) -> dict[str, list[str]]:
    """What of a body does not fit the columns and codes, by its field: the errors of a request."""
    errors: dict[str, list[str]] = {}
    known = {each["column"]: each for each in tried["columns"]}
    taken: set[str] = set()
    for place, each in enumerate(body["columns"]):
        chosen = _chosen(each)
        if each["column"] not in known:
            errors[f"columns.{place}.column"] = [NO_COLUMN]
        if not _is_marked(known.get(each["column"]), chosen, fields):
            for part, name in (("field", each["field"]), ("also", each.get("also"))):
                if name and name in taken:
                    errors[f"columns.{place}.{part}"] = [TAKEN]
            taken |= {name for name in chosen if name not in fields.lists}
    for place, constant in enumerate(body["constants"]):
        if constant["value"] and constant["field"] in fields.coded and not _is_known(constant, fields):
            errors[f"constants.{place}.value"] = [UNREAD_CODE]
    for place, value in enumerate(body["values"]):
        allowed = fields.codes(value["field"])
        if any(code not in allowed for code in value["codes"]):
            errors[f"values.{place}.codes"] = [UNREAD_CODE]
    return errors


def confirm(body: Input, tried: RowMapping, fields: Fields) -> RowMapping:
    """The mapping that a body without errors says for the columns of a file; a column that it does not name is not
    read."""
    known = {each["column"]: each for each in tried["columns"]}
    named = {each["column"]: _chosen(each) for each in body["columns"]}
    orders = {each["column"]: each["day_order"] for each in body["columns"] if each["day_order"]}
    return {
        "columns": [
            _confirmed(was, named.get(name, []), orders.get(name, was["day_order"]), fields)
            for name, was in known.items()
        ],
        "constants": [{"field": each["field"], "value": each["value"]} for each in body["constants"] if each["value"]],
        "values": _distinct(body["values"]),
    }


def _chosen(column: Input) -> list[str]:
    return list(dict.fromkeys(filter(None, (column["field"], column.get("also")))))


def _is_marked(was: MappedColumn | None, chosen: Sequence[str], fields: Fields) -> bool:
    """Is a column with nothing but marks read as a value? Several of them say one field."""
    return was is not None and "marks" in was and bool(chosen) and set(chosen) <= set(fields.coded)


def _confirmed(was: MappedColumn, chosen: list[str], day_order: str | None, fields: Fields) -> MappedColumn:
    column: MappedColumn = {"column": was["column"], "fields": chosen, "day_order": day_order}
    if "marks" in was and _is_marked(was, chosen, fields):
        column["marks"] = was["marks"]
    if was.get("fiscal") and set(fields.dates).intersection(chosen):
        column["fiscal"] = True
    return column


def _is_known(constant: Mapping[str, str], fields: Fields) -> bool:
    codes, unread = codes_of(constant["value"], fields.find(constant["field"]))
    return bool(codes) and not unread


def _distinct(given: Sequence[Input]) -> list[MappedValue]:
    said = (each for each in given if each["codes"] or each["nothing"])
    found = {(each["field"], fold(each["value"])): each for each in said}
    return [{"field": each["field"], "value": each["value"], "codes": list(each["codes"])} for each in found.values()]
