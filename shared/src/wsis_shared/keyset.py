"""Keyset paging: a page costs the same at any depth and any size of the collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from wsis_shared import clock, paging
from wsis_shared.mongo import Collection

Row = dict[str, Any]
Condition = dict[str, Any]


class Page(NamedTuple):
    """The rows of a page, and the cursor of the next page or None."""

    rows: list[Row]
    next: str | None

    def response(self, item: Callable[[Row], Any] = dict) -> dict[str, Any]:
        """The response of the list: {"items": [...], "next": cursor or None}."""
        return {"items": [item(row) for row in self.rows], "next": self.next}


class Key(NamedTuple):
    """A field to sort by."""

    field: str
    descending: bool

    @classmethod
    def parse(cls, text: str) -> Key:
        """ "number" or "-number"."""
        return cls(text.removeprefix("-"), text.startswith("-"))

    @property
    def direction(self) -> int:
        """As in an index: 1 or -1."""
        return -1 if self.descending else 1

    def beyond(self, value: Any) -> Condition:
        """The values after `value`."""
        return {"$lt" if self.descending else "$gt": value}


def find_page(
    collection: Collection,
    query: Mapping[str, Any],
    by: Sequence[str],
    after: str | None,
    limit: int,
    *,
    projection: Mapping[str, Any] | None = None,
) -> Page:
    """A page of the documents that match `query`, sorted by the fields `by` ("-at" is descending).

    The fields of `by` together are unique, each document has them, and `projection` keeps them. An index of fields that
    `query` compares for equality, then of those of `by`, makes a page cost the same at any depth.
    `after` is the cursor of the page before. Raises Invalid with the field `after`.
    """
    keys = [Key.parse(text) for text in by]
    position = paging.decode(after)
    condition = dict(query)
    if position is not None:
        condition = {"$and": [condition, _after(keys, [_from_json(value) for value in position])]}
    found = collection.find(condition, projection).sort([(key.field, key.direction) for key in keys])
    rows = list(found.limit(limit + 1).batch_size(limit + 2))  # one round trip
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, paging.encode([_to_json(rows[-1][key.field]) for key in keys]) if more and rows else None)


def _after(keys: Sequence[Key], position: Sequence[Any]) -> Condition:
    """The condition for the rows after a position: beyond it by a key, and the same in the keys before that one. Where
    the first key may be, is said apart: it bounds what is read of an index."""
    first = keys[0]
    return {
        first.field: {"$lte" if first.descending else "$gte": position[0]},
        "$or": [
            {**{key.field: value for key, value in zip(keys[:number], position, strict=False)},
             keys[number].field: keys[number].beyond(position[number])}
            for number in range(len(keys))
        ],
    }  # fmt: skip


def _to_json(value: Any) -> Any:
    return {"at": clock.iso(value)} if isinstance(value, datetime) else value


def _from_json(value: Any) -> Any:
    return clock.parse(value["at"]) if isinstance(value, dict) else value
