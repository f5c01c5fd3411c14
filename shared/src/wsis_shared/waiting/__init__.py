"""What waits for staff in a service: how much of each kind, and since when.

A service declares kinds in its manifest, and its route by `wsis_shared.waiting.routes`; the bus answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote


@dataclass(frozen=True)
class Waiting:
    """Documents of `collection` that match `query` wait for somebody with `permission`; others are not told of them.
    `since` is the field with the time since when; they wait from `after` that time on.
    `sum_of`: the field that says how many each stands for, where it is not one.
    `page` is where staff work on the oldest, below the language: "/desk/entries/{id}". Its variables are fields of the
    document; `id` is that of the document. Its title is in the part `waiting` of the texts of its plugin."""

    code: str
    summary: str
    permission: str
    collection: str
    query: Mapping[str, object]
    since: str
    after: timedelta | None = None
    sum_of: str = ""
    page: str = ""

    def page_of(self, document: Mapping[str, object]) -> str | None:
        """The page of a document; None where it lacks what the address needs."""
        try:
            return self.page.format_map({name: quote(str(value), safe="") for name, value in _named(document)})
        except KeyError:
            return None


def _named(document: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    return ((name.lstrip("_"), value) for name, value in document.items() if isinstance(value, str | int))
