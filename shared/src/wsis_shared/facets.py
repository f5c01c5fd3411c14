"""Facets: what public events are about, in codes by which agencies select them.

An event type declares where its data have them (`EventType.facets`): facet -> path of the field, "nominees.category". A
path leads through lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

FACETS = ("action_lines", "sdgs", "regions", "languages")


def facets_of(data: Mapping[str, object], paths: Mapping[str, str]) -> dict[str, list[object]]:
    """Facet -> its values in `data`, each once; a facet without a value is missing."""
    found = {name: list(dict.fromkeys(_values(data, path.split(".")))) for name, path in paths.items()}
    return {name: values for name, values in found.items() if values}


def _values(value: Any, path: Sequence[str]) -> Iterator[object]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item, path)
    elif value is not None:
        if path:
            yield from _values(value.get(path[0]), path[1:])
        else:
            yield value
