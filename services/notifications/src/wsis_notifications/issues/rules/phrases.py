"""Words of ours around officers' texts, by key and language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from babel.core import Locale
from babel.dates import format_skeleton
from wsis_shared import clock, reference
from wsis_shared.json_types import Input
from wsis_shared.languages import cldr_locale, long_date, plural_category
from wsis_shared.translations import by_key, by_language

from wsis_notifications.mails.rules.bidi import isolate

_PACKAGE = "wsis_notifications"


def texts(part: str) -> Mapping[str, Input]:
    """All texts of a part: key -> language -> text, or its forms by the category of a number."""
    return by_key(_PACKAGE, part)


def say(key: str, language: str, /, *, part: str = "issues", **values: str | int) -> str:
    """A phrase with its values, in the form for `count` where it has several. Raises KeyError for an unknown key."""
    phrase = texts(part)[key][language]
    if isinstance(phrase, Mapping):
        phrase = phrase.get(plural_category(language, float(values["count"])), phrase["other"])
    return str(phrase.format(**values) if values else phrase)


def why(consent: Input, language: str) -> str:
    """Why a reader gets the newsletter: they confirmed it themselves, or the list that they were imported with says
    where and when they agreed. The date is that of Geneva."""
    if not consent.get("import_id"):
        return say("why", language)
    day = long_date(clock.to_geneva(consent["at"]), language)
    return say("why_imported", language, source=isolate(consent["source"], direction(language)), date=day)


def colon(language: str) -> str:
    """What stands between words and the address on the next line."""
    return str(by_language(_PACKAGE, "phrases")[language]["colon"])


def section_kind(code: str, language: str) -> str:
    """The title of a kind of section."""
    return str(texts("newsletter_sections")[code][language])


@cache
def language_name(code: str, language: str) -> str:
    """The name of a language in another: "anglais"."""
    return str(Locale.parse(cldr_locale(language)).languages[code])


@cache
def month_name(month: str, language: str) -> str:
    """ "2017-07" -> "July 2017"."""
    year, number = map(int, month.split("-"))
    written = format_skeleton("yMMMM", date(year, number, 1), locale=cldr_locale(language))
    return written[:1].upper() + written[1:]


@cache
def direction(language: str) -> str:
    """ "ltr" or "rtl"."""
    return reference.language(language).direction


@cache
def native_name(language: str) -> str:
    """The name of a language in itself."""
    return reference.language(language).native
