"""Filters for mails: `{{ centimes | chf }}`."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_decimal


def chf(centimes: int | str, locale: str) -> str:
    """38300000 -> "CHF 383,000.00", with the separators of the language."""
    return "CHF\u00a0" + format_decimal(Decimal(int(centimes)) / 100, "#,##0.00", locale=locale)


FILTERS = {"chf": chf}
