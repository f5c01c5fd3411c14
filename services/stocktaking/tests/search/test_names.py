"""Titles of codes, as reference data have them and as people write them (`data/names.yaml`), find the entries that have
the code and no other: here each entry has one, and no words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from wsis_shared import reference
from wsis_shared.schemas import LOCALES

from wsis_stocktaking.register.rules.cards import facet_values
from wsis_stocktaking.register.rules.codes import title_of
from wsis_stocktaking.search.index.tantivy_index import TantivyIndex
from wsis_stocktaking.search.rules import RELEVANCE, SearchQuery

from ..index_kit import make_bare_card

NAMES: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "names.yaml").read_text(encoding="utf-8")
)
SAME = {  # titles that another code has too, with how many
    "C4": 2,
    "C5.capacity_building": 2,
    "C1.partnerships": 2,
    "CG": 2,
}


@pytest.fixture(scope="module")
def index(make_content: Any) -> TantivyIndex:
    changes: list[dict[str, Any]] = [{"countries": [country.code]} for country in reference.countries()]
    for line in reference.action_lines():
        themes = [[], *([theme.code] for theme in line.sub_themes)]
        changes += [{"action_lines": [{"line": line.code, "sub_themes": some}]} for some in themes]
    changes += [{"sdgs": [goal.number]} for goal in reference.sdgs()]
    made = TantivyIndex()
    made.apply(
        [make_bare_card(make_content, f"x{number}", number, **each) for number, each in enumerate(changes, 1)],
        [],
        len(changes),
    )
    return made


def _titles(language: str) -> Iterator[tuple[str, str]]:
    for country in reference.countries():
        yield "country", country.code
    for line in reference.action_lines():
        yield "action_line", line.code
        yield from (("sub_theme", f"{line.code}.{theme.code}") for theme in line.sub_themes)
    for goal in reference.sdgs():
        yield "sdg", str(goal.number)


def _find(index: TantivyIndex, text: str, facet: str, code: str) -> tuple[int, int]:
    """(entries found that have the code, all found)."""
    cards = [hit.card for hit in index.search(SearchQuery(text, sort=RELEVANCE), limit=400).hits]
    return sum(code in facet_values(card, 2016)[facet] for card in cards), len(cards)


def _number(index: TantivyIndex, facet: str, code: str) -> int:
    return index.search(SearchQuery("", {facet: (code,)}), limit=1).total


@pytest.mark.parametrize("language", LOCALES)
def test_title_of_a_code_finds_what_has_it(index: TantivyIndex, language: str) -> None:
    wrong = []
    for facet, code in _titles(language):
        title, number = title_of(facet, code, language), _number(index, facet, code)
        for text in {title, title.lower()}:
            right, found = _find(index, text, facet, code)
            if right < number or found > number * SAME.get(code, 1):
                wrong.append(f"{text} ({code}): {right} of {number}, and {found - right} besides")
    assert wrong == []


@pytest.mark.parametrize(("facet", "code", "names"), [(f, c, n) for f, rows in NAMES.items() for c, n in rows.items()])
def test_people_name_a_code_as_they_do(index: TantivyIndex, facet: str, code: str, names: str) -> None:
    number = _number(index, facet, code)
    found = {name: _find(index, name, facet, code)[0] for name in names.split(", ")}
    assert found == dict.fromkeys(found, number)


@pytest.mark.parametrize(
    ("text", "other"), [("Nigeria", "NE"), ("Liberia", "LY"), ("لبنان", "BJ"), ("Sudán", "SS"), ("Нигер", "NG")]
)
def test_name_of_a_country_finds_no_like_one(index: TantivyIndex, text: str, other: str) -> None:
    assert _find(index, text, "country", other) == (0, 1)
