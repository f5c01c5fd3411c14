"""Workbooks: what a cell holds is a text or refused, and no archive takes what the machine has."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from wsis_shared.tables.reading import read_table

from wsis_stocktaking.imports.reading.child import Reader

from .file_kit import Row, book, outcomes, printed, problems, reason, repacked


def test_dates_numbers_and_sheets_of_a_workbook(tmp_path: Path, row: Row) -> None:
    def add_sheet(workbook: Any) -> None:
        workbook.create_sheet("Notes")

    path = book(
        tmp_path / "register",
        {**row, "import_key": 17, "start_date": date(2014, 3, 1), "sdgs": 2, "comment": "x"},
        {**row, "start_date": 41699},
        change=add_sheet,
    )
    about = printed(path)[0]["about"]
    assert (about["unread_sheets"], about["unknown_columns"]) == (["Notes"], ["comment"])
    first, second = outcomes(path)
    assert (first["key"], first["content"]["start_date"], first["content"]["sdgs"]) == ("17", "2014-03-01", [2, 8])
    assert [field for field, _, _ in second["problems"]] == ["start_date"]


def test_days_count_from_1900_with_the_29_february_that_it_had_not(tmp_path: Path, row: Row) -> None:
    def show_as_dates(workbook: Any) -> None:
        column = list(row).index("start_date") + 1
        for cell in workbook.active.iter_cols(min_col=column, max_col=column, min_row=2):
            for each in cell:
                each.number_format = "yyyy-mm-dd"

    days = [{**row, "import_key": str(day), "start_date": day} for day in (59, 60, 61)]
    path = book(tmp_path / "register", *days, change=show_as_dates)
    column = list(row).index("start_date")
    found = [cells[column] for _, cells in read_table(path, {}).rows]
    assert found == ["1900-02-28", "1900-02-28", "1900-03-01"]


def test_a_formula_counts_by_its_value_and_without_one_it_is_refused(tmp_path: Path, row: Row) -> None:
    path = book(tmp_path / "register", {**row, "title.en": '="Digital"&" farmers"'})
    assert problems(path) == [(2, "title.en", "The cell has an error, or a formula without a value: =")]

    def calculated(name: str, content: bytes) -> bytes:
        return content.replace(b"</f><v></v>", b"</f><v>Digital</v>").replace(b"</f><v />", b"</f><v>Digital</v>")

    repacked(path, lambda name, content: calculated(name, content).replace(b'r="B2"', b'r="B2" t="str"'))
    assert outcomes(path)[0]["content"]["title"]["en"] == "Digital"


def test_half_a_pair_of_surrogates_is_no_text_and_ends_no_reader(tmp_path: Path, row: Row) -> None:
    row = {**row, "title.en": "half", "description.en": "whole"}
    path = book(tmp_path / "register", row, {**row, "import_key": "b"})
    escaped = {b">half<": b">a_xD800_b<", b">whole<": b">a_xD83D__xDE00_b<"}

    def changed(name: str, content: bytes) -> bytes:
        for text, code in escaped.items():
            content = content.replace(text, code)
        return content

    repacked(path, changed)
    with Reader(path, {}, after=0) as reader:
        found = [each["content"] for batch in reader.batches() for each in batch]
    assert [(each["title"]["en"], each["description"]["en"]) for each in found] == [("a\ufffdb", "a\U0001f600b")] * 2


def _sheet(change: Callable[[bytes], bytes]) -> Callable[[str, bytes], bytes]:
    return lambda name, content: change(content) if name == "xl/worksheets/sheet1.xml" else content


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda xml: xml.replace(b"</sheetData>", b'<row r="1000000000"><c><v>1</v></c></row></sheetData>'), "rows"),
        (lambda xml: xml.replace(b"</sheetData>", b'<row r="9"><c r="XFD9"><v>1</v></c></row></sheetData>'), "columns"),
        (
            lambda xml: xml.replace(b"</sheetData>", b'<row r="9"><c r="ZZZZZZZZ9"><v>1</v></c></row></sheetData>'),
            "columns",
        ),
        (
            lambda xml: xml.replace(
                b"</sheetData>", b'<row r="9"><c r="A9"><v>1</v></c><c r="9"><v>2</v></c></row></sheetData>'
            ),
            "damaged",
        ),
        (lambda xml: xml.replace(b"</sheetData>", b'<row r="9"><c r="!9"><v>1</v></c></row></sheetData>'), "damaged"),
        (lambda xml: xml.replace(b"</sheetData>", b'<row r="1"/></sheetData>'), "damaged"),
        (lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml.partition(b"?>")[2], "damaged"),
        (lambda xml: xml[:-30], "damaged"),
        (lambda xml: xml.replace(b"</sheetData>", b"<row>" * 100_000), "damaged"),
    ],
)
def test_sheets_that_are_no_register_are_refused(
    tmp_path: Path, row: Row, change: Callable[[bytes], bytes], expected: str
) -> None:
    assert reason(repacked(book(tmp_path / "register", row), _sheet(change))) == expected


def test_claimed_dimensions_are_not_believed(tmp_path: Path, row: Row) -> None:
    path = repacked(
        book(tmp_path / "register", row), _sheet(lambda xml: xml.replace(b'ref="A1:O2"', b'ref="A1:XFD1048576"'))
    )
    assert len(outcomes(path)) == 1


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ({"xl/vbaProject.bin": b"macros"}, "macros"),
        ({"xl/media/bomb.bin": b"\0" * 30_000_000}, "expands"),
    ],
)
def test_archives_that_are_no_register_are_refused(
    tmp_path: Path, row: Row, added: dict[str, bytes], expected: str
) -> None:
    assert reason(repacked(book(tmp_path / "register", row), lambda _, content: content, **added)) == expected


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("readme.txt", "no workbook")
    path = tmp_path / "register"
    path.write_bytes(content.getvalue())
    assert reason(path) == "damaged"
    path.write_bytes(content.getvalue()[:-20])
    assert reason(path) == "damaged"


@pytest.mark.parametrize(
    "cell",
    ['{"line": "C1"}{"line": "C11"}', '{"line": "C1"}, {"line": "C11"}', '{"line": "C1"}; ', '{"line": "C1"'],
)
def test_objects_of_a_cell_stand_apart_as_in_an_export(tmp_path: Path, row: Row, cell: str) -> None:
    path = book(tmp_path / "register", {**row, "sub_themes": "", "action_lines": cell})
    assert problems(path) == [(2, "action_lines", "Not a list of codes, or of objects as in an export.")]
