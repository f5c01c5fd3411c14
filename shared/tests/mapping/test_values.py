"""What cells and columns of foreign tables say: yes or no, codes of a list, numbers of rows."""

from __future__ import annotations

import pytest
from wsis_shared.mapping import vocabulary
from wsis_shared.mapping.answers import answer
from wsis_shared.mapping.column import Column, columns_of
from wsis_shared.mapping.confirming import to_response
from wsis_shared.mapping.documents import RowMapping
from wsis_shared.mapping.values import codes_of, words_of


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("x", True),
        (" ✓ ", True),
        ("oui", True),
        ("有", True),
        ("", False),
        ("–", False),
        ("N/A", False),
        ("нет", False),
        ("✓ partly", None),
        ("2", None),
        ("yes, but later on", None),
    ],
)
def test_a_cell_says_yes_or_no_or_something_else(cell: str, *, said: bool | None) -> None:
    assert answer(cell) is said


def column(*cells: str) -> Column:
    return columns_of(["One"], ([cell] for cell in cells))[0]


def test_a_column_knows_what_its_cells_are() -> None:
    keys, numbers, marks = column("WA/1", "WA/2", "n/a"), column("1.", "2)", "3", "Total"), column("x", "", "-")
    assert (keys.is_distinct, keys.has_gaps, keys.is_running) == (True, True, False)
    assert (numbers.is_running, numbers.is_numeric, numbers.has_gaps) == (True, True, False)
    assert (marks.is_marked, column("x", "2").is_marked, column("", "-").is_marked) == (True, False, False)


def test_a_value_that_comes_twice_is_no_key() -> None:
    assert not column("WA/1", "WA/1", "WA/2").is_distinct


@pytest.mark.parametrize("cells", [("1", "3", "4"), ("2", "3"), ("1", "2", "Total", "Sum"), ("Total",)])
def test_what_does_not_count_from_one_numbers_no_rows(cells: tuple[str, ...]) -> None:
    assert not column(*cells).is_running


@pytest.mark.parametrize(
    ("cell", "codes", "unread"),
    [
        ("Kenya; Ghana", ["KE", "GH"], []),
        ("Kenya and Ghana", ["KE", "GH"], []),
        ("Bosnia and Herzegovina, Kenya", ["BA", "KE"], []),
        ("Kenya, Atlantis, Ghana", ["KE", "GH"], ["Atlantis"]),
        ("Kenya; Kenya", ["KE"], []),
        ("n/a", [], []),
    ],
)
def test_the_codes_of_a_list_and_what_is_left(cell: str, codes: list[str], unread: list[str]) -> None:
    assert codes_of(cell, vocabulary.of("countries").find) == (codes, unread)


def test_a_comma_parts_words_where_nothing_else_does() -> None:
    assert words_of("networks, schools") == ["networks", "schools"]
    assert words_of("networks, rural; schools.") == ["networks, rural", "schools"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Universitty", ("academia",)),
        ("State university", ("academia",)),
        ("北京师范大学研究所", ("academia",)),
        ("University (ministry)", None),
        ("not a ministry", None),
        ("大", None),
    ],
)
def test_what_a_value_may_mean_is_proposed(text: str, codes: tuple[str, ...] | None) -> None:
    assert vocabulary.of("stakeholder_types").likely(text) == codes


def test_a_confirmed_column_shows_its_fields() -> None:
    columns = [
        {"column": name, "fields": fields, "day_order": None}
        for name, fields in (("A", []), ("B", ["title"]), ("C", ["start", "end"]))
    ]
    mapping: RowMapping = {"columns": columns, "constants": [], "values": []}  # type: ignore[typeddict-item]
    shown = [(each["column"], each["field"], each["also"]) for each in to_response(mapping)["columns"]]
    assert shown == [("A", None, None), ("B", "title", None), ("C", "start", "end")]
