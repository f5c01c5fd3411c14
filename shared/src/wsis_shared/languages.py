"""Dates in words, in the languages of the suite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date

# The spelling of the United Nations: 30 April 2017.
_LOCALES: Mapping[str, str] = {"en": "en_GB", "zh": "zh_Hans_CN"}


def cldr_locale(language: str) -> str:
    """The locale of the Unicode CLDR whose spelling a language of the suite takes: "en" -> "en_GB"."""
    return _LOCALES.get(language, language)


def long_date(day: date, language: str) -> str:
    """A day with the month in words: "30 April 2017". Of a moment, its day in the moment's own zone."""
    return str(format_date(day, "long", locale=cldr_locale(language)))
