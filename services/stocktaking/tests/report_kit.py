"""Revisions as the register has them, and documents made of them without a store."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from wsis_stocktaking import charts
from wsis_stocktaking.reports.layouts.charts import drawings
from wsis_stocktaking.reports.layouts.reader import Reader
from wsis_stocktaking.reports.rules import models
from wsis_stocktaking.reports.rules.scopes import ACTIVE

from . import generated

FIRST = datetime(2014, 1, 1, tzinfo=UTC)
AS_OF = "2016-12-31T23:00:00Z"
GLOBAL = {
    "kind": "global",
    "region": None,
    "edition": None,
    "period": {"start": "2014-01-01", "end": "2016-12-31", "basis": ACTIVE},
}
STORIES = {"kind": "success_stories", "region": None, "edition": "2017", "period": None}


def regional(region: str) -> dict[str, Any]:
    """The scope of the report of a region."""
    return {**GLOBAL, "kind": "regional", "region": region}


def revisions(contents: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """First revisions, one after the other."""
    for number, content in enumerate(contents, 1):
        yield {
            "_id": f"e{number}/1",
            "entry": f"e{number}",
            "number": 1,
            "content": content,
            "prize": None,
            "sequence": number,
            "published_from": FIRST + timedelta(hours=number),
        }


def build(scope: dict[str, Any], rows: Iterable[dict[str, Any]], licence: str = "") -> models.Model:
    """The model of a report."""
    return models.build(scope, rows, as_of=AS_OF, sequence=9000, matrix="2015-06", licence=licence)


def generated_model(scope: dict[str, Any], count: int) -> models.Model:
    """The model of a report of generated entries."""
    return build(scope, revisions(generated.contents(count)))


def pictures(model: models.Model, language: str) -> dict[str, dict[str, str]]:
    """The charts of a report, drawn."""
    found = {}
    for name, chart in drawings(Reader(language), model["scope"], model["statistics"]):
        drawn = charts.draw(chart)
        found[name] = {"svg": drawn["svg"].decode(), "png": b64encode(drawn["png"]).decode()}
    return found
