"""Made-up people and organizations, alike for the same seed: names in seven languages and their scripts."""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from wsis_shared import reference

# The press of 2016 put two types together: two thirds of them are universities here.
_MERGED = {"academia_and_other": ("academia", "academia", "technical_community")}


@dataclass(frozen=True)
class Organization:
    """An entity that submits."""

    name: str
    kind: str
    country: str
    locale: str


@cache
def data(name: str) -> dict[str, Any]:
    """A file of `data/`."""
    return dict(yaml.safe_load((files("wsis_demo.data") / f"{name}.yaml").read_text("utf-8")))


class Registry:
    """Hands out people and organizations, none twice. `tag` keeps the addresses of several runs apart."""

    def __init__(self, seed: int, tag: str) -> None:
        self._random, self._tag = random.Random(f"{seed}|{tag}"), tag
        self._number = 0
        self._names: set[str] = set()
        figures = reference.participation(2016)["prizes"]
        self._regions = Counter(figures["nominated_by_region"])
        self._kinds = Counter(figures["nominated_by_stakeholder_type"])

    def organizations(self, count: int, kinds: Mapping[str, int] | None = None) -> list[Organization]:
        """Entities, with the shares of types (unless `kinds` has others) and regions of 2016."""
        made = []
        types = self._spread(kinds or self._kinds, count)
        for kind, region in zip(types, self._spread(self._regions, count), strict=True):
            kind = self._random.choice(_MERGED.get(kind, (kind,)))
            for _ in range(50):
                country, locale = self._country(region)
                name = self._organization(kind, country, locale)
                if name not in self._names:
                    break
            else:
                name = f"{name} {len(self._names)}"
            self._names.add(name)
            made.append(Organization(name, kind, country, locale))
        return made

    def member(self, organization: Organization) -> dict[str, Any]:
        """The form of registration of somebody who works there."""
        return self._form(organization.country, organization.locale, organization.kind, organization.name)

    def people(self, count: int) -> Iterator[dict[str, Any]]:
        """Forms of registration of voters from everywhere."""
        kinds = [kind.code for kind in reference.stakeholder_types()]
        for region in self._spread(self._regions, count):
            yield self._form(*self._country(region), self._random.choice(kinds), None)

    def jurors(self, count: int) -> list[dict[str, Any]]:
        """Forms of members of the Expert Group, from different countries as far as there are enough."""
        places = [place for region in data("people")["regions"].values() for place in region.items()]
        chosen = self._random.sample(sorted(set(places)), count)
        return [self._form(country, locale, "academia", None) for country, locale in chosen]

    # -- within ---------------------------------------------------------------------------------------------------

    def _spread(self, shares: Mapping[str, int], count: int) -> list[str]:
        """`count` codes in the given shares, mixed."""
        whole, codes = sum(shares.values()), []
        for code, share in shares.items():
            codes += [code] * round(share * count / whole)
        codes = (codes + list(shares) * count)[:count]
        self._random.shuffle(codes)
        return codes

    def _country(self, region: str) -> tuple[str, str]:
        country, locale = self._random.choice(sorted(data("people")["regions"][region].items()))
        return country, locale

    def _organization(self, kind: str, country: str, locale: str) -> str:
        told = data("people")
        pattern = self._random.choice(told["organizations"][kind][locale])
        name = pattern.format(
            field=self._random.choice(told["fields"][locale]),
            name=self._random.choice(told["brands"][locale]),
            place=reference.country_name(country, locale),
        )
        return str(name)

    def _form(self, country: str, locale: str, kind: str, organization: str | None) -> dict[str, Any]:
        told = data("people")
        given, latin_given = _spelled(self._random.choice(told["given"][locale]))
        family, latin_family = _spelled(self._random.choice(told["family"][locale]))
        self._number += 1
        return {
            "email": f"{latin_given}.{latin_family}.{self._number}@{country.lower()}.{self._tag}.example",
            "given_name": given,
            "family_name": family,
            "stakeholder_type": kind,
            "country": country,
            "organization": organization,
            "locale": locale,
        }


def _spelled(entry: str) -> tuple[str, str]:
    """The name as its bearer writes it, and in letters for an address."""
    native, _, latin = entry.partition("|")
    plain = unicodedata.normalize("NFKD", latin or native).encode("ascii", "ignore").decode().lower()
    return native, "".join(char for char in plain if char.isalnum()) or "x"
