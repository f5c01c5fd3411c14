"""Words of tables and their codes: titles in seven languages, names by CLDR, and what tables write instead
(`data/words.yaml`, and the file of a service)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from babel import Locale
from rapidfuzz import fuzz, process
from wsis_shared import reference
from wsis_shared.mapping.words import PACKAGE, data, fold, folded
from wsis_shared.reference.loading import read
from wsis_shared.schemas import LOCALES

LIKE = 88
"""How much a value looks like a known word, 0 to 100, from which its code is proposed."""
_SHORTEST = 5  # letters that can be compared by likeness: Iran is not Iraq
_LONGEST, _SHORTEST_HAN = 100, 2  # characters of a value that is guessed, and of a Chinese word in it

_BRACKETS = re.compile(r"[(\[（【]([^()\[\]（）【】]{0,200})[)\]）】]")
_SIDES = re.compile(r" [-–—] |[:：]")
_HAN = re.compile(r"[\u3400-\u9fff]")

Codes = tuple[str, ...]
Titles = Iterable[tuple[str, Iterable[str]]]
"""Codes with their words."""


@dataclass(frozen=True)
class Vocabulary:
    """Codes by folded words. `guesses` are only supposed; `weak` words say nothing of a value that has others too.
    Without them (None) no value is read by one of its words."""

    codes: Mapping[str, Codes]
    guesses: Mapping[str, Codes] = field(default_factory=dict)
    weak: frozenset[str] | None = None
    _nearest: dict[str, Codes | None] = field(default_factory=dict)

    def find(self, text: str) -> Codes | None:
        """The codes that a text names: as a whole, without its brackets, in them, or on either side of a dash."""
        if (found := self.codes.get(fold(text))) is not None:
            return found
        line = " ".join(text.split())
        parts = [_BRACKETS.sub(" ", line), *_BRACKETS.findall(line), *_SIDES.split(line)]
        return next((self.codes[each] for each in map(fold, parts) if each in self.codes), None)

    def likely(self, text: str) -> Codes | None:
        """The codes that a text may mean, for a person to confirm; None where nothing, or more than one thing, speaks
        for it."""
        plain = fold(text)
        short = " ".join(word for word in plain.split() if not word.isdecimal() and word not in folded("fillers"))
        return self._all.get(plain) or self._all.get(short) or self.nearest(text) or self._named_in(text)

    def nearest(self, text: str) -> Codes | None:
        """The codes of the word that looks most like a text, where it looks enough like it."""
        folded = fold(text)
        if folded not in self._nearest:
            best = None
            if len(folded) >= _SHORTEST:
                known = [word for word in self._all if len(word) >= _SHORTEST]
                best = process.extractOne(folded, known, scorer=fuzz.ratio, score_cutoff=LIKE)
            self._nearest[folded] = self._all[best[0]] if best else None
        return self._nearest[folded]

    @cached_property
    def _all(self) -> Mapping[str, Codes]:
        return {**self.guesses, **self.codes}

    def _named_in(self, text: str) -> Codes | None:
        """ "State university", "Ongoing (phase 2)": the code of the words in it, where all of them have the same one.
        What is negated is something else, but for "non-profit"."""
        if self.weak is None or len(text) > _LONGEST or any(word in text for word in folded("negations_han")):
            return None
        rest = f" {fold(text)} "
        named = [word for word, as_written in self._telling.items() if as_written in rest]
        for word in sorted(named, key=len, reverse=True):
            rest = rest.replace(f" {word} ", " ")
        found = {self._all[word] for word in named}
        return found.pop() if len(found) == 1 and folded("negations").isdisjoint(rest.split()) else None

    @cached_property
    def _telling(self) -> Mapping[str, str]:
        """The words that tell a code among others too, as they stand there: Chinese has no spaces."""
        words = (word for word in self._all if word not in (self.weak or ()))
        written = {word: f" {word} " if _HAN.search(word) is None else word for word in words}
        return {word: said for word, said in written.items() if said != word or len(word) >= _SHORTEST_HAN}


def build(titles: Titles, group: str, file: str = "words", package: str = PACKAGE) -> Vocabulary:
    """The vocabulary of a group: its titles, and its words of a data file."""
    said = read(file, package)
    codes: dict[str, Codes] = {}
    # What comes later does not take a word from what comes before: a code, its titles, what is written instead.
    for code, words in (*titles, *((str(code), words) for code, words in said.get(group, {}).items())):
        for word in words:
            if key := fold(word):
                codes.setdefault(key, (code,))
    supposed = said.get("guesses", {}).get(group, {})
    guesses = {fold(word): (code,) for code, words in supposed.items() for word in words}
    weak = said.get("weak", {}).get(group)
    return Vocabulary(codes, guesses, None if weak is None else frozenset(map(fold, weak)))


@cache
def of(group: str) -> Vocabulary:
    """The vocabulary of a group of GROUPS."""
    return build(_TITLES[group](), group)


def _stakeholder_types() -> Titles:
    return ((kind.code, [kind.code, *kind.title.values()]) for kind in reference.stakeholder_types())


def _languages() -> Titles:
    return ((code, [code, *(str(Locale(code).get_display_name(each)) for each in LOCALES)]) for code in LOCALES)


def _countries() -> Iterator[tuple[str, Iterable[str]]]:
    import pycountry  # noqa: PLC0415 -- only who reads what others wrote needs its official names

    territories = [Locale(locale).territories for locale in LOCALES]
    for country in reference.countries():
        row = pycountry.countries.get(alpha_2=country.code)
        official = [getattr(row, name, "") for name in ("common_name", "official_name")]
        names = [str(each[country.code]) for each in territories if country.code in each]
        yield country.code, [country.code, country.alpha_3, *country.title.values(), *official, *names]
    for locale in data("more_locales"):
        for code, name in Locale.parse(locale).territories.items():
            if reference.is_country(code) and fold(name) not in folded("no_countries"):
                yield code, [name]


_TITLES = {"countries": _countries, "languages": _languages, "stakeholder_types": _stakeholder_types}
GROUPS = frozenset(_TITLES)
"""Groups of codes that every service has."""
