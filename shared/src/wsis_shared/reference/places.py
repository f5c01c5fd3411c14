"""Countries (ISO 3166-1, names from pycountry) and the ITU regions that group them."""

import gettext
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

from wsis_shared.reference.loading import Titles, find, read, table
from wsis_shared.reference.texts import languages, title


@dataclass(frozen=True, slots=True)
class Country:
    code: str  # ISO 3166-1 alpha-2: "NO", "NA"
    alpha_3: str
    numeric: str  # also the UN M49 code: "578"
    title: Titles = field(compare=False)


@dataclass(frozen=True, slots=True)
class ItuRegion:
    code: str
    title: Titles = field(compare=False)
    countries: tuple[str, ...] = ()  # ITU members
    territories: tuple[str, ...] = ()  # other codes filed here for the statistics


@cache
def _countries() -> dict[str, Country]:
    import pycountry  # noqa: PLC0415 -- whoever only reads action lines should not pay for it

    corrections = read("places")["country_names"]
    catalogues = {
        item.code: gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [item.country_locale])
        if item.country_locale
        else gettext.NullTranslations()
        for item in languages()
    }
    found = {}
    for row in sorted(pycountry.countries, key=lambda entry: entry.alpha_2):
        names = {locale: catalogue.gettext(row.name) for locale, catalogue in catalogues.items()}
        names |= corrections.get(row.alpha_2, {})
        found[row.alpha_2] = Country(row.alpha_2, row.alpha_3, row.numeric, MappingProxyType(names))
    return found


@cache
def _regions() -> dict[str, ItuRegion]:
    return table(ItuRegion, read("places")["regions"])


@cache
def _region_of() -> dict[str, str]:
    return {code: region.code for region in itu_regions() for code in region.countries + region.territories}


def countries() -> tuple[Country, ...]:
    """The 249 codes of ISO 3166-1 by code. Sort by title for people."""
    return tuple(_countries().values())


def country(code: str) -> Country:
    """A country by its alpha-2 code in capitals; raises UnknownCode."""
    return find(_countries(), code, "country")


def is_country(code: object) -> bool:
    return isinstance(code, str) and code in _countries()


def country_name(code: str, locale: str | None) -> str:
    """The ISO short name in the reader's language, English as the last resort; raises UnknownCode."""
    return title(country(code), locale)


def itu_regions() -> tuple[ItuRegion, ...]:
    """The six regions with their 194 members, as of 2017."""
    return tuple(_regions().values())


def itu_region(code: str) -> ItuRegion:
    """A region by its code ("arab_states"); raises UnknownCode."""
    return find(_regions(), code, "ITU region")


def itu_region_of(country_code: str) -> str | None:
    """The code of a country's region; None where there is none (Antarctica); raises UnknownCode."""
    return _region_of().get(country(country_code).code)


def region_or_international(country_code: str | None) -> str:
    """The code of a country's region; "international" without a country, and for one without a region. Raises
    UnknownCode."""
    return (itu_region_of(country_code) if country_code else None) or no_region().code


def no_region() -> ItuRegion:
    """The bucket of statistics for those without a country: international organizations."""
    return table(ItuRegion, [read("places")["no_region"]])["international"]
