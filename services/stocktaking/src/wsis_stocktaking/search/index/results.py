"""What a search returns, and a bounded memory of it."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Generic, TypeVar

from wsis_stocktaking.register.rules.cards import Card
from wsis_stocktaking.search.index.documents import read

T = TypeVar("T")


class Hit:
    """An entry that was found: its card, and the same as JSON. `highlights`: field -> HTML, escaped, with <mark> around
    what was searched for."""

    def __init__(
        self, stored: bytes, updated: int | None, mark: Callable[[Card], Mapping[str, str]] | None = None
    ) -> None:
        self._stored, self._updated, self._mark = stored, updated, mark

    @property
    def json(self) -> bytes:
        """The card as JSON."""
        return self._stored

    @property
    def updated_at(self) -> datetime | None:
        """When its organization last updated it, in whole seconds; None where nobody knows."""
        return None if self._updated is None else datetime.fromtimestamp(self._updated, UTC)

    @cached_property
    def card(self) -> Card:
        """The card."""
        return read(self._stored)

    @cached_property
    def fields(self) -> Card:
        """The card with its moments as text: that costs less."""
        card: Card = json.loads(self._stored)
        return card

    @cached_property
    def highlights(self) -> Mapping[str, str]:
        """Where the words of the search are."""
        return self._mark(self.fields) if self._mark else {}


@dataclass(frozen=True)
class Page:
    """A page of what was found, of one state of the index, so that `total`, `facets` and hits agree.

    `facets`: facet -> code -> number of entries, the most frequent first. A filter does not narrow its own facet."""

    hits: Sequence[Hit]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    next: int | None  # position after the last hit, for `after`; None at the end
    position: int  # the sequence that this state of the index has reached
    corrected: str | None = None  # the text as it was probably meant, where words of it were corrected


@dataclass(frozen=True)
class PageText:
    """A page as JSON, but for what differs between two requests for it: an object without its closing brace."""

    json: bytes
    next: int | None


class LruCache(Generic[T]):
    """The values that were asked for last."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """The value, or None."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: Hashable, value: T) -> None:
        """Keep it; the one that was not asked for longest goes."""
        self._values[key] = value
        while len(self._values) > self._most:
            self._values.popitem(last=False)

    def clear(self) -> None:
        """Forget all."""
        self._values.clear()
