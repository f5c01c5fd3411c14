"""Sentences of the matrix in seven languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wsis_shared.languages import long_date
from wsis_shared.sentences import Sentences

SAY = Sentences("wsis_stocktaking", "matrix")


def version_line(version: Mapping[str, Any], locale: str) -> str:
    """Number and first day of a version."""
    day = long_date(date.fromisoformat(version["valid_from"]), locale)
    return SAY("version", locale, version=version["_id"], day=day)
