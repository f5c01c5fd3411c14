"""What can be searched for. The index answers it; nothing here knows how.

In a text only quotes and a minus before a word mean something: "..." is an exact phrase, -word excludes it. Everything
else is words; a quote without a partner and other signs separate them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from wsis_stocktaking.search import errors

RELEVANCE, NEWEST, OLDEST = SORTS = ("relevance", "newest", "oldest")
MAX_WORDS = 20  # of a text; two Chinese or Japanese characters count as one

# Ranges of characters that are written without spaces between words, and marks that belong to the letter before them.
IDEOGRAPHS = "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_MARKS = "\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
_LETTER = rf"(?![{IDEOGRAPHS}_])[\w{_MARKS}]"
WORD = re.compile(rf"[{IDEOGRAPHS}]+|(?:{_LETTER})+")
RUN = re.compile(rf"[{IDEOGRAPHS}]+")
_IDEOGRAPH = re.compile(rf"[{IDEOGRAPHS}]")
_JOINED = re.compile(rf"(?:{_LETTER})+(?:[-‐‑.](?:{_LETTER})+)*|[{IDEOGRAPHS}]+")
_PART = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<words>[^\s"]+))|"')
_QUOTES = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d\uff02", '"'))
_MINUS = re.compile(r"(?<!\S)[\u2212\u2013\uff0d](?=\S)")


@dataclass(frozen=True)
class SearchQuery:
    """`text` as a person typed it, and `filters`: facet -> codes. An entry fits if it has any of the codes of each
    facet that is named."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = NEWEST


@dataclass
class Counts:
    """Entries by the codes of two facets, and by those of each."""

    cells: Mapping[tuple[str, str], int]
    rows: Mapping[str, int]
    columns: Mapping[str, int]
    total: int


@dataclass(frozen=True)
class Term:
    """Words that an entry must have in this order, or must not have. `exact`: in these forms, as typed in quotes.
    Several words that are not exact were written as one: e-health."""

    words: tuple[str, ...]
    exact: bool = False
    excluded: bool = False


def parse(text: str) -> list[Term]:
    """The terms of a text, in their order; none of a blank one. Raises Invalid with the field `q`: no word, or more
    than MAX_WORDS."""
    terms = list(_terms(unicodedata.normalize("NFKC", _MINUS.sub("-", text.translate(_QUOTES)))))
    if text.strip() and not terms:
        raise errors.no_word()
    if sum(_weight(word) for term in terms for word in term.words) > MAX_WORDS:
        raise errors.too_many_words(MAX_WORDS)
    return terms


@cache
def words_with(initials: str) -> re.Pattern[str]:
    """Finds the words of `WORD` that begin with one of these letters. It begins with a set of letters, which the
    engine looks for without trying each position. It takes milliseconds to make."""
    return re.compile(rf"[{re.escape(initials)}](?<!{_LETTER}.)(?:{_LETTER})*", re.DOTALL)


def is_ideographic(word: str) -> bool:
    """Is it a run of Chinese or Japanese characters, as `WORD` finds them?"""
    return _IDEOGRAPH.match(word) is not None


def _weight(word: str) -> int:
    return (len(word) + 1) // 2 if is_ideographic(word) else 1


def _terms(text: str) -> Iterator[Term]:
    for part in _PART.finditer(text):
        excluded, phrase = part["minus"] is not None, part["phrase"]
        if phrase is not None:
            if words := tuple(WORD.findall(phrase)):
                yield Term(words, exact=True, excluded=excluded)
        elif excluded and (words := tuple(WORD.findall(part["words"]))):
            yield Term(words, excluded=True)  # -e-health excludes the two words side by side
        else:
            yield from (Term(tuple(WORD.findall(joined))) for joined in _JOINED.findall(part["words"] or ""))
