"""Countries by their adjectives: "Kenyan", "françaises", "brasileira", "казахстанская" (`data/demonyms.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from wsis_shared.mapping.vocabulary import Codes
from wsis_shared.mapping.words import PACKAGE, fold
from wsis_shared.reference.loading import read

_RUSSIAN = re.compile(r"(?:ии|ий)\Z")  # folding takes the mark of й
_RUSSIAN_ENDS = ("ии", "ая", "ое", "ие", "их", "ои")
_LATIN_ENDS = ("s", "e", "es", "a", "as", "ne", "nes")  # française, francesa, italienne, their plurals


def find(text: str) -> Codes | None:
    """The country whose adjective a text is."""
    return _known().get(fold(text))


@cache
def _known() -> dict[str, Codes]:
    said = read("demonyms", PACKAGE)
    whole: dict[str, Codes] = {fold(word): (code,) for code, words in said.items() for word in words}
    found: dict[str, Codes] = {
        form: (code,) for code, words in said.items() for word in words for form in _forms(fold(word))
    }
    return found | whole  # "nigerian" is no form of "nigerien"


def _forms(word: str) -> Iterator[str]:
    if _RUSSIAN.search(word):
        yield from (f"{word[:-2]}{end}" for end in _RUSSIAN_ENDS)
        return
    yield from (f"{word}{end}" for end in _LATIN_ENDS)
    if word.endswith("ao"):
        yield from (f"{word[:-1]}", f"{word[:-1]}s", f"{word[:-2]}oes")
    elif word.endswith("o"):
        yield from (f"{word[:-1]}a", f"{word[:-1]}as")
    elif word.endswith("c"):
        yield f"{word[:-1]}que"
