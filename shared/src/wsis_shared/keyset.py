"""Keyset paging: a page costs the same at any depth and any size of the collection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, NamedTuple

from wsis_shared import clock, paging
from wsis_shared.collection import Collection, D, Filter, Projection
from wsis_shared.json_types import JsonObject

Condition = dict[str, object]


class Page(NamedTuple, Generic[D]):
    """The rows of a page, the cursor of the next page or None, and where they were counted, how many all pages have."""

    rows: list[D]
    next: str | None
    total: int | None = None

    def response(self, item: Callable[[D], JsonObject] = dict) -> dict[str, object]:
        """The response of the list: {"items": [...], "next": cursor or None}, with "total" where they were counted."""
        counted = {} if self.total is None else {"total": self.total}
        return {"items": [item(row) for row in self.rows], "next": self.next, **counted}


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

    def beyond(self, value: object) -> Condition:
        """The values after `value`."""
        return {"$lt" if self.descending else "$gt": value}


def find_page(
    collection: Collection[D],
    query: Filter,
    by: Sequence[str],
    after: str | None,
    limit: int,
    *,
    projection: Projection | None = None,
    counted: bool = False,
) -> Page[D]:
    """A page of the documents that match `query`, sorted by the fields `by` ("-at" is descending).

    The fields of `by` together are unique, each document has them, and `projection` keeps them. An index of fields that
    `query` compares for equality, then of those of `by`, makes a page cost the same at any depth.
    `after` is the cursor of the page before. Raises Invalid with the field `after`.
    `counted`: the page says how many match in all. That reads all of them, so it is for what waits, not for a register.
    """
    keys = [Key.parse(text) for text in by]
    position = paging.decode(after)
    condition: Condition = dict(query)
    if position is not None:
        condition = {"$and": [condition, _after(keys, [_from_json(value) for value in position])]}
    found = collection.find(condition, projection).sort([(key.field, key.direction) for key in keys])
    rows = list(found.limit(limit + 1).batch_size(limit + 2))  # one round trip
    more = len(rows) > limit
    rows = rows[:limit]
    following = paging.encode([_to_json(rows[-1][key.field]) for key in keys]) if more and rows else None
    return Page(rows, following, collection.count_documents(query) if counted else None)


def _after(keys: Sequence[Key], position: Sequence[object]) -> Condition:
    """The condition for the rows after a position: beyond it by a key, and the same in the keys before that one. Where
    the first key may be, is said apart: it bounds what is read of an index."""
    first, fields = keys[0], [key.field for key in keys]
    return {
        first.field: {"$lte" if first.descending else "$gte": position[0]},
        "$or": [
            dict(zip(fields[:number], position, strict=False)) | {key.field: key.beyond(position[number])}
            for number, key in enumerate(keys)
        ],
    }


def _to_json(value: object) -> object:
    return {"at": clock.iso(value)} if isinstance(value, datetime) else value


def _from_json(value: object) -> object:
    return clock.parse(value["at"]) if isinstance(value, dict) else value
