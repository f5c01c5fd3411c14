"""Letters of texts: variants folded, traditional Chinese characters as simplified ones."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from wsis_shared.mapping.han import simple_characters

_ARABIC = re.compile(r"[\u0600-\u06ff]")
_ARABIC_MARKS = re.compile(r"[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc]")
_SPELLINGS = {"ё": "е", "Ё": "Е", "œ": "oe", "Œ": "Oe"}
_LETTERS: dict[str, str | None] = {**_SPELLINGS, "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ـ": None}
_DIGITS = {zero + digit: str(digit) for zero in (0x660, 0x6F0) for digit in range(10)}  # Arabic and Persian ones


def prepare(text: str) -> str:
    """A text as the engine takes it: variants of letters folded, traditional Chinese characters as simplified ones."""
    if text.isascii():
        return text
    folded = unicodedata.normalize("NFKC", text).translate(_letters())
    return _ARABIC_MARKS.sub("", folded) if _ARABIC.search(folded) else folded


def without_accents(word: str) -> str:
    """A Latin word as a keyboard without accents writes it."""
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))


def simplified(run: str) -> str:
    """Chinese characters in their simplified forms, each in its place."""
    return run.translate(simple_characters())


@cache
def _letters() -> dict[int, str | None]:
    return {**simple_characters(), **str.maketrans(_LETTERS), **_DIGITS}
