"""Sentences of cross-tabulations in seven languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from babel.numbers import format_decimal
from wsis_shared.clock import to_geneva
from wsis_shared.languages import long_date
from wsis_shared.sentences import Sentences

SAY = Sentences("wsis_stocktaking", "analysis")
PATH = "/v1/entry-crosstab"


def title(table: Mapping[str, Any], language: str) -> str:
    """What the table counts."""
    rows, columns = (SAY(f"facet_{table[name]}", language) for name in ("row_facet", "column_facet"))
    return SAY("title", language, rows=rows, columns=columns)


def source(table: Mapping[str, Any], language: str) -> str:
    """Where the figures come from, and on which day."""
    moment: datetime = table["as_of"]
    day = long_date(to_geneva(moment).date(), language)
    number = format_decimal(table["total"], locale=language)
    return SAY("source", language, day=day, count=table["total"], number=number)


def query_string(query: Mapping[str, Any]) -> str:
    """The query that made the table, as clients write it."""
    given = {
        name: ",".join(map(str, value)) if isinstance(value, list | tuple) else value
        for name, value in query.items()
        if value not in (None, "", [], ())
    }
    return urlencode(given, safe=",:")
