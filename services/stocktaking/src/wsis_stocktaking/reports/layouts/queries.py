"""The query behind a chart, as an address that everybody can call: the cross-tabulation of the register at the sequence
of the report gives the same figures at any time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from wsis_shared.rendering import blocks
from wsis_shared.rendering.blocks import Run

from wsis_stocktaking.reports.layouts.reader import Reader
from wsis_stocktaking.reports.rules import ACTIVE, STORIES
from wsis_stocktaking.reports.rules.scopes import HONOURED


def query(reader: Reader, model: Mapping[str, Any], base: str, rows: str, columns: str = "kind") -> list[Run]:
    """ "Query: https://.../v1/entry-crosstab?rows=..."."""
    asked = urlencode(_parameters(model, rows, columns), safe=",")
    address = f"{base.rstrip('/')}/v1/entry-crosstab?{asked}"
    return [blocks.run(reader.say("query", query="").strip() + " "), blocks.run(address, "en", "ltr")]


def _parameters(model: Mapping[str, Any], rows: str, columns: str) -> dict[str, str]:
    scope, period = model["scope"], model["scope"]["period"]
    found = {"rows": rows, "columns": columns}
    if scope["region"]:
        found["region"] = scope["region"]
    if scope["kind"] == STORIES:
        found |= {"prize": ",".join(HONOURED), "edition": scope["edition"]}
    elif period["basis"] == ACTIVE:
        first, last = date.fromisoformat(period["start"]).year, date.fromisoformat(period["end"]).year
        found["year"] = ",".join(str(year) for year in range(first, last + 1))
    else:
        found |= {"submitted_from": period["start"], "submitted_to": period["end"]}
    return {**found, "sequence": str(model["sequence"])}
