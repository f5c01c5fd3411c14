"""What registers call their columns (`data/import_columns.yaml`), and what our own are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from wsis_shared.mapping.documents import MappedColumn, RowMapping
from wsis_shared.mapping.names import Synonyms, synonyms_of
from wsis_shared.reference.loading import read

from wsis_stocktaking.imports.rules.mapping.fields import FIELDS


@cache
def synonyms() -> Synonyms:
    """By field the folded names of its columns, each with its language."""
    return synonyms_of(read("import_columns", "wsis_stocktaking"))


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
