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
_LETTERS = str.maketrans(
    {"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": "", "ё": "е", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
)


class _Spelling(dict[int, str | None]):
    """What stands for a character: letters of one kind, no accents, digits as 0 to 9. Each is looked up once."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        digit = str(unicodedata.digit(char)) if char.isdigit() else char
        self[code] = None if unicodedata.combining(char) else digit
        return self[code]


@cache
def _spelling() -> _Spelling:
    return _Spelling({**simple_characters(), **_LETTERS})


def fold(text: str) -> str:
    """The words of a text in one spelling: no case, accents, punctuation; digits of any script as 0 to 9, Chinese
    characters simplified."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    if not plain.isascii():
        plain = plain.translate(_spelling())
    return " ".join(_NO_WORD.sub(" ", plain).split())


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
