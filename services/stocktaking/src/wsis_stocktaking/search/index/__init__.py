"""The search index: what the service asks of it, and the one of this process.

`SearchIndex` is the interface to the engine: another engine implements it and passes the same tests.
A use case gets it in its `compose`: `index.of_process(Register(parts.db))`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from wsis_stocktaking.register.rules.cards import Card
from wsis_stocktaking.search.index.follower import RegisterIndex, of_process
from wsis_stocktaking.search.index.results import Hit, Page, PageText
from wsis_stocktaking.search.rules import Counts, SearchQuery

__all__ = ["PageText", "Hit", "Page", "RegisterIndex", "SearchIndex", "of_process"]


class SearchIndex(Protocol):
    """Cards of all public entries up to a sequence. Each method raises Unavailable until the index is filled, and
    Invalid, field `q`, for a text that cannot be searched for."""

    def position(self) -> int:
        """The sequence up to which all publications and withdrawals are in the index."""

    def search(self, query: SearchQuery, *, limit: int, after: int | None = None, facets: Sequence[str] = ()) -> Page:
        """A page of entries, with the counts of these facets."""

    def list_by_sequence(
        self, query: SearchQuery, *, after: int = 0, until: int | None = None, limit: int = 500
    ) -> list[Card]:
        """Entries that fit, in the order of their sequences, with `after` < sequence <= `until`: at most `limit`."""

    def tabulate(self, query: SearchQuery, rows: str, columns: str, until: int | None = None) -> tuple[Counts, int]:
        """Entries with a sequence up to `until`, by the codes of two facets, and the position of the index: one state
        of it."""

    def candidates(self, titles: Sequence[str], website: str | None, limit: int = 50) -> list[Card]:
        """Entries that may be the same as one of these titles: they share its rarest words, or the website."""
