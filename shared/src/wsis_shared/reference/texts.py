"""The languages of the suite, and which text to show to whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from wsis_shared.json_types import Input
from wsis_shared.reference.loading import Titles, find, read, table

FALLBACK = "en"


class Titled(Protocol):
    """Anything of the reference data that has a name."""

    @property
    def title(self) -> Titles: ...


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    name: str
    native: str
    direction: str  # "ltr" or "rtl"
    un_official: bool
    country_locale: str | None


@cache
def _languages() -> dict[str, Language]:
    return table(Language, read("languages"))


def languages() -> tuple[Language, ...]:
    """The seven languages, English first, in the order of the platform."""
    return tuple(_languages().values())


def language(code: str) -> Language:
    """A language by its code ("ar"); raises UnknownCode."""
    return find(_languages(), code, "language")


def is_language(code: object) -> bool:
    return isinstance(code, str) and code in _languages()


def language_name(code: str, locale: str) -> str:
    """A language as the reader calls it, "French"; raises UnknownCode."""
    from babel import Locale  # noqa: PLC0415 -- each manifest imports this module, and few ask for names

    return Locale(language(code).code).get_display_name(locale) or code


def title(item: Titled | Input, locale: str | None) -> str:
    """The title in the reader's language, in English where there is none.

    `item` is anything of this package, or a raw row with a "title" (a phase, a criterion); `locale` may carry
    a region or script ("fr-CH", "zh_Hans").
    """
    texts: Titles = item["title"] if isinstance(item, Mapping) else item.title
    primary = (locale or FALLBACK).replace("_", "-").partition("-")[0].lower()
    return texts.get(primary) or texts[FALLBACK]
