"""Searches as queries of the engine, built by its API: no text of a person is ever parsed as a query language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tantivy import Occur, Query, Searcher

from wsis_stocktaking.search.index import words
from wsis_stocktaking.search.index.corrections import Corrections, fields_of
from wsis_stocktaking.search.index.documents import ABBREVIATIONS, WORDS, schema
from wsis_stocktaking.search.index.filters import any_of, phrase
from wsis_stocktaking.search.index.labels import Codes, labels
from wsis_stocktaking.search.rules import Term, is_ideographic, parse

TITLE_BOOST, PREFIX_BOOST, TYPO_BOOST, PIECES_BOOST, LABEL_BOOST, ARTICLE_BOOST = 3.0, 0.4, 0.3, 0.5, 1.0, 0.2
PREFIX_LETTERS = 3  # of the last word, before it also stands for longer ones
SHORT = 3  # words; a search with fewer drops no stop word that may be a name
MOST_CORRECTED = 12  # words of a search; in a longer one no word is corrected, which may cost milliseconds each
SPLIT_LETTERS = 3  # of each half of a word that may stand as two
HYPHENATED = ("e", "m", "co", "on", "up", "wi", "fi")  # ehealth, mlearning, cooperation, online, startup, wifi
_TIE = 0.1
# In Chinese what "of" and "and" are elsewhere; but not in 目的, 共和国, 和平, 参与, 普及 and the like.
_PARTICLE = re.compile(
    r"(?<!目)的|(?:^|(?<=..))(?:(?<![共总饱缓温])和(?![平谐解睦])|(?<!参)与(?!会)|(?<![普涉以])及(?!时)|以及)(?=..|$)"
)


class TextQuery:
    """The query of a text: every term must be there, none of the excluded ones; an article need not. A word may be in
    the text of an entry or, of several languages, in the title of one of its codes. A word that no entry has, or few,
    stands for its nearest ones too."""

    def __init__(self, text: str, searcher: Searcher, corrections: Corrections | None = None) -> None:
        self._text, self._searcher = text, searcher
        self._corrections = corrections or Corrections(searcher)
        terms = parse(text)
        self._excluded = [term for term in terms if term.excluded]
        parts = _named_together([part for term in terms if not term.excluded for part in _parts(term)])
        asked = [clause for part in parts for clause in _clauses(part)]
        self._short = sum(len(term.words) for term in asked) < SHORT
        articles = [term for term in asked if self._is_article(term)]
        self.wanted = [term for term in asked if term not in articles] or asked
        self._articles = articles if self.wanted is not asked else []
        self._last = terms[-1] if terms and not terms[-1].excluded and not terms[-1].exact else None
        singles = [term.words[0] for term in self.wanted if _is_single(term)]
        self._codes = labels().by_word(singles, self._named()) if singles else {}
        self._joined = self._joined_words()
        self._corrected: dict[str, tuple[str, ...]] = {}

    @property
    def empty(self) -> bool:
        """Does everything fit?"""
        return not self.wanted and not self._excluded

    def build(self) -> Query:
        """The query, with scores."""
        parts = [(Occur.Must, self._term(term)) for term in self.wanted]
        if not parts:
            parts = [(Occur.Must, Query.all_query())]
        for term in self._articles:
            parts.append((Occur.Should, _boost(_term_query(WORDS, words.plain(term.words[0])), ARTICLE_BOOST)))
        return Query.boolean_query([*parts, *((Occur.MustNot, _exact(term)) for term in self._excluded)])

    def is_prefix(self, term: Term) -> bool:
        """Does it stand for longer words too? A short one that entries have does not: art, article."""
        folded = words.plain(term.words[0])
        letters = len(words.names(folded)[0])
        if term != self._last or letters < PREFIX_LETTERS:
            return False
        return letters > PREFIX_LETTERS or not self._corrections.is_known(folded)

    def corrections(self, term: Term) -> tuple[str, ...]:
        """The plain words that the word of this term stands for besides itself."""
        (word,) = term.words
        if len(self.wanted) > MOST_CORRECTED:
            return ()
        if word not in self._corrected:
            self._corrected[word] = () if self._is_right(term) else self._corrections.of(word)
        return self._corrected[word]

    def _is_right(self, term: Term) -> bool:
        """Is it the title of a code, a compound, or the beginning of a word?"""
        (word,) = term.words
        if word in self._codes or word in self._joined or self._split(word):
            return True
        folded = words.plain(word)
        unknown = self.is_prefix(term) and not self._corrections.is_known(folded)
        return unknown and bool(self._searcher.terms_with_prefix(WORDS, folded, limit=1))

    def corrected(self) -> dict[str, str]:
        """Word as it was typed -> the likeliest plain word that it stands for."""
        singles = [term for term in self.wanted if _is_single(term) and not term.exact]
        return {term.words[0]: found[0] for term in singles if (found := self.corrections(term))}

    def other_words(self, term: Term) -> set[str]:
        """The words, besides its own, that show where its word was found: corrections and the halves of a compound."""
        (word,) = term.words
        halves = [half for pair in self._split(word) for half in pair]
        return {*self.corrections(term), *self._joined.get(word, ()), *halves}

    def _named(self) -> Codes:
        """The codes of whole titles: C5, SDG 3."""
        found: dict[str, frozenset[str]] = {}
        for term in self.wanted:
            for facet, codes in labels().whole([words.plain(word) for word in term.words]).items():
                found[facet] = found.get(facet, frozenset()) | codes
        return found

    # -- terms --------------------------------------------------------------------------------------------------------

    def _is_article(self, term: Term) -> bool:
        """One that may be a name here, as "un" where entries write UN, is asked for."""
        if term.exact or len(term.words) > 1 or not words.article_languages(term.words[0]):
            return False
        return not self._searcher.doc_freq(ABBREVIATIONS, term.words[0].lower())

    def _term(self, term: Term) -> Query:
        if term.exact:
            return _exact(term)
        if len(term.words) > 1:
            return self._together(term.words)
        (word,) = term.words
        if is_ideographic(word):
            return Query.disjunction_max_query([_ideographs(word), *_of_codes(labels().of_run(word))], _TIE)
        if stop := words.stop_languages(word.lower()):
            return self._stop_word(word, stop)
        return self._word(term)

    def _word(self, term: Term) -> Query:
        (word,) = term.words
        folded = words.plain(word)
        if not folded:
            return Query.empty_query()
        found = [*_forms(word), _term_query(WORDS, folded), *_of_codes(self._codes.get(word, {}))]
        found += _of_codes(labels().whole((folded,)))
        if self.is_prefix(term) and not labels().is_name(folded):
            found.append(_boost(Query.fuzzy_term_query(schema(), WORDS, folded, 0, prefix=True), PREFIX_BOOST))
        for nearest in self.corrections(term):
            fields = [WORDS, *(name for language in words.languages_of(nearest) for name in fields_of(language))]
            same = [_term_query(name, nearest) for name in fields]
            found += [_boost(form, TYPO_BOOST) for form in (*_forms(nearest), *same)]
            found += _of_codes(labels().by_word([nearest]).get(nearest, {}))
        for joined in self._joined.get(word, ()):
            found += [*_forms(joined), _term_query(WORDS, joined), *_of_codes(labels().whole((joined,)))]
        for halves in self._split(word):
            found += [phrase(WORDS, halves), *self._side_by_side(halves)]
        return Query.disjunction_max_query(found, _TIE)

    def _stop_word(self, word: str, languages: Sequence[str]) -> Query:
        """A stop word that may be a name. In a short search, or in capitals, it is one where any entry has that name;
        else an entry need not have it that can be read in a language where it says little."""
        folded = word.lower()
        named = self._searcher.doc_freq(ABBREVIATIONS, folded) > 0
        alone = self._short or (len(word) > 1 and word.isupper())
        article = named and bool(words.article_languages(folded))
        codes = _of_codes(labels().whole((words.plain(word),))) if alone else []  # US
        if alone and named and not article:
            return Query.disjunction_max_query([_term_query(ABBREVIATIONS, folded), *codes], _TIE)
        found = (
            [_term_query(ABBREVIATIONS, folded)] if article else [*_forms(word), _term_query(WORDS, words.plain(word))]
        )
        found += codes
        if article or not alone:
            spoken = Query.boolean_query(
                [(Occur.Should, Query.term_query(schema(), "language", code)) for code in languages]
            )
            found.append(Query.const_score_query(spoken, 0.0))
        return Query.disjunction_max_query(found, _TIE)

    def _together(self, parts: Sequence[str]) -> Query:
        """Words that were written as one, or that are the title of a code: side by side in any form, as one word, or,
        where each says something, anywhere."""
        plain = [words.plain(part) for part in parts]
        found = [phrase(WORDS, plain), *_of_codes(labels().whole(plain))]
        found += self._side_by_side(parts)
        joined = "".join(plain)
        found += [*_forms(joined), _term_query(WORDS, joined), *_of_codes(labels().whole((joined,)))]
        each = [part for part in parts if not words.article_languages(part)]
        if len(each) > 1 and all(len(part) >= PREFIX_LETTERS for part in each):
            anywhere = [
                (Occur.Must, Query.disjunction_max_query([*_forms(part)], _TIE)) for part in each if _forms(part)
            ]
            found.append(_boost(Query.boolean_query(anywhere), PIECES_BOOST))
        return Query.disjunction_max_query(found, _TIE)

    def _side_by_side(self, parts: Sequence[str]) -> Iterator[Query]:
        """The words in any form, in each language whose entries have all."""
        for language in words.languages_of(parts[0]):
            stems = [words.stem(part, language) for part in parts]
            for name in fields_of(language):
                if all(self._searcher.doc_freq(name, stem) for stem in stems):
                    yield _boost(phrase(name, stems), TITLE_BOOST if name.startswith("title_") else 1.0)

    # -- compounds ----------------------------------------------------------------------------------------------------

    def _joined_words(self) -> dict[str, list[str]]:
        """Word -> compounds that entries have of it and the word beside it: cyber security, cybersecurity."""
        found: dict[str, list[str]] = {}
        for first, second in pairwise(self.wanted):
            if _is_single(first) and _is_single(second) and not is_ideographic(first.words[0] + second.words[0]):
                joined = words.plain(first.words[0]) + words.plain(second.words[0])
                if self._corrections.is_known(joined):
                    found.setdefault(first.words[0], []).append(joined)
                    found.setdefault(second.words[0], []).append(joined)
        return found

    def _split(self, word: str) -> list[tuple[str, str]]:
        """The two known words that it may be a compound of: cybersecurity, cyber security."""
        return self._corrections.halves(words.plain(word), SPLIT_LETTERS, HYPHENATED)


def _parts(term: Term) -> Iterator[Term]:
    """A run of Chinese characters as the names of codes in it and what stands between them."""
    if term.exact or not is_ideographic(term.words[0]):
        yield term
    else:
        yield from (Term((part,)) for part in labels().split(term.words[0]))


def _clauses(term: Term) -> Iterator[Term]:
    """A run of Chinese characters that names no code without its particles."""
    run = term.words[0]
    if term.exact or len(term.words) > 1 or not is_ideographic(run) or labels().of_run(run):
        yield term
    else:
        yield from (Term((clause,)) for clause in _PARTICLE.split(words.simplified(run)) if clause)


def _named_together(terms: list[Term]) -> list[Term]:
    """Terms side by side that are the whole title of a code as one term: South Africa, quality education, SDG 3."""
    found, at = [], 0
    while at < len(terms):
        for end in range(min(len(terms), at + labels().longest), at + 1, -1):
            phrase = [word for term in terms[at:end] for word in term.words]
            # "1 4" is no target, 1.4 is; words in quotes may be a part of a title: Faim « zéro ».
            apart = phrase[0].isdigit() or all(term.exact for term in terms[at:end])
            if not apart and labels().whole(list(map(words.plain, phrase))):
                found.append(Term(tuple(phrase)))
                at = end
                break
        else:
            found.append(terms[at])
            at += 1
    return found


def _is_single(term: Term) -> bool:
    return len(term.words) == 1 and not term.exact


def _of_codes(codes: Codes) -> list[Query]:
    """Entries that have one of these codes, all with the same score."""
    return [
        _boost(Query.const_score_query(any_of(facet, sorted(found)), 1.0), LABEL_BOOST)
        for facet, found in codes.items()
    ]


def _exact(term: Term) -> Query:
    return phrase(WORDS, [token for word in term.words for token in words.tokens(word)])


def _ideographs(run: str) -> Query:
    """The run as it stands, or, if it is longer, its pairs."""
    tokens = words.tokens(run)
    found = [_boost(phrase("title_zh", tokens), TITLE_BOOST), phrase(WORDS, tokens)]
    if len(run) > 3:
        pairs = [(Occur.Must, phrase(WORDS, words.tokens(piece))) for piece in words.pieces(run)]
        found.append(_boost(Query.boolean_query(pairs), PIECES_BOOST))
    return Query.disjunction_max_query(found, _TIE)


def _forms(word: str) -> list[Query]:
    """The stems of a word in each language of its script."""
    return [
        _boost(_term_query(name, stem), TITLE_BOOST if name.startswith("title_") else 1.0)
        for language in words.languages_of(word)
        if (stem := words.stem(word, language))
        for name in fields_of(language)
    ]


def _term_query(name: str, word: str) -> Query:
    return Query.term_query(schema(), name, word)


def _boost(query: Query, boost: float) -> Query:
    return Query.boost_query(query, boost) if boost != 1.0 else query
