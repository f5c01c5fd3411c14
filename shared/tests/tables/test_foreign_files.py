"""Thirty registers that others wrote, and more: each gives its rows, and says what was found and guessed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlwt
from wsis_shared.tables import DateCell, FaultyCell, Known, NumberCell, TableRefused

from .table_kit import ENGLISH, Rows, csv, ods, read, rows_of, xls, xlsx

NAMES = tuple(ENGLISH[0])
TITLES = [row[1] for row in ENGLISH[1:]]
TITLE: Rows = (("Register of ICT projects 2011 to 2015",), (), ("Ministry of ICT",), ())
NOTES: Rows = ((), ("Source: Ministry of ICT, 2015",), ("Total:", 5), (" ",))
COVER: Rows = (("Register",), ("Contact", "office@ict.example"), ("Country", "Kenya"), ("Updated", date(2016, 1, 1)))
CODES: Rows = (("Country", "Code"), ("Kenya", "KE"), ("Uganda", "UG"))
TEXT: Rows = [["" if cell is None else str(cell) for cell in row] for row in ENGLISH]
NUMBERING: Rows = (tuple(range(1, 8)),)


def _two_headers(rows: Rows) -> Rows:
    return (("", "Project", "", "Where and when", "", "Money", ""), *rows)


FILES: dict[str, Callable[[Path], Path]] = {
    "csv": lambda path: csv(path, TEXT),
    "csv_semicolons": lambda path: csv(path, TEXT, ";"),
    "csv_tabs": lambda path: csv(path, TEXT, "\t", "utf-16"),
    "csv_bars": lambda path: csv(path, TEXT, "|", end="\n"),
    "csv_sep": lambda path: csv(path, TEXT, ";", before="sep=;\r\n"),
    "csv_sep_utf_16": lambda path: csv(path, TEXT, ";", "utf-16", before="sep=;\r\n"),
    "csv_without_mark_utf_16": lambda path: csv(path, TEXT, ";", "utf-16-le"),
    "csv_title_above": lambda path: csv(path, (*TITLE, *TEXT)),
    "csv_notes_below": lambda path: csv(path, (*TEXT, *NOTES)),
    "csv_commas_in_cells": lambda path: csv(
        path, [[*row[:5], f"{row[5]},50", row[6]] if row[0] != "No." else row for row in TEXT], ";"
    ),
    "xlsx": lambda path: xlsx(path, a=ENGLISH),
    "xlsx_title_above": lambda path: xlsx(path, a=(*TITLE, *ENGLISH)),
    "xlsx_merged_title": lambda path: xlsx(path, ["A1:G1", "A3:G3"], a=(*TITLE, *ENGLISH)),
    "xlsx_merged_note": lambda path: xlsx(path, ["A8:G8"], a=(*ENGLISH, (), ("Source: the Ministry",))),
    "xlsx_notes_below": lambda path: xlsx(path, a=(*ENGLISH, *NOTES)),
    "xlsx_cover_first": lambda path: xlsx(path, cover=COVER, data=ENGLISH),
    "xlsx_codes_hidden": lambda path: xlsx(path, hidden=["codes"], codes=CODES, data=ENGLISH),
    "xlsx_codes_behind": lambda path: xlsx(path, data=ENGLISH, codes=CODES),
    "xlsx_numbered_columns": lambda path: xlsx(path, a=(*TITLE, ENGLISH[0], *NUMBERING, *ENGLISH[1:])),
    "xlsx_two_headers": lambda path: xlsx(path, ["B1:C1", "D1:E1", "F1:G1"], a=_two_headers(ENGLISH)),
    "xlsx_empty_column_first": lambda path: xlsx(path, a=[("", *row) for row in ENGLISH]),
    "ods": lambda path: ods(path, a=ENGLISH),
    "ods_title_and_notes": lambda path: ods(path, spans={(0, 0): (1, 7)}, a=(*TITLE, *ENGLISH, *NOTES)),
    "ods_cover_first": lambda path: ods(path, cover=COVER, data=ENGLISH),
    "ods_codes_hidden": lambda path: ods(path, hidden=["codes"], codes=CODES, data=ENGLISH),
    "xls": lambda path: xls(path, a=ENGLISH),
    "xls_title_and_notes": lambda path: xls(path, merged=[(0, 0, 0, 6)], a=(*TITLE, *ENGLISH, *NOTES)),
    "xls_cover_first": lambda path: xls(path, cover=COVER, data=ENGLISH),
    "xls_codes_hidden": lambda path: xls(path, hidden=["codes"], codes=CODES, data=ENGLISH),
}


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
@pytest.mark.parametrize("name", FILES)
def test_every_row_comes_in_and_nothing_else(tmp_path: Path, name: str, *, known: bool) -> None:
    """Also where the caller knows none of the names."""
    path = FILES[name](tmp_path / "register")
    table, rows = read(path) if known else read(path, Known())
    at = [column for column in table.columns if column].index("Project Title") + table.columns.count("")
    assert tuple(column for column in table.columns if column) == NAMES
    assert [row[at] for row in rows] == TITLES
    assert [row[at + 2] for row in rows] == [row[3] for row in ENGLISH[1:]]
    assert table.rows is not None


ENCODED = {
    "pl": "cp1250", "cs": "cp1250", "hu": "cp1250", "ru": "cp1251", "fr": "cp1252", "es": "cp1252", "el": "cp1253",
    "tr": "cp1254", "he": "cp1255", "ar": "cp1256", "lt": "cp1257", "th": "cp874", "zh": "gb18030", "zh_Hant": "big5",
    "ja": "shift_jis", "ko": "euc-kr",
}  # fmt: skip


@pytest.mark.parametrize(("language", "encoding"), [*ENCODED.items(), ("ja", "euc-jp"), ("ru", "koi8-r")])
def test_the_encoding_is_found_by_the_letters_and_said(tmp_path: Path, language: str, encoding: str) -> None:
    expected = rows_of(language)
    table, rows = read(csv(tmp_path / "register", expected, ";", encoding), Known())
    assert [list(table.columns), *rows] == expected
    assert (table.encoding, table.delimiter) == (encoding, ";")
    assert f"The encoding was guessed: {encoding}." in [each["text"] for each in table.notes]


def test_one_name_with_an_accent_is_enough(tmp_path: Path) -> None:
    _, rows = read(csv(tmp_path / "register", [["title", "country"], ["Cyfrowa szkoła", "PL"]], ",", "cp1250"))
    assert rows == [["Cyfrowa szkoła", "PL"]]


def test_what_is_named_is_not_guessed(tmp_path: Path) -> None:
    path = csv(tmp_path / "register", rows_of("pl"), ";", "cp1250")
    table, _ = read(path, encoding="cp1252", delimiter=";", header_row=2)
    assert table.columns[0] == "Cyfrowa szko³a"
    assert table.notes == []
    with pytest.raises(TableRefused, match="The text is not in utf-8: name the encoding of the file"):
        read(path, encoding="utf-8")


def test_a_sheet_and_a_row_can_be_named(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "register", hidden=["codes"], cover=COVER, data=ENGLISH, codes=CODES)
    table, rows = read(path, sheet="codes", header_row=1)
    assert (table.sheet, table.columns, rows) == ("codes", ("Country", "Code"), [["Kenya", "KE"], ["Uganda", "UG"]])
    assert [each["code"] for each in table.notes] == ["sheet_hidden"]
    assert read(path)[0].reading["sheets"] == ["cover", "data", "codes"]
    with pytest.raises(TableRefused, match="No sheet other: the file has cover, data, codes"):
        read(path, sheet="other")
    with pytest.raises(TableRefused, match="Row 900 has no names of columns"):
        read(path, sheet="data", header_row=900)


def test_what_was_found_is_said_in_the_order_of_the_reading(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "register", ["A1:G1"], cover=COVER, data=(*TITLE, ENGLISH[0], *NUMBERING, *ENGLISH[1:], *NOTES)
    )
    table, rows = read(path)
    assert len(rows) == len(TITLES)
    assert table.header_row == 5
    assert [each["text"] for each in table.notes] == [
        "Of several sheets data was read.",
        "The names of the columns are in row 5.",
        "Merged cells, filled with their value: 1.",
        "Row 6 only numbers the columns: it was not read.",
        "Notes below the rows were not read, from row 13 on: 2.",
    ]


@pytest.mark.parametrize("format", ["xlsx", "ods", "xls"])
def test_merged_cells_have_their_value_in_each_row(tmp_path: Path, format: str) -> None:
    rows = [
        ["Country", "Project Title", "Status"],
        ["Kenya", "A", "Ongoing"],
        ["", "B", "Ongoing"],
        ["Uganda", "C", "Planned"],
    ]
    path = tmp_path / "register"
    if format == "xlsx":
        xlsx(path, ["A2:A3"], a=rows)
    elif format == "ods":
        ods(path, spans={(1, 0): (2, 1)}, a=rows)
    else:
        xls(path, merged=[(1, 2, 0, 0)], a=rows)
    assert [row[:2] for row in read(path)[1]] == [["Kenya", "A"], ["Kenya", "B"], ["Uganda", "C"]]


@pytest.mark.parametrize("write", [xlsx, ods, xls])
def test_dates_numbers_and_faults_are_told_apart(tmp_path: Path, write: Callable[..., Path]) -> None:
    fault = "=1/0" if write is xlsx else "#REF!"
    cells = ["A", date(2014, 3, 15), 8.1, 7, fault] if write is not xls else ["A", date(2014, 3, 15), 8.1, 7]
    path = write(tmp_path / "register", a=[["Title", "Start", "Target", "Count", "Fault"][: len(cells)], cells])
    [row] = read(path)[1]
    assert [(type(cell), cell) for cell in row[:4]] == [
        (str, "A"),
        (DateCell, "2014-03-15"),
        (NumberCell, "8.1"),
        (NumberCell, "7"),
    ]
    assert all(isinstance(cell, FaultyCell) for cell in row[4:])


def test_a_cell_that_shows_a_percentage_says_one(tmp_path: Path) -> None:
    new, old = openpyxl.Workbook(), xlwt.Workbook()
    sheet, old_sheet = new.active, old.add_sheet("a")
    for number, cells in enumerate([["Title", "Done"], ["A", 0.45], ["B", 1]]):
        sheet.append(cells)
        for column, cell in enumerate(cells):
            old_sheet.write(number, column, cell, xlwt.easyxf(num_format_str="0%" if number else "General"))
    sheet["B2"].number_format, sheet["B3"].number_format = "0%", '0.0" "%'
    new.save(tmp_path / "new")
    old.save(str(tmp_path / "old"))
    assert read(tmp_path / "new")[1] == read(tmp_path / "old")[1] == [["A", "45%"], ["B", "100%"]]


def test_columns_of_one_name_have_the_name_above_them_or_a_number(tmp_path: Path) -> None:
    rows = [["", "Office", "", "Contact", ""], ["Title", "Name", "Email", "Name", "Email"], ["A", "B", "C", "D", "E"]]
    table, _ = read(xlsx(tmp_path / "register", ["B1:C1", "D1:E1"], a=rows))
    assert table.columns == ("Title", "Office / Name", "Office / Email", "Contact / Name", "Contact / Email")
    table, _ = read(csv(tmp_path / "register", [["Title", "Name", "Name", ""], ["A", "B", "C", "D"]]))
    assert table.columns == ("Title", "Name", "Name (2)", "[D]")


def test_a_note_across_many_merged_columns_is_none_of_the_rows(tmp_path: Path) -> None:
    names = [f"Column {letter}" for letter in "ABCDEFGHIJKLMNOPQRST"]
    rows = [names, [f"{name} of a row" for name in names], ["Source: the Ministry"]]
    assert len(read(xlsx(tmp_path / "register", ["A3:T3"], a=rows))[1]) == 1


def test_a_column_without_a_name_makes_no_row_of_data_the_header(tmp_path: Path) -> None:
    rows = [["Project", "Office", "Country", ""], *([f"Project {number}", "ICT", "Kenya", "x"] for number in range(9))]
    table, found = read(xlsx(tmp_path / "register", a=rows), Known())
    assert (table.columns, len(found)) == (("Project", "Office", "Country", "[D]"), 9)


def test_columns_numbered_in_brackets_are_no_row(tmp_path: Path) -> None:
    rows = [ENGLISH[0], [f"({number})" for number in range(1, 8)], *ENGLISH[1:]]
    assert len(read(xlsx(tmp_path / "register", a=rows))[1]) == len(TITLES)


def test_rows_with_one_value_between_others_stay(tmp_path: Path) -> None:
    """Only what is below the rows is a note: the rest somebody may need to correct."""
    rows = (*TEXT[:3], ["Africa", "", "", "", "", "", ""], *TEXT[3:])
    assert [cell for cell in read(csv(tmp_path / "register", rows))[1][2] if cell] == ["Africa"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "type"),
        (b"<html><table>", "type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"a,b\r\n\x81\x8d\x8f\x90\x9d\xff\xfe\x80,\x81\x8d\r\n", "encoding_unknown"),
        (b"a,b\r\n1\0,2\r\n", "nul"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "register"
    path.write_bytes(content)
    with pytest.raises(TableRefused) as refused:
        read(path)
    assert refused.value.reason == reason


@pytest.mark.parametrize("mend", [lambda xml: xml[:-40], lambda xml: b'<!DOCTYPE x [<!ENTITY a "b">]>' + xml])
def test_a_damaged_spreadsheet_is_refused(tmp_path: Path, mend: Callable[[bytes], bytes]) -> None:
    import zipfile

    path = ods(tmp_path / "register", a=ENGLISH)
    with zipfile.ZipFile(path) as archive:
        content = archive.read("content.xml").partition(b"?>")[2]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", mend(content))
    with pytest.raises(TableRefused, match="The file is damaged"):
        read(path)


def test_an_address_alone_is_a_row_and_no_note_below(tmp_path: Path) -> None:
    rows = [["E-mail", "Name", "Country", "Language"], ["ada@example.org", "Ada", "RW", "fr"], ["bob@example.org"]]
    assert [row[0] for row in read(xlsx(tmp_path / "readers", a=rows))[1]] == ["ada@example.org", "bob@example.org"]
