"""Keyset paging: a page costs the same at any depth and any size of the collection.

MongoDB reads a page from an index and stops at its end. Other stores of its protocol sort in memory what a query
matches, so a query that is open at one end reads the whole rest of the collection. Therefore a list with a `start`
is read in slices of its first key, each bounded at both ends, which grow until the page is full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from wsis_shared import clock, paging
from wsis_shared.mongo import Collection

GROWTH = 8  # of a slice, at most, from one to the next
SECONDS = 1.0  # of the first slice of moments
WIDEST = 3e9  # numbers or seconds (a century); beyond it, a slice is open

_known_indexes: dict[str, list[list[str]]] = {}

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

    def moved(self, value: Any, width: float) -> Any:
        """The value that is `width` (numbers, or seconds) after `value`."""
        step = -width if self.descending else width
        return value + (timedelta(seconds=step) if isinstance(value, datetime) else step)


def find_page(
    collection: Collection,
    query: Mapping[str, Any],
    by: Sequence[str],
    after: str | None,
    limit: int,
    *,
    start: float | datetime | None = None,
    projection: Mapping[str, Any] | None = None,
) -> Page:
    """A page of the documents that match `query`, sorted by the fields `by` ("-at" is descending).

    The fields of `by` together are unique, each document has them, and `projection` keeps them. The first one is a
    number or a moment for a list with `start`: the value at which such a list usually begins (0, or now); it may begin
    before. An index of fields that `query` compares for equality, then the first of `by`, makes it fast. Without
    `start` everything that matches is read: for lists that stay short, or where `query` itself is selective.
    `after` is the cursor of the page before. Raises Invalid with the field `after`.
    """
    keys = [Key.parse(text) for text in by]
    position = paging.decode(after)
    if position is not None:
        position = [_from_json(value) for value in position]
    sort = {key.field: key.direction for key in keys}
    rows: list[Row] = []
    if start is None:
        condition = {"$and": [dict(query), _after(keys, position)]} if position else dict(query)
        rows = list(collection.find(condition, projection).sort(list(sort.items())).limit(limit + 1))
    else:
        first, rest = _split(collection, query, keys[0])
        rest = {"$and": [rest, _after(keys, position)]} if position else rest
        slices = Slices(keys[0], position[0] if position else start, limit + 1, begun=position is not None)
        for bounds in slices:
            pipeline: list[dict[str, Any]] = [
                {"$match": {**first, **({keys[0].field: bounds} if bounds else {})}},
                {"$match": rest},
                {"$sort": sort},
                {"$limit": limit + 1 - len(rows)},
            ]
            if projection:
                pipeline.append({"$project": dict(projection)})
            found = list(collection.aggregate(pipeline, batchSize=limit + 2))  # one round trip
            rows += found
            slices.found(len(found))
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(rows, paging.encode([_to_json(rows[-1][key.field]) for key in keys]) if more and rows else None)


class Slices:
    """The slices of the first key, one after the other, until `wanted` rows are found or everything is read.

    Each is as wide as the last one's density asks for, and at most GROWTH times as wide.
    """

    def __init__(self, key: Key, near: Any, wanted: int, *, begun: bool) -> None:
        self._key, self._near, self._begun = key, near, begun
        self._wanted = wanted
        self._width = SECONDS if isinstance(near, datetime) else 1.25 * wanted
        self._end = False

    def __iter__(self) -> Iterator[Condition]:
        while self._wanted > 0 and not self._end:
            self._end = self._width > WIDEST
            far = None if self._end else self._key.moved(self._near, self._width)
            bounds: Condition = {}
            if self._begun:
                bounds["$lte" if self._key.descending else "$gte"] = self._near
            if far is not None:
                # In both directions the near end is part of a slice, and the far end of the next.
                bounds["$gt" if self._key.descending else "$lt"] = far
            yield bounds
            self._near, self._begun = far, True

    def found(self, rows: int) -> None:
        """Tell how many rows the slice had."""
        self._wanted -= rows
        needed = 1.25 * self._wanted / rows if rows else GROWTH
        self._width *= min(max(needed, 1 / GROWTH), GROWTH)


def _split(collection: Collection, query: Mapping[str, Any], key: Key) -> tuple[Condition, Condition]:
    """The part of `query` for which an index leads to a range of `key`, and the rest.

    They become two stages. MongoDB joins them and chooses the index itself; a simple store finds its index only where
    the first stage consists of exactly the fields of one.
    """
    equal = {
        field for field, value in query.items() if not field.startswith("$") and not isinstance(value, Mapping | list)
    }
    best: Sequence[str] = ()
    for fields in _indexes(collection):
        prefix = fields[: fields.index(key.field)] if key.field in fields else []
        if len(prefix) > len(best) and equal.issuperset(prefix):
            best = prefix
    return (
        {field: query[field] for field in best},
        {field: value for field, value in query.items() if field not in best},
    )


def _indexes(collection: Collection) -> list[list[str]]:
    """The fields of each index that has all documents; read once per process."""
    name = collection.full_name
    if name not in _known_indexes:
        _known_indexes[name] = [
            [field for field, _ in index["key"]]
            for index in collection.index_information().values()
            if not index.get("sparse") and "partialFilterExpression" not in index
        ]
    return _known_indexes[name]


def _after(keys: Sequence[Key], position: Sequence[Any]) -> Condition:
    """The condition for the rows after a position: beyond it by a key, and the same in the keys before that one."""
    return {
        "$or": [
            {**{key.field: value for key, value in zip(keys[:number], position, strict=False)},
             keys[number].field: keys[number].beyond(position[number])}
            for number in range(len(keys))
        ]
    }  # fmt: skip


def _to_json(value: Any) -> Any:
    return {"at": clock.iso(value)} if isinstance(value, datetime) else value


def _from_json(value: Any) -> Any:
    return clock.parse(value["at"]) if isinstance(value, dict) else value
