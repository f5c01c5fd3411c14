"""A table as a workbook, opened as a reader's program opens it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from wsis_shared.exports import Cell, ExportTerms
from wsis_shared.workbook import MAX_TEXT, TableWorkbook

NAMES = ("id", "title", "text")
MADE_AT = datetime(2016, 7, 1, 12, tzinfo=UTC)


def packed(*rows: list[Cell], names: tuple[str, ...] = NAMES, terms: ExportTerms | None = None, **how: Any) -> bytes:
    workbook = TableWorkbook(names, **how)
    try:
        workbook.write(rows)
        return b"".join(workbook.finish(terms))
    finally:
        workbook.close()


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_a_cell_is_a_text_a_number_or_a_truth_value_and_never_a_formula_or_a_link() -> None:
    book = opened(packed(["8.10", "=HYPERLINK(1)", "https://x.example"], [1, -1.5, True], [None, "", "x"]))
    rows = [[(cell.data_type, cell.value, cell.hyperlink) for cell in row] for row in book.active.iter_rows(min_row=2)]
    assert rows[0] == [("s", "8.10", None), ("s", "=HYPERLINK(1)", None), ("s", "https://x.example", None)]
    assert [(kind, value) for kind, value, _ in rows[1]] == [("n", 1), ("n", -1.5), ("b", True)]
    assert [value for _, value, _ in rows[2]] == [None, None, "x"]


@pytest.mark.parametrize(
    "text",
    [
        "<r>&</r>",
        "<r><t>x</t></r>",
        "<r>\n </r>",
        '<r><t>x</t></r></is></c><c r="C2"><f>HYPERLINK("//x.example")</f></c><c r="D2"><is><r><t>y</t></r>',
        "<r>" + "&" * MAX_TEXT + "</r>",
    ],
)
def test_a_text_that_looks_like_xml_is_that_text(text: str) -> None:
    """The library wrote what stands between `<r>` and `</r>` as it is: one title broke the file, or put a formula into
    it."""
    sheet = opened(packed(["1", text])).active
    [row] = sheet.iter_rows(min_row=2)
    shown = text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 6] + " [...]"
    assert [(cell.data_type, cell.value) for cell in row[:2]] == [("s", "1"), ("s", shown)]
    assert [cell.value for cell in row[2:]] == [None]


def test_a_text_longer_than_a_cell_is_cut_and_marked() -> None:
    (shown,) = [row[0] for row in opened(packed(["x" * (MAX_TEXT + 1)])).active.iter_rows(min_row=2, values_only=True)]
    assert (len(shown), shown[-6:]) == (MAX_TEXT, " [...]")


def test_a_sheet_has_a_filter_and_columns_as_wide_as_their_texts() -> None:
    sheet = opened(packed(["1", "t" * 20, "x" * 500], ["2", "short", None])).active
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:C3", "A2")
    widths = [round(sheet.column_dimensions[letter].width) for letter in "ABC"]
    assert widths[0] < widths[1] < widths[2] < 70


def test_rows_beyond_those_of_a_sheet_are_on_the_next() -> None:
    book = opened(packed(*([number] for number in range(5)), names=("number",), max_rows=3))
    shown = [[cell.value for (cell,) in each.iter_rows()] for each in book.worksheets]
    assert shown == [["number", 0, 1], ["number", 2, 3], ["number", 4]]


def test_terms_of_use_are_a_sheet_of_their_own() -> None:
    terms = ExportTerms("", "", "About this file", (("Data", "The register"), ("Contact", "/contact")))
    sheet = opened(packed(["1"], terms=terms))["About this file"]
    assert list(sheet.values) == [("Data", "The register"), ("Contact", "/contact")]


def test_the_same_cells_give_the_same_bytes_and_nothing_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    rows = [[number, f"title {number}", "text"] for number in range(300)]
    first, second = (packed(*rows, made_at=MADE_AT) for _ in range(2))
    assert first == second
    assert opened(first).properties.created == MADE_AT.replace(tzinfo=None)
    assert list(tmp_path.iterdir()) == []
