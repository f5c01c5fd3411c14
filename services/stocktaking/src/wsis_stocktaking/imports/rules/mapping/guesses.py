"""What a value that no list knows may mean: proposed with a mapping, for a person to confirm."""

from __future__ import annotations

import re
from functools import cache

from wsis_shared import reference
from wsis_shared.reference.loading import read

from wsis_stocktaking.imports.rules.mapping.fields import GROUPS
from wsis_stocktaking.imports.rules.mapping.vocabulary import Codes, Vocabulary, of
from wsis_stocktaking.imports.rules.mapping.words import fold, folded

_PERCENT = re.compile(r"(?<![\d.,])(\d{1,3})(?:[.,]\d+)? ?[%٪％]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LONGEST, _SHORTEST_HAN = 100, 2  # characters of a value that is guessed, and of a Chinese word in it
_ALL = {
    "action_lines": tuple(line.code for line in reference.action_lines()),
    "sdgs": tuple(str(goal.number) for goal in reference.sdgs()),
}


def guess(field: str, text: str) -> Codes | None:
    """The codes that a value may mean; None where nothing, or more than one thing, speaks for it."""
    group, plain = GROUPS[field], fold(text)
    if group in _ALL and plain in folded("all"):
        return _ALL[group]
    if group == "statuses" and (percent := _PERCENT.search(text)):
        return _by_percent(int(percent[1]))
    known = _guessed(group)
    short = " ".join(word for word in plain.split() if not word.isdecimal() and word not in folded("fillers"))
    return known.codes.get(plain) or known.codes.get(short) or known.nearest(text) or _named_in(group, text)


def _by_percent(done: int) -> Codes | None:
    return ("planned",) if done == 0 else ("ongoing",) if done < 100 else ("completed",) if done == 100 else None


@cache
def _guessed(group: str) -> Vocabulary:
    """What is known, and what is only supposed."""
    said = read("import_values", "wsis_stocktaking")["guesses"].get(group, {})
    guesses = {fold(word): (code,) for code, words in said.items() for word in words}
    return Vocabulary({**guesses, **of(group).codes})


def _named_in(group: str, text: str) -> Codes | None:
    """ "State university", "Ongoing (phase 2)": the code of the words in it, where all of them have the same one. What
    is negated is something else, but for "non-profit"."""
    weak = read("import_values", "wsis_stocktaking")["weak"].get(group)
    if weak is None or len(text) > _LONGEST or any(word in text for word in folded("negations_han")):
        return None
    words = fold(text).split()
    named = {word: codes for word, codes in _strong(group).items() if _has(words, word)}
    rest = f" {' '.join(words)} "
    for word in sorted(named, key=len, reverse=True):
        rest = rest.replace(f" {word} ", " ")
    found = set(named.values())
    return found.pop() if len(found) == 1 and folded("negations").isdisjoint(rest.split()) else None


@cache
def _strong(group: str) -> dict[str, Codes]:
    weak = {fold(word) for word in read("import_values", "wsis_stocktaking")["weak"][group]}
    return {word: codes for word, codes in _guessed(group).codes.items() if word not in weak}


def _has(words: list[str], known: str) -> bool:
    if _HAN.search(known):
        return len(known) >= _SHORTEST_HAN and any(known in word for word in words)
    return f" {known} " in f" {' '.join(words)} "
