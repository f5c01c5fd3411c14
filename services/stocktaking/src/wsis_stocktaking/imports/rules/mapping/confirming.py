"""A mapping as a person sees and confirms it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from wsis_shared import reference
from wsis_shared.errors import Invalid
from wsis_shared.json_types import Input

from wsis_stocktaking.imports.rules.mapping import values
from wsis_stocktaking.imports.rules.mapping.documents import Constant, MappedColumn, MappedValue, RowMapping
from wsis_stocktaking.imports.rules.mapping.fields import DATES, GROUPS, LISTS, TEXTS, UNREAD_CODE
from wsis_stocktaking.imports.rules.mapping.vocabulary import of
from wsis_stocktaking.imports.rules.mapping.words import fold

TAKEN = "Another column has this field."
NO_COLUMN = "The file has no such column."
MESSAGES = (TAKEN, NO_COLUMN)

NEEDED = (
    "title",
    "description",
    "organization.name",
    "organization.type",
    "kind",
    "coverage",
    "status",
    "action_lines",
)


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


def missing(mapping: RowMapping) -> list[str]:
    """Fields that an entry needs, and that no column and no constant says."""
    said = {name for each in mapping["columns"] for name in each["fields"]}
    said |= {each["field"] for each in mapping["constants"]}
    said |= {name for name in TEXTS if any(each.startswith(f"{name}.") for each in said)}
    return [name for name in NEEDED if name not in said]


def confirm(body: Input, tried: RowMapping) -> RowMapping:
    """The mapping that a body says for the columns of a file; a column that it does not name is not read. Raises
    Invalid."""
    errors: dict[str, list[str]] = {}
    known = {each["column"]: each for each in tried["columns"]}
    named: dict[str, list[str]] = {}
    orders: dict[str, str | None] = {}
    taken: set[str] = set()
    for place, each in enumerate(body["columns"]):
        fields = list(dict.fromkeys(filter(None, (each["field"], each["also"]))))
        if each["column"] not in known:
            errors[f"columns.{place}.column"] = [NO_COLUMN]
        if not _is_marked(known.get(each["column"]), fields):
            for part, name in (("field", each["field"]), ("also", each["also"])):
                if name and name in taken:
                    errors[f"columns.{place}.{part}"] = [TAKEN]
            taken |= {name for name in fields if name not in LISTS}
        named[each["column"]] = fields
        if each["day_order"]:
            orders[each["column"]] = each["day_order"]
    constants = [each for each in body["constants"] if each["value"]]
    for place, constant in enumerate(body["constants"]):
        if constant["value"] and constant["field"] in GROUPS and not _is_known(**constant):
            errors[f"constants.{place}.value"] = [UNREAD_CODE]
    for place, value in enumerate(body["values"]):
        allowed = codes_of(value["field"])
        if any(code not in allowed for code in value["codes"]):
            errors[f"values.{place}.codes"] = [UNREAD_CODE]
    if errors:
        raise Invalid("stocktaking.import_mapping_invalid", fields=errors)
    return {
        "columns": [
            _confirmed(was, named.get(name, []), orders.get(name, was["day_order"])) for name, was in known.items()
        ],
        "constants": [{"field": each["field"], "value": each["value"]} for each in constants],
        "values": _distinct(body["values"]),
    }


def _is_marked(was: MappedColumn | None, fields: Sequence[str]) -> bool:
    """Is a column with nothing but marks read as a value? Several of them say one field."""
    return was is not None and "marks" in was and bool(fields) and set(fields) <= set(GROUPS)


def _confirmed(was: MappedColumn, fields: list[str], day_order: str | None) -> MappedColumn:
    column: MappedColumn = {"column": was["column"], "fields": fields, "day_order": day_order}
    if "marks" in was and _is_marked(was, fields):
        column["marks"] = was["marks"]
    if was.get("fiscal") and set(DATES).intersection(fields):
        column["fiscal"] = True
    return column


def codes_of(field: str) -> frozenset[str]:
    """The codes that a value of a field can mean; a country may be a region."""
    groups = ("countries", "regions") if field in ("countries", "regions") else (GROUPS[field],)
    found = frozenset(code for group in groups for codes in of(group).codes.values() for code in codes)
    if field == "sdgs":
        return found | {target for goal in reference.sdgs() for target in goal.targets}
    return found


def _is_known(field: str, value: str) -> bool:
    codes, unread = values.codes_of(value, values.finder(field, {}))
    return bool(codes) and not unread


def _distinct(given: Sequence[Input]) -> list[MappedValue]:
    said = (each for each in given if each["codes"] or each["nothing"])
    found = {(each["field"], fold(each["value"])): each for each in said}
    return [{"field": each["field"], "value": each["value"], "codes": list(each["codes"])} for each in found.values()]
