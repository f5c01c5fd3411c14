"""Where in a text the words of a search are, as HTML: everything is escaped, but for <mark> around what was found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from heapq import merge
from html import escape

from wsis_stocktaking.register.rules.cards import Card
from wsis_stocktaking.search.index import words
from wsis_stocktaking.search.index.queries import TextQuery
from wsis_stocktaking.search.rules import RUN, WORD, is_ideographic, words_with

BEFORE, LENGTH = 60, 240  # characters of an excerpt before its first word, and in all
# Characters of descriptions that are looked at for one page: some 30 ms. An entry may have 42,000 of them.
MAX_SEARCHED = 100_000
_SPACE = re.compile(r"\s")

Span = tuple[int, int]


class Highlighter:
    """Marks the words of one search, in the entries of one page."""

    def __init__(self, query: TextQuery) -> None:
        self._words: set[str] = set()
        self._stems: dict[str, set[str]] = {}
        self._prefixes: tuple[str, ...] = ()
        runs: set[str] = set()
        for term in query.wanted:
            for word in term.words:
                if is_ideographic(word):
                    pairs = words.pieces(word) if len(word) > 3 and not term.exact else ()
                    runs |= {words.simplified(run) for run in (word, *pairs)}
                elif term.exact or _is_marked(word, term.words):
                    self._add(word, term.exact)
            if len(term.words) == 1 and not term.exact and not is_ideographic(term.words[0]):
                if query.is_prefix(term):
                    self._prefixes += (words.plain(term.words[0]),)
                for other in query.other_words(term):
                    self._add(other, exact=False)
        longest_first = sorted(runs, key=lambda run: (-len(run), run))
        self._runs = re.compile("|".join(map(re.escape, longest_first))) if runs else None
        self._fits: dict[tuple[str, str], bool] = {}
        self._left = MAX_SEARCHED
        self._candidates = self._patterns(query)

    def _add(self, word: str, exact: bool) -> None:
        self._words.add(words.plain(word))
        for language in () if exact else words.languages_of(word):
            self._stems.setdefault(language, set()).add(words.stem(word, language))

    def _patterns(self, query: TextQuery) -> list[re.Pattern[str]]:
        """What finds the words that may fit. Most are told apart by their first letter, but for what changes it: Arabic
        articles."""
        if self._runs is not None:
            return [WORD if self._words else RUN]
        arabic = any("ar" in words.languages_of(word) for term in query.wanted for word in term.words)
        initials = {word[:1] for word in self._words}
        if arabic or not initials <= words.initials().keys():
            return [WORD]
        return [words_with(words.initials()[initial]) for initial in sorted(initials)]

    def of_card(self, card: Card) -> dict[str, str]:
        """Field -> HTML of each title, description and name that has one of the words: {"title.en": "<mark>..."}. Of
        later entries of a page without the descriptions where those before were long."""
        found = {}
        for language, text in card["title"].items():
            if spans := list(self._spans(text, language)):
                found[f"title.{language}"] = _html(text, spans, 0, len(text))
        for language, text in card["description"].items():
            if self._left > 0 and (spans := self._first_spans(text, language)):
                found[f"description.{language}"] = _excerpt(text, spans)
        name = card["organization"]["name"]
        if spans := list(self._spans(name, card["original_language"])):
            found["organization.name"] = _html(name, spans, 0, len(name))
        return found

    def _first_spans(self, text: str, language: str) -> list[Span]:
        """Those of an excerpt: the first one, and others behind it as far as an excerpt goes."""
        spans: list[Span] = []
        for span in self._spans(text, language):
            if spans and span[0] > spans[0][0] + LENGTH:
                break
            spans.append(span)
        self._left -= spans[-1][1] if spans else len(text)
        return spans

    def _spans(self, text: str, language: str) -> Iterator[Span]:
        found = [pattern.finditer(text) for pattern in self._candidates]
        for word in found[0] if len(found) == 1 else merge(*found, key=re.Match.start):
            if not self._fit(word[0], language):
                continue
            if is_ideographic(word[0]):
                assert self._runs is not None  # noqa: S101 -- otherwise none of its characters fits
                yield from (run.span() for run in self._runs.finditer(words.simplified(text), *word.span()))
            else:
                yield word.span()

    def _fit(self, word: str, language: str) -> bool:
        key = (word, language)
        fits = self._fits.get(key)
        if fits is None:
            fits = self._fits[key] = self._decide(word, language)
        return fits

    def _decide(self, word: str, language: str) -> bool:
        if is_ideographic(word):
            return self._runs is not None and self._runs.search(words.simplified(word)) is not None
        folded = words.plain(word)
        return (
            folded in self._words
            or folded.startswith(self._prefixes)
            or (language in self._stems and words.stem(word, language) in self._stems[language])
        )


def _excerpt(text: str, spans: list[Span]) -> str:
    start = max(0, spans[0][0] - BEFORE)
    if start and (space := _SPACE.search(text, start, spans[0][0])):
        start = space.end()
    end = min(len(text), start + LENGTH)
    if end < len(text) and (space_at := max(text.rfind(" ", start, end), text.rfind("\n", start, end))) > spans[0][1]:
        end = space_at
    made = _html(text, [span for span in spans if span[1] <= end], start, end)
    return f"{'…' if start else ''}{made}{'…' if end < len(text) else ''}"


def _is_marked(word: str, beside: Sequence[str]) -> bool:
    """Not each "e" for e-health, nor each "de" for "éducation de qualité"."""
    if len(max(beside, key=len)) == 1:
        return True
    return len(word) > 1 and (len(beside) == 1 or not words.article_languages(word))


def _html(text: str, spans: list[Span], start: int, end: int) -> str:
    parts = []
    for first, last in spans:
        parts += [escape(text[start:first]), "<mark>", escape(text[first:last]), "</mark>"]
        start = last
    return "".join([*parts, escape(text[start:end])])
