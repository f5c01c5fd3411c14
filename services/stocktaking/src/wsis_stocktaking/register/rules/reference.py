"""Codes of the register with their titles in seven languages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from wsis_shared.reference.loading import read

from wsis_stocktaking.register.rules.cards import PRIZES
from wsis_stocktaking.register.rules.contents import COVERAGES, KINDS, STATUSES

Row = dict[str, Any]


@cache
def _titles() -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = read("codes", "wsis_stocktaking")
    return found


def _rows(group: str, codes: Iterable[str]) -> list[Row]:
    return [{"code": code, "title": _titles()[group][code]} for code in codes]


def kind_rows() -> list[Row]:
    """Kinds of activities."""
    return _rows("kinds", KINDS)


def coverage_rows() -> list[Row]:
    """Coverages of activities."""
    return _rows("coverages", COVERAGES)


def status_rows() -> list[Row]:
    """Statuses of activities."""
    return _rows("statuses", STATUSES)


def prize_rows() -> list[Row]:
    """Prize statuses of entries."""
    return _rows("prizes", PRIZES)


def title(group: str, code: str, language: str) -> str:
    """The title of a code of "kinds", "coverages", "statuses" or "prizes"; raises KeyError."""
    return _titles()[group][code][language]
