"""Words in one spelling, and the lists of `data/words.yaml`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from wsis_shared.mapping.han import simple_characters
from wsis_shared.reference.loading import read

PACKAGE = __package__ or ""

_NO_WORD = re.compile(r"[^\w#]+|_")
_LETTERS = str.maketrans({"ى": "ي", "ة": "ه", "ـ": "", "ё": "е", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})


def fold(text: str) -> str:
    """The words of a text in one spelling: no case, accents, punctuation; digits of any script as 0 to 9, Chinese
    characters simplified."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    if not plain.isascii():
        plain = plain.translate(_letters())
    kept = (_digit(char) for char in plain if not unicodedata.combining(char))
    return " ".join(_NO_WORD.sub(" ", "".join(kept)).split())


@cache
def _letters() -> dict[int, str]:
    return {**simple_characters(), **_LETTERS}


def _digit(char: str) -> str:
    return str(unicodedata.digit(char)) if char.isdigit() and not char.isascii() else char


def data(group: str) -> Mapping[str, list[str]]:
    """What tables write for the codes of a group."""
    found: Mapping[str, list[str]] = read("words", PACKAGE)[group]
    return found


@cache
def folded(group: str) -> frozenset[str]:
    """A list of words of the data file."""
    return frozenset(map(fold, data(group)))


def is_empty(text: str) -> bool:
    """Does a cell say that it says nothing?"""
    return not text.strip() or fold(text) in folded("empty")
