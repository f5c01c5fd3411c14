"""What the page of figures makes of a cross-tabulation: its facets, its title, and addresses."""

from __future__ import annotations

from urllib.parse import urlencode

from wsis_shared.json_types import Input, JsonObject
from wsis_shared.sentences import Sentences

from wsis_stocktaking.analysis.rules import DEFAULT_COLUMNS, DEFAULT_ROWS
from wsis_stocktaking.register.rules.cards import FACETS
from wsis_stocktaking.search.pages.views import address, chips, chosen, facet_title

_SAY = Sentences("wsis_stocktaking", "analysis")
_PAST = ("as_of", "sequence", "submitted_from", "submitted_to")


def figures(values: Input, locale: str) -> JsonObject:
    """`picked` rows and columns, `facets` to choose from, `kept` of the search, `heading` and `most` of the table."""
    query, table = values["query"], values["table"]
    picked = {"rows": query.get("rows") or DEFAULT_ROWS, "columns": query.get("columns") or DEFAULT_COLUMNS}
    kept = {name: query[name] for name in ("q", *FACETS, *_PAST) if query.get(name)}
    asked = urlencode({**kept, **picked}, safe=",")
    titles = {name: facet_title(name, locale) for name in FACETS}
    return {
        "picked": picked,
        "facets": titles,
        "kept": list(kept.items()),
        "chips": chips(query, locale, "register/figures", **picked),
        "search": address(query),
        "asked": asked,
        "filters": chosen(query),
        "heading": _SAY("title", locale, **{name: titles[facet] for name, facet in picked.items()}),
        "row_title": titles[picked["rows"]],
        "most": max((value for row in table["values"] for value in row), default=0) if table else 0,
    }
