"""How much the name of a column looks like those of a field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from rapidfuzz import fuzz
from wsis_shared.mapping.words import data, fold

_LIKE = 80  # of a name to a synonym
_PARTS = re.compile(r"[/|,&+\n]|\s-\s|\s(?:and|et|y|e|и|و)\s|[(（\[]")

Synonyms = Mapping[str, Mapping[str, str]]
"""By field the folded names of its columns, each with its language."""


def synonyms_of(said: Mapping[str, Mapping[str, Sequence[str]]]) -> Synonyms:
    """The synonyms of a data file: field -> language -> names, also as they were spelled before 1990."""
    found: dict[str, dict[str, str]] = {}
    for field, languages in said.items():
        names = found.setdefault(field, {})
        for language, words in languages.items():
            for word in words:
                names.setdefault(fold(word), language)
                if language == "pt":
                    names.setdefault(_before_1990(fold(word)), language)
    return found


def _before_1990(name: str) -> str:
    """A Portuguese name in the orthography that Angola and Mozambique keep: "accao", "projecto"."""
    for now, before in data("spelled_before_1990").items():
        name = re.sub(rf"\b{now}", str(before[0]), name)
    return name


@lru_cache(maxsize=128)  # the name of a column is compared with those of all fields
def names_of(name: str) -> tuple[str, ...]:
    """A name, and the names in it: of "Titre / Title", of "Country (ISO)"."""
    return tuple(found for found in dict.fromkeys(map(fold, (name, *_PARTS.split(name)))) if found)


def likeness(name: str, known: Mapping[str, str]) -> float:
    """How much the name of a column looks like those of a field, 0 to 100."""
    best = 0.0
    parts = names_of(name)
    if language_mark(name) and (unmarked := _without_mark(parts[0])):
        parts = (unmarked,)
    for place, part in enumerate(parts):
        weight = 1.0 if place == 0 else 0.97 - 0.02 * place  # "End (month/year)" is no year
        if part in known:
            return 100.0 * weight
        for synonym in known:
            best = max(best, weight * _like(part, synonym))
    return best


def _like(part: str, synonym: str) -> float:
    if len(synonym) < 4:  # "no" is in everything
        return 75.0 if not synonym.isascii() and len(synonym) > 1 and synonym in part else 0.0
    if f" {synonym} " in f" {part} " or (not synonym.isascii() and synonym in part):
        return 60.0 + 35.0 * len(synonym) / len(part)
    score = fuzz.token_sort_ratio(part, synonym)
    return score if score >= _LIKE else 0.0


def language_mark(name: str) -> str | None:
    """The language that the name of a column says: "Title (French)", "Название (англ.)", "title_fr"."""
    plain = fold(name)
    words = plain.split()
    for language, marks in _language_marks().items():
        if len(words) > 1 and (words[-1] in marks or words[0] in marks):
            return language
        if any(not mark.isascii() and len(mark) > 1 and mark in plain for mark in marks):
            return language
    return None


@cache
def _language_marks() -> Mapping[str, frozenset[str]]:
    """What marks a language in names, folded, by language."""
    return {language: frozenset(map(fold, names)) for language, names in data("language_marks").items()}


def _without_mark(name: str) -> str:
    """ "title en" without its language."""
    marks = {mark for found in _language_marks().values() for mark in found}
    words = name.split()
    return " ".join(words[:-1] if words[-1] in marks else words[1:] if words[0] in marks else [])
