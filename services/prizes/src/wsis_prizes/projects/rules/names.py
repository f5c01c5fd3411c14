"""Canonical forms of organizations and titles: equal for what people write differently.

Spelling, case, diacritics, punctuation, articles, the order of words and the legal form ("Ltd", "S.A.R.L.") do not make
another entity. What is merely alike is told by `likeness`, with the evidence, for an officer to decide.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

from anyascii import anyascii
from cleanco.termdata import terms_by_type  # type: ignore[import-untyped]  # publishes no types
from rapidfuzz import fuzz

_APART = re.compile(r"[\W_]+")
_INITIALS = re.compile(r"(?<=\b\w)\.(?=\w\b)")
# Words that carry no name, in the suite's languages of Latin and Cyrillic script.
_FILLERS = frozenset(
    (
        "a",
        "al",
        "and",
        "at",
        "da",
        "das",
        "de",
        "del",
        "der",
        "des",
        "di",
        "die",
        "do",
        "dos",
        "du",
        "e",
        "el",
        "et",
        "for",
        "i",
        "in",
        "la",
        "las",
        "le",
        "les",
        "of",
        "os",
        "the",
        "und",
        "y",
        "и",
    )
)
# Legal forms that stand before the name; the Cyrillic ones are not in the library's list.
_BEFORE = frozenset(("ab", "pt", "ао", "зао", "оао", "ооо", "пао", "ип", "нко", "ано"))


@cache
def _legal_forms() -> frozenset[str]:
    return frozenset("".join(tokens(term)) for terms in terms_by_type.values() for term in terms) | _BEFORE


def fold(text: str) -> str:
    """Case, width, diacritics and ligatures folded; letters of other scripts than Latin stay as they are."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return "".join(
        anyascii(char) if unicodedata.name(char, "").startswith("LATIN") else char for char in bare
    ).casefold()


def tokens(text: str) -> list[str]:
    """The words of `text`, folded; "S.A." and "S A" written with dots is one word, "&" is "and"."""
    joined = _INITIALS.sub("", fold(text).replace("&", " and "))
    return [part for part in _APART.split(joined) if part]


def entity(organization: str) -> str:
    """The canonical form of an organization: what is left of its words without legal form and fillers, sorted."""
    words = tokens(organization)
    forms = _legal_forms()
    while len(words) > 1 and words[-1] in forms:
        words.pop()
    while len(words) > 1 and words[0] in _BEFORE:
        words.pop(0)
    kept = [word for word in words if word not in _FILLERS] or words
    return " ".join(sorted(kept)) or organization.casefold().strip()


def title(text: str) -> str:
    """The canonical form of a project's title; the order of words counts here."""
    return " ".join(tokens(text)) or text.casefold().strip()


def looked_for(text: str) -> list[str]:
    """The words that somebody looks for: those that carry no name count only where there are no others."""
    words = tokens(text)
    return [word for word in words if word not in _FILLERS and word not in _legal_forms()] or words


def found_in(words: Iterable[str], *texts: str) -> bool:
    """Does each of `words` (`looked_for`) begin a word of the texts? Without words all is found."""
    kept = [word for text in texts for word in _tokens(text)]
    return all(any(word.startswith(wanted) for word in kept) for wanted in words)


@lru_cache(maxsize=5000)  # the texts of some editions
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(tokens(text))


def likeness(one: str, other: str) -> int:
    """How alike two canonical forms are, 0 to 100, whatever the order of their words."""
    return round(fuzz.token_sort_ratio(one, other))
