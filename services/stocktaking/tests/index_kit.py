"""Cards for the tests of the index."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from wsis_stocktaking.register.rules import cards
from wsis_stocktaking.search.index.tantivy_index import TantivyIndex
from wsis_stocktaking.search.rules import SearchQuery

AT = datetime(2016, 5, 1, 12, tzinfo=UTC)


def make_card(content: dict[str, Any], entry: str, sequence: int, prize: dict[str, Any] | None = None) -> cards.Card:
    """The card of a content that is public since AT."""
    return cards.card(
        {
            "_id": entry,
            "revision": 1,
            "sequence": sequence,
            "content": content,
            "prize": prize,
            "published_at": AT,
            "revised_at": AT,
        }
    )


def make_bare_card(make_content: Callable[..., Any], entry: str, sequence: int, **changes: Any) -> cards.Card:
    """The card of a content that has no words, country or code but these."""
    nothing = {
        "title": {"en": "—"},
        "description": {"en": "—"},
        "organization": {"name": "—", "type": "other", "country": None, "website": None},
        "countries": [],
        "action_lines": [],
        "sdgs": [],
        "targets": [],
        "partners": [],
        "keywords": [],
    }
    return make_card(make_content(**{**nothing, **changes}), entry, sequence)


def find(index: TantivyIndex, query: SearchQuery) -> list[str]:
    """All entries that fit, page by page."""
    found: list[str] = []
    after = None
    while True:
        page = index.search(query, limit=70, after=after)
        found += [hit.card["entry"] for hit in page.hits]
        after = page.next
        if after is None:
            assert len(found) == page.total
            return found
