"""Searches as queries of the engine, built by its API: no text of a person is ever parsed as a query language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tantivy import FieldType, Occur, Query, Searcher
from wsis_shared.json_types import JsonObject

from wsis_stocktaking.register.rules.cards import FACETS
from wsis_stocktaking.search.index import words
from wsis_stocktaking.search.index.documents import BODY_LANGUAGES, SEQUENCE, TITLE_LANGUAGES, WORDS, schema
from wsis_stocktaking.search.rules import Term, is_ideographic, parse

TITLE_BOOST, PREFIX_BOOST, TYPO_BOOST, PIECES_BOOST = 3.0, 0.4, 0.3, 0.5
PREFIX_LETTERS = 3  # of the last word, before it also stands for longer ones
MAX_CODES = 1000  # of a facet
_TIE = 0.1
_CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")

Filters = Mapping[str, Sequence[str]]


class TextQuery:
    """The query of a text: every term must be there, none of the excluded ones. A word that no entry has stands for
    those that differ in one letter, or in two from eight letters on."""

    def __init__(self, text: str, searcher: Searcher) -> None:
        self._searcher = searcher
        terms = parse(text)
        self.wanted = _without_stop_words([term for term in terms if not term.excluded])
        self._excluded = [term for term in terms if term.excluded]
        self._last = terms[-1] if terms and not terms[-1].excluded and not terms[-1].exact else None

    @property
    def empty(self) -> bool:
        """Does everything fit?"""
        return not self.wanted and not self._excluded

    def build(self) -> Query:
        """The query, with scores."""
        parts = [(Occur.Must, self._term(term)) for term in self.wanted]
        if not parts:
            parts = [(Occur.Must, Query.all_query())]
        return Query.boolean_query([*parts, *((Occur.MustNot, _exact(term)) for term in self._excluded)])

    def is_prefix(self, term: Term) -> bool:
        """Does it stand for longer words too?"""
        return term is self._last and len(words.plain(term.words[0])) >= PREFIX_LETTERS

    def distance(self, word: str) -> int:
        """Letters in which a word of an entry may differ from this one."""
        folded = words.plain(word)
        if is_ideographic(word) or len(folded) < 4 or self._is_known(word, folded):
            return 0
        return 1 if len(folded) < 8 else 2

    def _is_known(self, word: str, folded: str) -> bool:
        if self._searcher.doc_freq(WORDS, folded):
            return True
        return any(self._searcher.doc_freq(name, stem) for name, stem in _stems(word))

    def _term(self, term: Term) -> Query:
        if term.exact or len(term.words) > 1:
            return _exact(term)
        (word,) = term.words
        if is_ideographic(word):
            return _ideographs(word)
        folded = words.plain(word)
        if not folded:
            return Query.empty_query()
        found = [*_forms(word), _term_query(WORDS, folded)]
        if self.is_prefix(term):
            found.append(_boost(Query.fuzzy_term_query(schema(), WORDS, folded, 0, prefix=True), PREFIX_BOOST))
        if distance := self.distance(word):
            found.append(_boost(Query.fuzzy_term_query(schema(), WORDS, folded, distance), TYPO_BOOST))
        return Query.disjunction_max_query(found, _TIE)


def narrow(query: Query, filters: Filters, bounds: tuple[int | None, int | None] = (None, None)) -> Query:
    """The query with filters, which have no scores: any code of each facet, and `after` < sequence <= `until`."""
    parts = [(Occur.Must, query)]
    for facet, codes in filters.items():
        parts.append((Occur.Must, Query.const_score_query(_any_of(facet, codes), 0.0)))
    after, until = bounds
    if after is not None or until is not None:
        first = None if after is None else after + 1
        between = Query.range_query(schema(), SEQUENCE, FieldType.Unsigned, first, until)
        parts.append((Occur.Must, Query.const_score_query(between, 0.0)))
    return Query.boolean_query(parts) if len(parts) > 1 else query


def facet_groups(facets: Iterable[str], filters: Filters) -> Iterator[tuple[Filters, list[str]]]:
    """(filters, the facets that are counted under them): each is counted under all filters but its own."""
    unfiltered: list[str] = []
    filtered: list[str] = []
    for facet in facets:
        (filtered if facet in filters else unfiltered).append(facet)
    if unfiltered:
        yield filters, unfiltered
    for facet in filtered:
        yield {name: codes for name, codes in filters.items() if name != facet}, [facet]


def terms_aggregation(facet: str, inner: JsonObject | None = None) -> JsonObject:
    """Number of entries by code of a facet."""
    _known(facet, ())
    counted = {"terms": {"field": facet, "size": MAX_CODES}}
    return {**counted, "aggs": inner} if inner else counted


def _any_of(facet: str, codes: Sequence[str]) -> Query:
    """A set of terms would cost four times as much: the engine goes through all codes of the facet for it."""
    terms = [Query.term_query(schema(), facet, code, "basic") for code in _known(facet, codes)]
    return terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, term) for term in terms])


def _known(facet: str, codes: Sequence[str]) -> list[str]:
    """These codes, which have the form of codes. Raises ValueError; the schema of the query checks them before."""
    if facet not in FACETS or not all(_CODE.fullmatch(code) for code in codes):
        raise ValueError("a facet or code that cannot be")
    return list(codes)


def _without_stop_words(terms: list[Term]) -> list[Term]:
    kept = [term for term in terms if term.exact or not words.is_stop_word(term.words[0])]
    return kept or terms


def _exact(term: Term) -> Query:
    return _phrase(WORDS, [token for word in term.words for token in words.tokens(word)])


def _ideographs(run: str) -> Query:
    """The run as it stands, or, if it is longer, its pairs."""
    tokens = words.tokens(run)
    found = [_boost(_phrase("title_zh", tokens), TITLE_BOOST), _phrase(WORDS, tokens)]
    if len(run) > 3:
        pairs = [(Occur.Must, _phrase(WORDS, words.tokens(piece))) for piece in words.pieces(run)]
        found.append(_boost(Query.boolean_query(pairs), PIECES_BOOST))
    return Query.disjunction_max_query(found, _TIE)


def _forms(word: str) -> list[Query]:
    return [
        _boost(_term_query(name, stem), TITLE_BOOST if name.startswith("title_") else 1.0)
        for name, stem in _stems(word)
    ]


def _stems(word: str) -> list[tuple[str, str]]:
    """(field, stem) of a word in each language of its script."""
    found = []
    for language in words.languages_of(word):
        if stem := words.stem(word, language):
            found += [(f"title_{language}", stem)] if language in TITLE_LANGUAGES else []
            found += [(f"body_{language}", stem)] if language in BODY_LANGUAGES else []
    return found


def _phrase(name: str, tokens: Sequence[str]) -> Query:
    if not tokens:
        return Query.empty_query()
    return _term_query(name, tokens[0]) if len(tokens) == 1 else Query.phrase_query(schema(), name, list(tokens))


def _term_query(name: str, word: str) -> Query:
    return Query.term_query(schema(), name, word)


def _boost(query: Query, boost: float) -> Query:
    return Query.boost_query(query, boost) if boost != 1.0 else query
