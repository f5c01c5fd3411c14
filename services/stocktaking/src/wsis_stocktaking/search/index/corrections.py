"""What a word with a typing error stands for: the nearest words that entries have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby, islice

from rapidfuzz import process
from rapidfuzz.distance import OSA
from tantivy import Query, Searcher
from wsis_shared.schemas import LOCALES

from wsis_stocktaking.search.index import words
from wsis_stocktaking.search.index.documents import BODY_LANGUAGES, TITLE_LANGUAGES, WORDS, schema
from wsis_stocktaking.search.index.labels import labels
from wsis_stocktaking.search.rules import is_ideographic

SHORTEST, SHORTEST_KNOWN = 4, 5  # letters of a word that is corrected: of one that no entry has, of a rare one
TWO_ERRORS = 8  # letters of a word that may have two
SAME_LETTERS = 2  # at the beginning of a rare word and a like one
RARER, RARER_LONG, LONG = 20, 3, 9  # so many times rarer than a like word; of words of so many letters
MOST = 5  # words that one stands for


class Corrections:
    """Those of one state of the index, each made once."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._known: dict[str, tuple[str, ...]] = {}
        self._halves: dict[str, list[tuple[str, str]]] = {}

    def of(self, word: str) -> tuple[str, ...]:
        """The plain words or stems that this one stands for, the likeliest first. None for most words."""
        found = self._known.get(word)
        if found is None:
            found = self._known[word] = tuple(self._find(word))
        return found

    def halves(self, word: str, least: int, hyphenated: Collection[str]) -> list[tuple[str, str]]:
        """(first, second) where entries have both parts of a plain word, each of `least` letters or one of these short
        ones."""
        if word not in self._halves:
            pairs = [(word[:cut], word[cut:]) for cut in range(1, len(word))]
            self._halves[word] = [
                pair
                for pair in pairs
                if all(part in hyphenated or (len(part) >= least and not words.stop_languages(part)) for part in pair)
                and all(map(self._has, pair))
            ]
        return self._halves[word]

    def is_known(self, word: str) -> bool:
        """Has an entry, or a code's title, this plain word in any form?"""
        return labels().is_name(word) or self._has(word)

    def _has(self, word: str) -> bool:
        """Has an entry this plain word in any form?"""
        return bool(self._searcher.doc_freq(WORDS, word)) or bool(self.forms(word))

    def forms(self, word: str) -> dict[str, list[tuple[str, str]]]:
        """Language -> (field, stem) of a word, in the fields that have it."""
        found: dict[str, list[tuple[str, str]]] = {}
        for language in words.languages_of(word):
            pairs = fields_of(language)
            if (stem := words.stem(word, language)) and (
                known := [(name, stem) for name in pairs if self._searcher.doc_freq(name, stem)]
            ):
                found[language] = known
        return found

    def _find(self, word: str) -> Iterable[str]:
        folded = words.plain(word)
        if len(folded) < SHORTEST or is_ideographic(word) or labels().is_name(folded):
            return ()
        forms = self.forms(word)
        if forms or self._searcher.doc_freq(WORDS, folded):
            return self._more_frequent(folded, forms) if len(folded) >= SHORTEST_KNOWN else ()
        return self._nearest(word, folded)

    def _nearest(self, word: str, folded: str) -> list[str]:
        """Words and stems with the fewest errors: with the same first letter, or else any."""
        nothing: frozenset[str] = frozenset()
        typed = [(words.stem(word, language), fields_of(language), nothing) for language in words.languages_of(word)]
        typed.append((folded, [WORDS], labels().spellings))
        for first in (True, False):
            found: dict[str, tuple[int, int]] = {}
            for form, fields, others in typed:
                for term, errors, count in self._near(form, fields, others, form[:1] if first else ""):
                    found[term] = min(found.get(term, (errors, -count)), (errors, -count))
            ordered = sorted(found, key=lambda term: (found[term], term))
            for _, terms in groupby(ordered, key=lambda term: found[term][0]):
                if nearest := list(islice(filter(self._is_live, terms), MOST)):
                    return nearest
        return []

    def _is_live(self, term: str) -> bool:
        """Is it a code's spelling, or has an entry it still? The words of one that was withdrawn stay among the terms
        until later changes merge its segment."""
        return term in labels().spellings or any(
            self._searcher.search(Query.term_query(schema(), name, term), limit=1, count=False).hits
            for name in dict.fromkeys((WORDS, *(name for language in LOCALES for name in fields_of(language))))
        )

    def _near(
        self, form: str, fields: Iterable[str], others: Iterable[str], prefix: str
    ) -> Iterator[tuple[str, int, int]]:
        """(term, its errors, entries that have it)."""
        counts = {term: count for name in fields for term, count in self._searcher.terms_with_prefix(name, prefix)}
        choices = [*counts, *(term for term in others if term not in counts and term.startswith(prefix))]
        most = 2 if len(form) >= TWO_ERRORS and prefix else 1
        # Of whole words with the same first letter the singulars are compared too; of all it would take too long.
        for processor in (None, words.singular) if prefix and WORDS in fields else (None,):
            found = process.extract(
                form, choices, scorer=OSA.distance, processor=processor, score_cutoff=most, limit=None
            )
            yield from ((term, int(errors), counts.get(term, 0)) for term, errors, _ in found)

    def _more_frequent(self, folded: str, forms: dict[str, list[tuple[str, str]]]) -> list[str]:
        """Words one error away, if it is so much rarer than they in each of its languages that it may be one."""
        if "ar" in forms or words.stop_languages(folded):
            return []
        here = {language: self._frequency(pairs) for language, pairs in forms.items()}
        rarer = RARER if len(folded) < LONG else RARER_LONG
        if not here or rarer * max(here.values()) > self._searcher.num_docs:
            return []
        found = []
        near = [
            term
            for term, count in self._searcher.terms_with_prefix(WORDS, folded[:SAME_LETTERS])
            if abs(len(term) - len(folded)) <= 1 and count >= rarer and OSA.distance(term, folded, score_cutoff=1) == 1
        ]
        for term in near:
            theirs = self.forms(term)
            if all(
                language in theirs
                and theirs[language][0][1] != forms[language][0][1]
                and self._frequency(theirs[language]) >= rarer * count
                for language, count in here.items()
            ):
                found.append(term)
        return list(islice(filter(self._is_live, found), MOST))

    def _frequency(self, pairs: Iterable[tuple[str, str]]) -> int:
        return max(int(self._searcher.doc_freq(name, stem)) for name, stem in pairs)


def fields_of(language: str) -> list[str]:
    """The fields that have the stems of a language."""
    return [
        *([f"title_{language}"] if language in TITLE_LANGUAGES else []),
        *([f"body_{language}"] if language in BODY_LANGUAGES else []),
    ]
