"""Dates, names and plurals in words, in the languages of the suite."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from babel import Locale
from babel.dates import format_date
from wsis_shared.errors import Invalid

# The spelling of the United Nations: 30 April 2017.
_LOCALES: Mapping[str, str] = {"en": "en_GB", "zh": "zh_Hans_CN"}
# The first day of a month is an ordinal in these languages; the CLDR has none: "1er mai 2017", "1º de maio de 2017".
_FIRST: Mapping[str, str] = {"fr": "1er", "pt": "1º"}
_FAMILY_FIRST = ("zh",)

# Names in these scripts have the family name first and no space: 王芳, 김민수.
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def full_name(given: str, family: str, language: str = "") -> str:
    """Both names in one line, in the order of the name's script, else of the language of its bearer: "Ama Mensah",
    "王芳", and "Wang Fang" for a bearer who reads Chinese."""
    if _EAST_ASIAN.search(given) and _EAST_ASIAN.search(family):
        return f"{family}{given}"
    return " ".join(filter(None, (family, given) if language in _FAMILY_FIRST else (given, family)))


def cldr_locale(language: str) -> str:
    """The locale of the Unicode CLDR whose spelling a language of the suite takes: "en" -> "en_GB"."""
    return _LOCALES.get(language, language)


def plural_category(language: str, count: float) -> str:
    """ "one", "few", "other", ...: the category of a number in a language, by the Unicode CLDR."""
    return str(_locale(language).plural_form(count))


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def long_date(day: date, language: str, *, weekday: bool = False) -> str:
    """A day with the month in words: "30 April 2017"; with its weekday, "Sunday, 30 April 2017". Of a moment, its day
    in the moment's own zone."""
    written = str(format_date(day, "full" if weekday else "long", locale=cldr_locale(language)))
    first = _FIRST.get(language)
    return re.sub(r"\b1\b", first, written, count=1) if first and day.day == 1 else written


def pick(texts: Mapping[str, str], language: str) -> tuple[str, str]:
    """(language, text) of a text by language: in the reader's language, else in English, else in the first that it has;
    the reader's language and "" where it has none."""
    found = next((code for code in (language, "en", *texts) if texts.get(code)), language)
    return found, texts.get(found, "")


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text alone, as `pick` chooses it."""
    return pick(texts, language)[1]


def merge(texts: Mapping[str, str] | None, given: Mapping[str, str | None], *, required_as: str = "") -> dict[str, str]:
    """The text by language after a change: the languages that are given replace their own, None removes one, all others
    stay. Raises Invalid about the field `required_as` where no language would be left."""
    merged = {code: text for code, text in {**(texts or {}), **given}.items() if text is not None}
    if required_as and not merged:
        raise Invalid("suite.text_required", fields={required_as: ["Needed in one language at least."]})
    return merged
