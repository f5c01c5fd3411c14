"""Codes of the register and its facets for people: titles in seven languages, in the order that people expect."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import TypedDict

from wsis_shared import reference
from wsis_shared.reference.loading import read

from wsis_stocktaking.register.rules.cards import PRIZES
from wsis_stocktaking.register.rules.contents import COVERAGES, KINDS, STATUSES


class Code(TypedDict):
    """A code with its titles by language."""

    code: str
    title: dict[str, str]


@cache
def _titles() -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = read("codes", "wsis_stocktaking")
    return found


def _rows(group: str, codes: Iterable[str]) -> list[Code]:
    return [{"code": code, "title": _titles()[group][code]} for code in codes]


def kind_rows() -> list[Code]:
    """Kinds of activities."""
    return _rows("kinds", KINDS)


def coverage_rows() -> list[Code]:
    """Coverages of activities."""
    return _rows("coverages", COVERAGES)


def status_rows() -> list[Code]:
    """Statuses of activities."""
    return _rows("statuses", STATUSES)


def prize_rows() -> list[Code]:
    """Prize statuses of entries."""
    return _rows("prizes", PRIZES)


def title(group: str, code: str, language: str) -> str:
    """The title of a code of "kinds", "coverages", "statuses" or "prizes"; raises KeyError."""
    return _titles()[group][code][language]


_Title = Callable[[str, str], str]


def title_of(facet: str, code: str, language: str) -> str:
    """The title of a code of a facet. Raises KeyError for an unknown facet, LookupError for an unknown code."""
    return _TITLES[facet](code, language)


def colour_of(facet: str, code: str) -> str | None:
    """The colour that a code has by its publisher: of goals and their targets; None of others."""
    return reference.sdg(int(code.partition(".")[0])).colour if facet in ("sdg", "target") else None


def in_order(facet: str, codes: Iterable[str], language: str) -> list[str]:
    """The codes as people expect them: those of a list in its order, years and targets by number, countries by name."""
    known = {code: place for place, code in enumerate(listed(facet))}
    if facet in ("country", "language"):
        return sorted(codes, key=lambda code: _plain(title_of(facet, code, language)))
    return sorted(codes, key=lambda code: (known.get(code, len(known)), code))


def _plain(text: str) -> str:
    """Letters without accents, small: É stands with e."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)).casefold()


def short_code(facet: str, code: str) -> str | None:
    """The code where people use it themselves, "C1" or "2.3"; None where only the title means something."""
    return code if facet in ("action_line", "sdg", "target") else None


@cache
def listed(facet: str) -> tuple[str, ...]:
    """The codes of a facet in the order of their list; none of one that no list closes."""
    lines = reference.action_lines()
    known: dict[str, tuple[str, ...]] = {
        "action_line": tuple(line.code for line in lines),
        "sub_theme": tuple(f"{line.code}.{theme.code}" for line in lines for theme in line.sub_themes),
        "sdg": tuple(str(goal.number) for goal in reference.sdgs()),
        "target": tuple(target for goal in reference.sdgs() for target in goal.targets),
        "region": tuple(region.code for region in reference.itu_regions()),
        "stakeholder_type": tuple(kind.code for kind in reference.stakeholder_types()),
        "kind": KINDS,
        "coverage": COVERAGES,
        "status": STATUSES,
        "prize": PRIZES,
    }
    return known.get(facet, ())


def _sub_theme(code: str, language: str) -> str:
    line, _, theme = code.rpartition(".")
    found = {each.code: each for each in reference.action_line(line).sub_themes}
    return reference.title(found[theme], language)


_TITLES: dict[str, _Title] = {
    "action_line": lambda code, language: reference.title(reference.action_line(code), language),
    "sub_theme": _sub_theme,
    "sdg": lambda code, language: reference.title(reference.sdg(int(code)), language),
    "target": lambda code, language: code,
    "country": lambda code, language: reference.title(reference.country(code), language),
    "region": lambda code, language: reference.title(reference.itu_region(code), language),
    "stakeholder_type": lambda code, language: reference.title(reference.stakeholder_type(code), language),
    "kind": lambda code, language: title("kinds", code, language),
    "coverage": lambda code, language: title("coverages", code, language),
    "status": lambda code, language: title("statuses", code, language),
    "year": lambda code, language: code,
    "language": reference.language_name,
    "prize": lambda code, language: title("prizes", code, language),
    "edition": lambda code, language: code,
}
