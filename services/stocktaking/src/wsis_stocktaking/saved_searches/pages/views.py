"""What the pages of a saved search make of it: its filters in words, and as fields of the form."""

from __future__ import annotations

from wsis_shared.json_types import Input, JsonObject

from wsis_stocktaking.register.rules.cards import FACETS
from wsis_stocktaking.search.pages.views import address, chips


def new(values: Input, locale: str) -> JsonObject:
    """The search of the address."""
    return _search(values["query"], locale)


def saved(values: Input, locale: str) -> JsonObject:
    """The search that was saved."""
    query = {
        name: ",".join(text) if isinstance(text, list) else text for name, text in values["saved"]["query"].items()
    }
    return _search(query, locale)


def _search(query: Input, locale: str) -> JsonObject:
    codes = [(f"query.{name}", code) for name in FACETS if query.get(name) for code in query[name].split(",")]
    return {
        "words": query.get("q", ""),
        "titles": [title for _, title in chips(query, locale)],
        "search": address(query),
        "fields": [*([("query.q", query["q"])] if query.get("q") else []), *codes],
    }
