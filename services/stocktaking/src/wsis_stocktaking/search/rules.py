"""What can be searched for. The index answers it; nothing here knows how.

In a text only quotes and a minus before a word mean something: "..." is an exact phrase, -word excludes it. Everything
else is words; a quote without a partner and other signs separate them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from wsis_stocktaking.register.rules.cards import (
    GREEN,
    RED,
    RED_YEARS,
    UNKNOWN,
    YELLOW,
    YELLOW_YEARS,
    before,
)
from wsis_stocktaking.search import errors

RELEVANCE, NEWEST, OLDEST, UPDATED, TITLE = SORTS = ("relevance", "newest", "oldest", "updated", "title")
NOT = "-"  # before a code: entries that do not have it
UPDATE, START, END = SPANS = ("updated", "start", "end")  # moments that an entry may have
MAX_WORDS = 30  # of a text, so that the title of an action line fits; two Chinese or Japanese characters count as one

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
class Span:
    """Entries whose moment of this name, one of SPANS, is not before `first` nor after `last`: seconds since 1970 of
    an update, days as 20100131 of start and end. With neither, entries that have none."""

    name: str
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class SearchQuery:
    """`text` as a person typed it, and `filters`: facet -> codes. An entry fits if it `admits` the codes of each facet
    that is named, one span of each group, and the words of `organization` in its name."""

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = NEWEST
    spans: tuple[tuple[Span, ...], ...] = ()
    organization: str = ""

    @property
    def unfiltered(self) -> tuple[str, tuple[tuple[Span, ...], ...], str]:
        """What tells two searches apart besides filters and order."""
        return self.text, self.spans, self.organization


def admits(codes: Iterable[str], values: Iterable[str]) -> bool:
    """Whether an entry with these values of a facet fits: it has any of the codes, and none of those with a minus."""
    known = set(values)
    wanted = {code for code in codes if not code.startswith(NOT)}
    excluded = {code.removeprefix(NOT) for code in codes if code.startswith(NOT)}
    return known.isdisjoint(excluded) and (not wanted or not known.isdisjoint(wanted))


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


def days(name: str, first: str | None, before: str | None) -> Iterator[tuple[Span, ...]]:
    """The span from a day, 2010-01-31, to the one before another; none without either."""
    if first or before:
        since, until = _number(name, first), _number(name, before)
        yield (Span(name, since or 0, None if until is None else until - 1),)


def fresh(lights: Iterable[str], now: datetime) -> Iterator[tuple[Span, ...]]:
    """The spans of updates that have these lights in this hour; none without lights."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    yellow, red = (int(before(hour, years).timestamp()) for years in (YELLOW_YEARS, RED_YEARS))
    spans = {
        GREEN: Span(UPDATE, yellow, None),
        YELLOW: Span(UPDATE, red, yellow - 1),
        RED: Span(UPDATE, 0, red - 1),
        UNKNOWN: Span(UPDATE),
    }
    if lights:
        yield tuple(spans[light] for light in lights)


def _number(name: str, day: str | None) -> int | None:
    if day is None:
        return None
    if name == UPDATE:
        return max(0, int(datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp()))
    return int(day.replace("-", ""))


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
