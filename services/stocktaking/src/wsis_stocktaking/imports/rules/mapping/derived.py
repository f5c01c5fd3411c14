"""What the rest of a row tells of a field that its own cell does not say, or not in words that are known: who an
organization is by its name, how far an activity is by its dates, how far it reaches by its places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from functools import cache

from wsis_shared.mapping.words import fold

from wsis_stocktaking.imports.rules.mapping.words import data

_ANY_KIND = "other"
_HAN = re.compile(r"[\u3400-\u9fff]")


def type_of(name: str) -> str | None:
    """The stakeholder type that a name says: by its first word, else by all its words, where they agree."""
    text = f" {fold(name)} "
    types: set[str] = set()
    for word, code in _words().items():
        if _HAN.search(word):
            types |= {code} if word in text else set()
        elif f" {word} " in text:
            if text.startswith(f" {word} "):
                return code
            types.add(code)
    return types.pop() if len(types) == 1 else None


def commonest_type(names: Iterable[str]) -> str | None:
    """The type that most of the names say which say one."""
    found = Counter(filter(None, map(type_of, names)))
    return found.most_common(1)[0][0] if found else None


@cache
def _words() -> dict[str, str]:
    """Longest first: "national university" before "national"."""
    said = data("organization_words")
    words = {fold(word): code for code, each in said.items() for word in each}
    return dict(sorted(words.items(), key=lambda each: -len(each[0])))


def status_of(start: str | None, end: str | None, today: date, *, is_open: bool) -> str | None:
    """How far an activity is by its days, as ISO 8601; None where they do not tell."""
    now = today.isoformat()
    if start and start > now:
        return "planned"
    if end:
        return "completed" if end < now else "ongoing" if start else None
    return "ongoing" if is_open else None


def coverage_of(countries: Collection[str], regions: Collection[str]) -> str | None:
    """How far an activity reaches by its places."""
    if len(countries) == 1 and not regions:
        return "national"
    return "regional" if countries or len(regions) == 1 else "international" if regions else None


def kind_of() -> str:
    """The kind of what is called by no known word."""
    return _ANY_KIND
