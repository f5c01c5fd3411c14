"""The columns of a list that leaves as a table, and what stands in a cell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from marshmallow import Schema, fields
from wsis_shared.exports import Cell, Item
from wsis_shared.schemas import LOCALES, Localised


@dataclass(frozen=True)
class Column:
    """A column, and where its value is in an item: "title.en" is item["title"]["en"]."""

    path: tuple[str, ...]

    @property
    def name(self) -> str:
        """The title of the column."""
        return ".".join(self.path)

    def cell(self, item: Item) -> Cell:
        """The value in one item; None where there is none."""
        value: object = item.get(self.path[0])
        for key in self.path[1:]:
            value = value.get(key) if isinstance(value, dict) else None
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, list):
            return "; ".join(_text(part) for part in value)
        return value if isinstance(value, int | float) else _text(value)


LABELS = "labels"  # of an item: the titles of its codes by column


@dataclass(frozen=True)
class LabelColumn(Column):
    """The titles of the codes in a column."""

    @property
    def name(self) -> str:
        """The title of the column."""
        return f"{self.path[-1]}.label"


@dataclass(frozen=True)
class ConstantColumn(Column):
    """A column with the same value in all rows."""

    value: str = ""

    def cell(self, item: Item) -> Cell:
        """The value."""
        return self.value


def with_labels(columns: Sequence[Column], labelled: Sequence[str]) -> tuple[Column, ...]:
    """The columns, each with those of the titles of its codes behind it."""
    behind = {
        column.name: [name for name in labelled if f"{name}.".startswith(f"{column.name}.")] for column in columns
    }
    return tuple(
        each for column in columns for each in (column, *(LabelColumn((LABELS, name)) for name in behind[column.name]))
    )


def columns(schema: Schema, prefix: tuple[str, ...] = ()) -> tuple[Column, ...]:
    """The columns of a list whose items have this schema: nested objects and languages have a column for each part."""
    found: list[Column] = []
    for name, field in schema.dump_fields.items():
        path = (*prefix, field.data_key or name)
        if isinstance(field, fields.Nested) and not field.many:
            found += columns(field.schema, path)
        elif isinstance(field, Localised):
            found += (Column((*path, language)) for language in LOCALES)
        else:
            found.append(Column(path))
    return tuple(found)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
