"""Tables of other shapes: rows above those that they are of, and columns as rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from wsis_shared.tables import Table

from .table_kit import csv, read, xlsx

HEADER = ["Project title", "Country", "Status", "Start"]
FIRST, SECOND, THIRD = ([f"Project {number}", "KE", "ongoing", str(2010 + number)] for number in (1, 2, 3))


def codes(table: Table) -> set[str]:
    return {each["code"] for each in table.notes}


Write = Callable[[Path, list[list[str]]], Path]
WRITERS: list[Write] = [csv, lambda path, rows: xlsx(path, a=rows)]


@pytest.mark.parametrize("write", WRITERS)
def test_a_row_with_one_value_is_said_of_each_row_below_it(tmp_path: Path, write: Write) -> None:
    rows = [HEADER, ["KENYA"], FIRST, SECOND, ["GHANA"], THIRD, ["Compiled by the secretariat"]]
    table, found = read(write(tmp_path / "table", rows))
    assert table.columns == (*HEADER, "[§]")
    assert found == [[*FIRST, "KENYA"], [*SECOND, "KENYA"], [*THIRD, "GHANA"]]
    assert {"sections", "rows_below"} <= codes(table)


def test_a_table_that_begins_with_a_whole_row_has_no_sections(tmp_path: Path) -> None:
    table, found = read(csv(tmp_path / "table", [HEADER, FIRST, ["GHANA"], SECOND]))
    assert (table.columns, found[1][0], "sections" in codes(table)) == (tuple(HEADER), "GHANA", False)


def test_an_address_alone_is_above_nothing(tmp_path: Path) -> None:
    table, found = read(csv(tmp_path / "table", [HEADER, ["ama@people.example"], FIRST, SECOND]))
    assert (table.columns, len(found)) == (tuple(HEADER), 3)


@pytest.mark.parametrize("write", WRITERS)
def test_columns_that_stand_below_one_another_are_rows(tmp_path: Path, write: Write) -> None:
    rows = [list(cells) for cells in zip(HEADER, FIRST, SECOND, strict=True)]
    table, found = read(write(tmp_path / "table", rows))
    assert (table.columns, "transposed" in codes(table)) == (tuple(HEADER), True)
    assert found == [FIRST, SECOND]


def test_a_list_of_the_columns_is_no_table_beside_one(tmp_path: Path) -> None:
    meanings = [[name, f"What {name} is"] for name in HEADER]
    table, found = read(xlsx(tmp_path / "table", Meaning=meanings, Data=[HEADER, FIRST, SECOND]))
    assert (table.columns, found) == (tuple(HEADER), [FIRST, SECOND])


def test_questions_are_names_of_columns(tmp_path: Path) -> None:
    header = ["What is its name?", "Where does it take place?", "Is it planned, running or over?"]
    rows = [["Clinics by text", "Kenya", "Status"], ["Libraries", "Ghana", "over"]]
    assert read(csv(tmp_path / "table", [header, *rows]))[0].columns == tuple(header)


def test_what_stands_above_the_names_is_kept(tmp_path: Path) -> None:
    rows = [["Republic of Kenya"], ["ICT projects", "2017"], HEADER, FIRST, SECOND]
    assert read(csv(tmp_path / "table", rows))[0].above == ("Republic of Kenya", "ICT projects", "2017")
