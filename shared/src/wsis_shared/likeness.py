"""How much two texts with a title, an organization and countries look like the same: 0 to 100.

By titles, rare words, organization, countries and website. Services say what they compare: a profile.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

_HAN = re.compile("[\u3040-\u30ff\u3400-\u9fff]+")
_ADDRESS = re.compile(r"\Ahttps?://(?:www\.)?([^/?#]+)([^#]*)", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_SHORTEST = 3  # letters of a word that may be rare
_LIGATURES = str.maketrans({"ё": "е", "ø": "o", "ł": "l", "đ": "d"})  # Unicode does not take them apart

Weight = Callable[[str], float]


@dataclass(frozen=True)
class Profile:
    """What is compared, in one spelling. `sites` are addresses of what it is about, not of its organization."""

    titles: tuple[str, ...]
    words: frozenset[str]
    organization: str
    countries: frozenset[str]
    sites: frozenset[str]


def fold(text: str) -> str:
    """The words of a text in lower case and without accents; runs of Han and kana as overlapping pairs."""
    plain = unicodedata.normalize("NFKD", text.casefold()).translate(_LIGATURES)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(_WORD.findall(_HAN.sub(_pairs, plain)))


def _pairs(run: re.Match[str]) -> str:
    text = run.group()
    pairs = [text[place : place + 2] for place in range(len(text) - 1)] or [text]
    return f" {' '.join(pairs)} "


def words_of(titles: Iterable[str]) -> frozenset[str]:
    """The words of folded texts that may tell one from others."""
    return frozenset(word for title in titles for word in title.split() if _may_be_rare(word))


def _may_be_rare(word: str) -> bool:
    return len(word) >= _SHORTEST or _HAN.match(word) is not None


def address(url: str) -> str:
    """An address of the web in one spelling, to be compared; "" where there is none."""
    found = _ADDRESS.match(url.strip())
    return f"{found[1].lower()}{found[2].rstrip('/')}" if found else ""


def score(one: Profile, other: Profile, weight: Weight = lambda _: 1.0) -> int:
    """0 to 100, the same in both directions; 100 for equal profiles. `weight` of a word grows with its rarity."""
    organization, countries = of_texts(one.organization, other.organization), _countries(one, other)
    found = 0.5 * _titles(one, other) + 0.2 * _words(one, other, weight) + 0.2 * organization + 0.1 * countries
    if one.sites & other.sites:
        found = max(found, 55 + 0.3 * organization + 0.15 * countries)
    return round(min(found, 100.0))


def _titles(one: Profile, other: Profile) -> float:
    return max(
        (
            0.6 * fuzz.token_sort_ratio(a, b) + 0.4 * fuzz.token_set_ratio(a, b)
            for a in one.titles
            for b in other.titles
        ),
        default=100.0 if one.titles == other.titles else 0.0,
    )


def _words(one: Profile, other: Profile, weight: Weight) -> float:
    every = one.words | other.words
    if not every:
        return _titles(one, other)
    total = sum(map(weight, every))
    return 100.0 * sum(map(weight, one.words & other.words)) / total if total else 100.0


def of_texts(one: str, other: str) -> float:
    """Of two folded names: 0 to 100; 50 where one is empty."""
    if not one or not other:
        return 100.0 if one == other else 50.0  # nothing is known against it
    return float(fuzz.token_sort_ratio(one, other))


def _countries(one: Profile, other: Profile) -> float:
    if one.countries & other.countries or one.countries == other.countries:
        return 100.0
    return 0.0 if one.countries and other.countries else 50.0


def weights(profiles: Iterable[Profile]) -> Weight:
    """The weight of each word, by how few of the profiles have it: a word of all weighs nothing beside a rare one."""
    counted = Counter(word for each in profiles for word in each.words)
    total = counted.total() and max(counted.values())
    return lambda word: math.log(1 + (total + 1) / (counted[word] or 1))
