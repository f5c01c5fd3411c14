"""The lists of `data/import_values.yaml`: words of registers, beside those of every service."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from wsis_shared.mapping.words import fold
from wsis_shared.reference.loading import read


def data(group: str) -> Mapping[str, list[str]]:
    """What registers write for the codes of a group."""
    found: Mapping[str, list[str]] = read("import_values", "wsis_stocktaking")[group]
    return found


@cache
def folded(group: str) -> frozenset[str]:
    """A list of words of the data file."""
    return frozenset(map(fold, data(group)))
