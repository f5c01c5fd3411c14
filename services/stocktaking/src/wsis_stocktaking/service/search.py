"""Entrypoints of the search of the register."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Loop, Service, rpc, worker
from wsis_shared.json_text import JsonText

from wsis_stocktaking.use_cases.search import compose


class SearchEntrypoints(Service):
    """Search of the register."""

    search_cases = Composed(compose)

    @rpc
    def search_entries(
        self,
        q: str = "",
        sort: str | None = None,
        facets: list[str] | None = None,
        fields: list[str] | None = None,
        min_sequence: int = 0,
        limit: int = 20,
        after: str | None = None,
        **filters: Any,
    ) -> JsonText:
        """A page of entries that fit."""
        return self.search_cases.search_entries(
            context.current(), q, filters, sort, facets or (), fields, min_sequence, limit, after
        )

    @worker()
    def follow_register(self, loop: Loop) -> None:
        """Keep the search index of this process equal to the register."""
        self.search_cases.follow(loop)
