"""The words of a comment, by which it is found in any of the languages: without case, accents and vowel signs.

Chinese has no spaces: each character is a word, and so are two that stand together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

MAX_WORDS = 1000  # of a comment; further ones do not find it
MAX_TERMS = 10  # of a search
ALL = "*"  # every published comment has it
_WORD = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+|[^\W_\u3400-\u4dbf\u4e00-\u9fff]+")
_LONGEST = 40  # characters of a word


def words_of(text: str) -> list[str]:
    """The words of a text, each once, in their order."""
    return list(dict.fromkeys(_words(text, together=False)))[:MAX_WORDS]


def terms_of(text: str) -> list[str]:
    """What a comment must have to be found by this text."""
    return list(dict.fromkeys(_words(text, together=True)))[:MAX_TERMS]


def in_language(code: str) -> str:
    """The word of all comments in a language."""
    return f"language:{code}"


def announced_in(discussion: str) -> str:
    """The word of the announcements of a discussion: one word, so that the index leads to them alone."""
    return f"announced:{discussion}"


def in_discussion(discussion: str) -> str:
    """The word of all comments of a discussion."""
    return f"discussion:{discussion}"


def _words(text: str, *, together: bool) -> Iterator[str]:
    """`together`: of Chinese the pairs alone, since a reader types words."""
    for found in _WORD.findall(_plain(text)):
        if not _is_chinese(found):
            yield found[:_LONGEST]
            continue
        if not together or len(found) == 1:
            yield from found
        yield from (found[at : at + 2] for at in range(len(found) - 1))


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if unicodedata.category(char) != "Mn" and char != "\u0640")


def _is_chinese(word: str) -> bool:
    return "\u3400" <= word[0] <= "\u9fff"
