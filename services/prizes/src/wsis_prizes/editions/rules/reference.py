"""Reference data of the contest: categories, phases, and editions as announced; filters of mails."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache

from wsis_shared import reference
from wsis_shared.json_types import Input
from wsis_shared.reference.loading import Titles, UnknownCode, find, names, read, table
from wsis_shared.reference.sets import Row

_PACKAGE = "wsis_prizes"


@dataclass(frozen=True, slots=True)
class Category:
    """A prize category; its code is that of its action line, one category each."""

    number: int
    action_line: str
    title: Titles = field(compare=False)

    @property
    def code(self) -> str:
        """The code of the action line."""
        return self.action_line


@cache
def _categories() -> dict[int | str, Category]:
    by_number = table(Category, read("categories", _PACKAGE), key="number")
    return by_number | {item.code: item for item in by_number.values()}


def categories() -> tuple[Category, ...]:
    """The 18 prize categories by number."""
    return tuple(item for key, item in _categories().items() if key == item.number)


def category(key: int | str) -> Category:
    """A category by its number (10) or its action line ("C7.e-health"); raises UnknownCode."""
    return find(_categories(), key, "category")


def edition_seed(edition: int) -> Input:
    """The contest of an edition as announced: a fresh mapping in the shape of data/editions/2017.yaml.

    Dates are wall dates ("2017-02-15") of its `timezone`; a phase ends on its `end` at `daily_cutoff`.
    Raises UnknownCode for an edition without a file.
    """
    if f"editions/{edition}" not in names("editions", _PACKAGE):
        raise UnknownCode("prizes edition", edition)
    rows: Input = deepcopy(read(f"editions/{edition}", _PACKAGE))
    return rows


@cache
def _phases() -> dict[str, Input]:
    newest = names("editions", _PACKAGE)[-1]
    return {phase["code"]: phase for phase in read(newest, _PACKAGE)["phases"]}


def phase(code: str) -> Input:
    """A phase of the contest by its code ("public_voting"); raises UnknownCode."""
    return find(_phases(), code, "phase")


def category_rows() -> Iterator[Row]:
    """For `/v1/reference/prize_categories`."""
    for item in categories():
        yield {"code": item.code, "title": dict(item.title), "number": item.number, "action_line": item.action_line}


def category_title(code: str, locale: str) -> str:
    """A category's title for a sentence: "C4. Capacity building", without the "AL" of the English list."""
    return reference.title(category(code), locale).removeprefix("AL ")


# Name -> function of (value, locale). A LookupError leaves the value as it is.
FILTERS = {
    "category": category_title,
    "phase": lambda code, locale: reference.title(phase(code), locale),
}
