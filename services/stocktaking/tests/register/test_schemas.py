from __future__ import annotations

from typing import Any

import pytest

from wsis_stocktaking.register import schemas
from wsis_stocktaking.register.rules.cards import FACETS
from wsis_stocktaking.search.schemas import Filters


def test_a_search_filters_by_each_facet() -> None:
    assert tuple(Filters().fields) == FACETS


def test_a_complete_content_is_taken_as_it_is(make_content: Any) -> None:
    assert schemas.ContentBody().load(make_content()) == make_content()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": {"fr": "Agriculteurs"}}, "title"),
        ({"countries": []}, "countries"),
        ({"coverage": "regional", "countries": []}, "regions"),
        ({"end_date": "2013-12-31"}, "end_date"),
        ({"start_date": "1492-01-01"}, "start_date"),
        ({"action_lines": []}, "action_lines"),
        ({"action_lines": [{"line": "C2", "sub_themes": ["partnerships"]}]}, "action_lines"),
    ],
)
def test_what_does_not_fit_is_named(make_content: Any, changes: dict[str, Any], field: str) -> None:
    assert list(schemas.ContentBody().validate(make_content(**changes))) == [field]
