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
from wsis_stocktaking.search.rules import RUN, WORD, is_ideographic

LEAST = 1 / 3  # part of the words of a title that a search must have to mean its code; of places all
PLACES = ("country", "region")
COMMON = 3  # titles; a word that more of them have means none alone: "electronic"
_COLON = re.compile(r"[:：]")  # "ICT applications: e-health"
LETTERS_C = ("C", "C ", "\u0421", "جيم ")  # of C5, as people write it: the third is of a Russian keyboard
_NAMES, _CASES = "names", "cases"  # of countries, instead of a language

_VARIANTS = {"zh": ("zh", "zh_Hant", "zh_Hant_HK")}  # of a language, in Unicode's CLDR

Codes = Mapping[str, frozenset[str]]  # facet -> codes
Title = tuple[str, str]  # facet and code


class Labels:
    """All titles, by their words."""

    def __init__(self) -> None:
        self._by_stem: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._written: dict[str, set[str]] = defaultdict(set)  # plain word -> languages whose titles have it
        self._titles: list[tuple[Title, int]] = []  # with the least number of words that mean it
        self._whole: dict[tuple[str, ...], set[Title]] = defaultdict(set)
        self._runs: dict[str, set[Title]] = defaultdict(set)  # Chinese titles
        for facet, code, language, text in sorted(set(_titles())):
            self._add((facet, code), language, text)
        for facet, code, name, written in _with_names_before():
            before, phrase = (tuple(map(words.plain, WORD.findall(text))) for text in (name, written))
            if len(before + phrase) > 1 or not phrase[0].isdigit():
                self._whole[before + phrase].add((facet, code))
            if before:
                self._whole[*before[:-1], before[-1] + phrase[0], *phrase[1:]].add((facet, code))  # SDG3
        self.longest = max(map(len, self._whole))
        names = sorted((run for run in self._runs if len(run) > 1), key=lambda run: (-len(run), run))
        self._cut = re.compile("|".join(map(re.escape, names)))
        single = {phrase[0] for phrase in self._whole if len(phrase) == 1}
        single |= {word for word in self._written if self.by_word([word])}
        # The single words that are titles or mean one, plain: a typing error may mean one of them.
        self.spellings = frozenset(word for word in single if len(word) > 3 and word.isalpha())

    def _add(self, title: Title, language: str, text: str) -> None:
        if language == "zh" and is_ideographic(text):
            self._add_runs(title, RUN.findall(words.simplified(text)))
            return
        found = WORD.findall(text)
        if whole := tuple(map(words.plain, found)):
            self._whole[whole].add(title)
            self._whole[("".join(whole),)].add(title)  # ehealth
        telling = {word for word in found if language not in words.article_languages(word)}
        is_country = title[0] == "country"
        stems = {words.names(word)[0] if is_country else words.stem(word, language) for word in telling} - {""}
        if not stems:
            return
        for stem in stems:
            self._by_stem[_NAMES if is_country else language, stem].append(len(self._titles))
        for word in telling:
            if not is_country:
                self._written[words.plain(word)].add(language)
            elif language == "ru":
                self._by_stem[_CASES, words.stem(word, "ru")].append(len(self._titles))
        least = len(stems) if title[0] in PLACES else max(1, -int(-len(stems) * LEAST // 1))
        self._titles.append((title, least))

    def _add_runs(self, title: Title, runs: Sequence[str]) -> None:
        if len(runs) == 1 or title[0] != "country":
            for run in runs:
                self._runs[run].add(title)
        if len(runs) > 1:
            self._whole[tuple(runs)].add(title)  # 刚果（金）

    def whole(self, phrase: Sequence[str]) -> Codes:
        """The codes whose whole title these plain words are."""
        return _by_facet(self._whole.get(tuple(phrase), ()))

    def by_word(self, typed: Iterable[str], named: Codes | None = None) -> dict[str, Codes]:
        """Word -> codes of the titles that these words mean: of a place all of its name, of others a third, or any
        one if the code is `named` besides: SDG 16 justice."""
        known = {(facet, code) for facet, codes in (named or {}).items() for code in codes}
        words_of: dict[int, set[str]] = defaultdict(set)
        for word in typed:
            if not is_ideographic(word):
                for number in self._numbers(word):
                    words_of[number].add(word)
        found: dict[str, set[Title]] = defaultdict(set)
        for number, of_title in words_of.items():
            title, least = self._titles[number]
            means = len(of_title) >= least and (title[0] == "country" or any(map(self._is_telling, of_title)))
            if means or (title in known and title[0] != "country"):
                for word in of_title:
                    found[word].add(title)
        return {word: _by_facet(titles) for word, titles in found.items()}

    def _numbers(self, word: str) -> Iterator[int]:
        """Titles that have the word: as it is written in some language, or else in any form of any. Names of countries
        have cases only: Nigeria is no form of Niger."""
        keys = [*((_NAMES, name) for name in words.names(word)), (_CASES, words.stem(word, "ru"))]
        countries = next((numbers for key in keys if (numbers := self._by_stem.get(key))), [])
        yield from countries
        for language in self._written.get(words.plain(word), () if countries else words.languages_of(word)):
            yield from self._by_stem.get((language, words.stem(word, language)), ())

    def _is_telling(self, word: str) -> bool:
        """Do few titles have it?"""
        titles = {self._titles[number][0] for number in self._numbers(word)}
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
    for language in LOCALES:
        yield from ((*row[:2], language, row[2]) for row in _titles_in(language))
    for facet, names in read("names", "wsis_stocktaking.search").items():
        for code, line in names.items():
            for name in line.split(", "):
                yield facet, code, _language_of(name), name


def _titles_in(language: str) -> Iterator[tuple[str, str, str]]:
    territories = [Locale.parse(each).territories for each in _VARIANTS.get(language, (language,))]
    for country in reference.countries():
        name = title_of("country", country.code, language)
        yield "country", country.code, name
        yield "country", country.code, name.partition("،" if language == "ar" else ",")[0]
        yield from (("country", country.code, names[country.code]) for names in territories if country.code in names)
    for region in reference.itu_regions():
        yield "region", region.code, title_of("region", region.code, language)
    for line in reference.action_lines():
        title = title_of("action_line", line.code, language)
        above = reference.title(reference.parent_line(line.parent), language) if line.parent else title
        parts = (part.strip() for part in _COLON.split(title))
        yield from (("action_line", line.code, text) for text in {title, above, *parts})
        for theme in line.sub_themes:
            code = f"{line.code}.{theme.code}"
            yield "sub_theme", code, title_of("sub_theme", code, language)
    for goal in reference.sdgs():
        yield "sdg", str(goal.number), title_of("sdg", str(goal.number), language)


def _with_names_before() -> Iterator[tuple[str, str, str, str]]:
    """(facet, code, what may stand before it, it as people write it)."""
    before = read("before_codes", "wsis_stocktaking.search")
    for facet, code, written in _numbers():
        yield from ((facet, code, name, written) for name in ("", *before[facet].split(", ")))


def _numbers() -> Iterator[tuple[str, str, str]]:
    for goal in reference.sdgs():
        yield "sdg", str(goal.number), str(goal.number)
        yield from (("target", target, target) for target in goal.targets)
    for line in reference.action_lines():
        for code in {line.code, line.parent or line.code}:
            yield from (("action_line", line.code, code.replace("C", letter)) for letter in LETTERS_C)


def _language_of(name: str) -> str:
    """Of an alias: its script says; an English stem is as good as another for Latin names, which stand whole."""
    return words.languages_of(WORD.findall(name)[0])[0]
