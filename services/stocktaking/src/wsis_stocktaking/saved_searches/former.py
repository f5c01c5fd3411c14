"""Which former revisions of entries a search would have found: the index itself has only the present ones."""

from __future__ import annotations

from collections.abc import Sequence

from wsis_shared import clock

from wsis_stocktaking.register.rules.cards import Card
from wsis_stocktaking.saved_searches.rules import fits_filters
from wsis_stocktaking.search.index.tantivy_index import TantivyIndex
from wsis_stocktaking.search.rules import SearchQuery

_FORMER = "/former"


def found_formerly(query: SearchQuery, former: Sequence[Card], present: Sequence[Card]) -> set[str]:
    """Entries whose former card fits. `present` are cards that fit now: the words of the search are there, so that none
    is taken for a typing error of another."""
    if not query.text.strip():
        year = clock.now().year
        return {card["entry"] for card in former if fits_filters(card, query, year)}
    if not former:
        return set()
    index = TantivyIndex()
    cards: list[Card] = [{**card, "entry": f"{card['entry']}{_FORMER}"} for card in former]
    index.apply([*cards, *present], (), max(card["sequence"] for card in present))
    found = index.list_by_sequence(query, limit=len(cards) + len(present))
    return {card["entry"].removesuffix(_FORMER) for card in found if card["entry"].endswith(_FORMER)}
