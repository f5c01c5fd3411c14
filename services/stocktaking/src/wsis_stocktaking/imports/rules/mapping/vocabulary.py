"""Words of registers and their codes: titles in seven languages, names by CLDR, and what registers write instead
(`data/import_values.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

from babel import Locale
from rapidfuzz import fuzz, process
from wsis_shared import reference
from wsis_shared.schemas import LOCALES

from wsis_stocktaking.imports.rules.mapping.words import data, fold
from wsis_stocktaking.register.rules import codes

LIKE = 88
"""How much a value looks like a known word, 0 to 100, from which its code is proposed."""
_SHORTEST = 5  # letters that can be compared by likeness: Iran is not Iraq

_BRACKETS = re.compile(r"[(\[（【]([^()\[\]（）【】]{0,200})[)\]）】]")
_SIDES = re.compile(r" [-–—] |[:：]")

T = TypeVar("T")
Codes = tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """Codes by folded words."""

    codes: Mapping[str, Codes]
    _nearest: dict[str, Codes | None] = field(default_factory=dict)

    def find(self, text: str) -> Codes | None:
        """The codes that a text names: as a whole, without its brackets, in them, or on either side of a dash."""
        if (found := self.codes.get(fold(text))) is not None:
            return found
        line = " ".join(text.split())
        parts = [_BRACKETS.sub(" ", line), *_BRACKETS.findall(line), *_SIDES.split(line)]
        return next((self.codes[each] for each in map(fold, parts) if each in self.codes), None)

    def nearest(self, text: str) -> Codes | None:
        """The codes of the word that looks most like a text, where it looks enough like it."""
        folded = fold(text)
        if folded not in self._nearest:
            best = None
            if len(folded) >= _SHORTEST:
                known = [word for word in self.codes if len(word) >= _SHORTEST]
                best = process.extractOne(folded, known, scorer=fuzz.ratio, score_cutoff=LIKE)
            self._nearest[folded] = self.codes[best[0]] if best else None
        return self._nearest[folded]


@cache
def of(group: str) -> Vocabulary:
    """The vocabulary of a group: "countries", "kinds"."""
    found: dict[str, Codes] = {}
    # What comes later does not take a word from what comes before: a code, its titles, what is written instead.
    for code, words in (*_titles(group), *((str(code), words) for code, words in data(group).items())):
        for word in words:
            if key := fold(word):
                found.setdefault(key, (code,))
    return Vocabulary(found)


def _titles(group: str) -> Iterator[tuple[str, Iterable[str]]]:
    if group == "countries":
        yield from _countries()
    elif group == "languages":
        for code in LOCALES:
            yield code, [code, *(str(Locale(code).get_display_name(each)) for each in LOCALES)]
    elif group == "action_lines":
        for line in reference.action_lines():
            # A title of C7 is "ICT applications: e-health": its end alone says as much.
            ends = [part for title in line.title.values() if line.code.startswith("C7") for part in _ends(title)]
            yield line.code, [line.code, *line.title.values(), *ends]
        for line in reference.action_lines():
            for theme in line.sub_themes:
                code = f"{line.code}.{theme.code}"
                yield code, [code, theme.code, *theme.title.values()]
    elif group == "sdgs":
        for goal in reference.sdgs():
            yield str(goal.number), goal.title.values()
    elif group == "regions":
        for region in reference.itu_regions():
            yield region.code, [region.code, *region.title.values()]
    elif group == "stakeholder_types":
        for kind in reference.stakeholder_types():
            yield kind.code, [kind.code, *kind.title.values()]
    else:
        rows = {"kinds": codes.kind_rows, "coverages": codes.coverage_rows, "statuses": codes.status_rows}[group]()
        for row in rows:
            yield row["code"], [row["code"], *row["title"].values()]


def _ends(title: str) -> list[str]:
    return re.split("[:：]", title)[1:]


def _countries() -> Iterator[tuple[str, Iterable[str]]]:
    import pycountry  # noqa: PLC0415 -- only who reads what others wrote needs its official names

    territories = [Locale(locale).territories for locale in LOCALES]
    for country in reference.countries():
        row = pycountry.countries.get(alpha_2=country.code)
        official = [getattr(row, name, "") for name in ("common_name", "official_name")]
        names = [str(each[country.code]) for each in territories if country.code in each]
        yield country.code, [country.code, country.alpha_3, *country.title.values(), *official, *names]
