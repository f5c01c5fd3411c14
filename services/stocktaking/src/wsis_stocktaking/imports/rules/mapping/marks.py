"""Columns of a matrix: their names are values, "SDG 4" or "Government", and their cells only say yes or no."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from wsis_shared.mapping.values import codes_of
from wsis_shared.mapping.words import fold

from wsis_stocktaking.imports.rules.mapping import values
from wsis_stocktaking.imports.rules.mapping.fields import LISTS

FIELDS = ("sdgs", "action_lines", "organization.type", "status", "coverage", "kind", "countries")
_GOALS = 17  # columns with nothing but a number are goals where all are there: twelve may be months
_PARTS = re.compile(r"\s/\s|\n|[:：]")


def matrix(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """By column the field and the value that a mark in it says, of the names of columns with nothing but marks. A word
    is a value where another column of the field has one, and no other field has as many."""
    names = list(names)
    said = {name: {field: value for field in FIELDS if (value := _value(field, name))} for name in names}
    counts = Counter(field for each in said.values() for field in each)
    found = {}
    for name, fields in said.items():
        best = sorted(fields, key=lambda field: -counts[field])
        if not best or (len(best) > 1 and counts[best[0]] == counts[best[1]] and not _is_numbered(name)):
            continue
        field = next((each for each in best if each in LISTS), best[0]) if _is_numbered(name) else best[0]
        least = _GOALS if fold(fields[field]).isdecimal() else 1 if _is_numbered(name) else 2
        if counts[field] >= least:
            found[name] = (field, fields[field])
    return found


def _is_numbered(name: str) -> bool:
    return any(char.isdecimal() for char in name)


def _value(field: str, name: str) -> str | None:
    """The part of a name that is a value of a field: of "SDGs / SDG 4" the last one."""
    find = values.finder(field, {})
    for part in (name, *reversed(_PARTS.split(name))):
        if (text := " ".join(part.split())) and len(text) <= 100:
            codes, rest = codes_of(text, find)
            if codes and not rest:
                return text
    return None
