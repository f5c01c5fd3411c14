"""What a cell says: codes of a list, words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from wsis_shared.mapping.vocabulary import Codes
from wsis_shared.mapping.words import fold, is_empty

Find = Callable[[str], Codes | None]

_STRONG = re.compile(r"[;|\n\r\t•·●▪；]|\s/\s")
_WEAK = re.compile(r"( ?[,،、，/&+] ?| (?:and|et|y|e|и|و|和|及) | و(?=\w)|和)")
_WORDS = re.compile(r"[;|\n\r\t•●▪；]")
_COMMAS = re.compile(r"[,،、，]")
EMAIL = re.compile(r"[^\s<>()\[\],;:|@]{1,64}@[^\s<>()\[\],;:|@]{1,190}")
"""An address of mail in a text."""
EDGES = " \t.*-–—•·\u200e\u200f\u202a\u202b\u202c\u2066\u2069"
"""What is around a value and says nothing."""


def codes_of(cell: str, find: Find) -> tuple[list[str], list[str]]:
    """The codes of a list, and its parts that are not understood, as they were written. A comma may be within a name:
    the longest run of parts that is known counts."""
    found: list[str] = []
    unread: list[str] = []
    for part in (" ".join(part.split()).strip(EDGES) for part in _STRONG.split(cell)):
        if (codes := find(part)) is not None:
            found += codes
        elif not is_empty(part):
            _read_runs(part, find, found, unread)
    return list(dict.fromkeys(found)), unread


def _read_runs(part: str, find: Find, found: list[str], unread: list[str]) -> None:
    pieces, place, rest = _WEAK.split(part), 0, ""  # every second piece is a separator
    while place < len(pieces):
        for end in range(len(pieces), place, -2):
            run = "".join(pieces[place:end]).strip(EDGES)
            codes = () if (known := find(run)) is None and is_empty(run) else known
            if codes is not None:
                found += codes
                break
        else:
            rest += "".join(pieces[max(0, place - 1) if rest else place : place + 1])
            end = place + 1
        if rest and (codes is not None or end >= len(pieces)):
            unread.append(rest.strip(EDGES))
            rest = ""
        place = end + 1


def chosen(find: Find, choices: Mapping[str, Sequence[str]]) -> Find:
    """Reads one value: as a person chose (by its folded text), or as `find` does."""
    known: dict[str, Codes | None] = {}

    def one(text: str) -> Codes | None:
        if text not in known:
            said = choices.get(fold(text))
            known[text] = tuple(said) if said is not None else find(text)
        return known[text]

    return one


def words_of(cell: str) -> list[str]:
    """The parts of a list of names or words."""
    parts = _WORDS.split(cell)
    parts = _COMMAS.split(cell) if len(parts) == 1 else parts
    return [word for word in (" ".join(part.split()).strip(" .•*") for part in parts) if not is_empty(word)]
