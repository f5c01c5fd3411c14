"""Filters that mails of any service may use: `{{ code | category }}`, `{{ code | phase }}`."""

from __future__ import annotations

from wsis_shared import reference

from wsis_prizes.rules.reference import category, phase


def category_title(code: str, locale: str) -> str:
    """A category's title for a sentence: "C4. Capacity building", without the "AL" of the English list."""
    return reference.title(category(code), locale).removeprefix("AL ")


# Name -> function of (value, locale). A LookupError leaves the value as it is.
FILTERS = {
    "category": category_title,
    "phase": lambda code, locale: reference.title(phase(code), locale),
}
