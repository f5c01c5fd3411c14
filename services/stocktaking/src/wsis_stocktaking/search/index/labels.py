"""Titles of countries, regions, action lines, themes and goals in seven languages, as words of a search.

A search for "Kenya", "santé" or "C7.e-health" finds the entries that have the code, whatever their language. Titles are
not in the index, which has the codes: the words of a search lead to codes here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from babel import Locale
from wsis_shared import reference
from wsis_shared.reference.loading import read
from wsis_shared.schemas import LOCALES

from wsis_stocktaking.register.rules.codes import title_of
from wsis_stocktaking.search.index import words
from wsis_stocktaking.search.rules import WORD, is_ideographic

LEAST = 1 / 3  # part of the words of a title that a search must have to mean its code; of countries all
COMMON = 3  # titles; a word that more of them have means none alone: "electronic"
_PARENT = re.compile(r"^[^:：]*[:：]\s*")  # "ICT applications: e-health"
# "SDG 3", "ODD 3.8": what stands before the number of a goal or target, which alone means nothing.
_BEFORE_NUMBER = (
    "SDG",
    "Goal",
    "Target",
    "ODD",
    "Objectif",
    "Cible",
    "ODS",
    "Objetivo",
    "Meta",
    "ЦУР",
    "Цель",
    "الهدف",
    "目标",
)

Codes = Mapping[str, frozenset[str]]  # facet -> codes
Title = tuple[str, str]  # facet and code


class Labels:
    """All titles, by their words."""

    def __init__(self) -> None:
        self._by_stem: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._titles: list[tuple[Title, int]] = []  # with the least number of words that mean it
        self._whole: dict[tuple[str, ...], set[Title]] = defaultdict(set)
        self._runs: dict[str, set[Title]] = defaultdict(set)  # Chinese titles
        for facet, code, language, text in sorted(set(_titles())):
            self._add((facet, code), language, text)
        for facet, code in _numbers():
            for name in ("", *_BEFORE_NUMBER):
                phrase = tuple(map(words.plain, WORD.findall(f"{name} {code}")))
                if len(phrase) > 1:
                    self._whole[phrase].add((facet, code))
                    self._whole["".join(phrase[:2]), *phrase[2:]].add((facet, code))  # SDG3
        self.longest = max(map(len, self._whole))
        names = sorted((run for run in self._runs if len(run) > 1), key=lambda run: (-len(run), run))
        self._cut = re.compile("|".join(map(re.escape, names)))

    def _add(self, title: Title, language: str, text: str) -> None:
        if language == "zh" and is_ideographic(text):
            self._runs[words.simplified(text)].add(title)
            return
        found = WORD.findall(text)
        if whole := tuple(map(words.plain, found)):
            self._whole[whole].add(title)
            self._whole[("".join(whole),)].add(title)  # ehealth
        stems = {words.stem(word, language) for word in found if not words.article_languages(word)} - {""}
        if not stems:
            return
        least = len(stems) if title[0] == "country" else max(1, -int(-len(stems) * LEAST // 1))
        for stem in stems:
            self._by_stem[language, stem].append(len(self._titles))
        self._titles.append((title, least))

    def whole(self, phrase: Sequence[str]) -> Codes:
        """The codes whose whole title these plain words are."""
        return _by_facet(self._whole.get(tuple(phrase), ()))

    def by_word(self, typed: Iterable[str]) -> dict[str, Codes]:
        """Word -> codes of the titles that these words mean: of a country all of its name, of others a third."""
        named: dict[int, set[str]] = defaultdict(set)
        for word in typed:
            if is_ideographic(word):
                continue
            for language in words.languages_of(word):
                for number in self._by_stem.get((language, words.stem(word, language)), ()):
                    named[number].add(word)
        found: dict[str, set[Title]] = defaultdict(set)
        for number, of_title in named.items():
            title, least = self._titles[number]
            if len(of_title) >= least and (title[0] == "country" or any(map(self._is_telling, of_title))):
                for word in of_title:
                    found[word].add(title)
        return {word: _by_facet(titles) for word, titles in found.items()}

    def _is_telling(self, word: str) -> bool:
        """Do few titles have it?"""
        numbers = {
            number
            for language in words.languages_of(word)
            for number in self._by_stem.get((language, words.stem(word, language)), ())
        }
        titles = {self._titles[number][0] for number in numbers}
        return sum(facet != "country" for facet, _ in titles) <= COMMON

    def of_run(self, run: str) -> Codes:
        """The codes whose Chinese title this run is, or a good part of it."""
        run = words.simplified(run)
        found = set(self._runs.get(run, ()))
        if len(run) > 1:
            for text, titles in self._runs.items():
                if run in text and len(run) >= len(text) * LEAST:
                    found |= {title for title in titles if title[0] != "country"}
        return _by_facet(found)

    def split(self, run: str) -> list[str]:
        """A Chinese run, cut before and after the titles in it."""
        found, at = [], 0
        for name in self._cut.finditer(words.simplified(run)):
            found += [run[at : name.start()], run[name.start() : name.end()]]
            at = name.end()
        return [part for part in (*found, run[at:]) if part]

    def is_name(self, word: str) -> bool:
        """Is the word the whole of a title, which no correction replaces?"""
        return (word,) in self._whole

    def spellings(self) -> frozenset[str]:
        """The single words that are titles, plain: a typing error may mean one of them."""
        return frozenset(phrase[0] for phrase in self._whole if len(phrase) == 1 and len(phrase[0]) > 3)


@cache
def labels() -> Labels:
    """All titles; it takes some tenths of a second once."""
    return Labels()


def _by_facet(titles: Iterable[Title]) -> Codes:
    found: dict[str, set[str]] = defaultdict(set)
    for facet, code in titles:
        found[facet].add(code)
    return {facet: frozenset(codes) for facet, codes in found.items()}


def _titles() -> Iterator[tuple[str, str, str, str]]:
    """(facet, code, language, title)."""
    for line in reference.action_lines():
        yield "action_line", line.code, "en", line.code
        if line.parent:
            yield "action_line", line.code, "en", line.parent
    for language in LOCALES:
        yield from ((*row[:2], language, row[2]) for row in _titles_in(language))
    for facet, names in read("names", "wsis_stocktaking.search").items():
        for code, line in names.items():
            for name in line.split(", "):
                yield facet, code, _language_of(name), name


def _titles_in(language: str) -> Iterator[tuple[str, str, str]]:
    territories = Locale(language).territories
    for country in reference.countries():
        name = title_of("country", country.code, language)
        yield "country", country.code, name
        yield "country", country.code, name.partition("،" if language == "ar" else ",")[0]
        if country.code in territories:
            yield "country", country.code, territories[country.code]
    for region in reference.itu_regions():
        yield "region", region.code, title_of("region", region.code, language)
    for line in reference.action_lines():
        yield "action_line", line.code, _PARENT.sub("", title_of("action_line", line.code, language))
        for theme in line.sub_themes:
            code = f"{line.code}.{theme.code}"
            yield "sub_theme", code, title_of("sub_theme", code, language)
    for goal in reference.sdgs():
        yield "sdg", str(goal.number), title_of("sdg", str(goal.number), language)


def _numbers() -> Iterator[Title]:
    for goal in reference.sdgs():
        yield "sdg", str(goal.number)
        yield from (("target", target) for target in goal.targets)


def _language_of(name: str) -> str:
    """Of an alias: its script says; an English stem is as good as another for Latin names, which stand whole."""
    return words.languages_of(WORD.findall(name)[0])[0]
