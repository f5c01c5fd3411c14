"""What files of strangers may hold: each is refused with a reason, or read as it is meant."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from wsis_stocktaking.imports import rules
from wsis_stocktaking.imports.reading import REASONS, FileRefused
from wsis_stocktaking.imports.reading.__main__ import lines

from .. import generated

Row = dict[str, str]


@pytest.fixture(scope="module")
def row() -> Row:
    """A sound row."""
    return {
        "import_key": "a",
        "title.en": "Digital farmers",
        "description.en": "Prices by text message.",
        "original_language": "en",
        "organization.name": "Ministry of Agriculture",
        "organization.type": "government",
        "organization.country": "NO",
        "kind": "project",
        "coverage": "national",
        "countries": "NA; NO",
        "status": "ongoing",
        "start_date": "2014-03-01",
        "action_lines": "C7.e-agriculture; C1",
        "sub_themes": "C1.partnerships",
        "targets": "8.10; 8.2",
    }


def outcomes(path: Path, encoding: str = "") -> list[dict[str, Any]]:
    """The rows, as the process prints them; raises FileRefused."""
    found = [json.loads(json.dumps(each)) for each in lines(str(path), encoding, 0)]
    if "refused" in found[-1]:
        raise FileRefused(found[-1]["reason"], text=found[-1]["refused"])
    return [each for each in found if "row" in each]


def problems(path: Path) -> list[tuple[int, str, str]]:
    """(row, field, message)."""
    return [(each["row"], field, text) for each in outcomes(path) for field, text, _ in each.get("problems", ())]


def reason(path: Path, encoding: str = "") -> str:
    with pytest.raises(FileRefused) as refused:
        outcomes(path, encoding)
    return refused.value.reason


def csv_file(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def csv_text(*rows: Row, delimiter: str = ",", end: str = "\r\n") -> str:
    names = list(rows[0])
    table = [names, *([each[name] for name in names] for each in rows)]
    return end.join(delimiter.join(f'"{cell}"' for cell in cells) for cells in table)


def book(path: Path, *rows: dict[str, Any], change: Callable[[Any], None] = lambda _: None) -> Path:
    """A workbook as openpyxl writes it: numbers are numbers, dates are dates."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(list(rows[0]))
    for each in rows:
        sheet.append(list(each.values()))
    change(workbook)
    workbook.save(path)
    return path


def repacked(path: Path, change: Callable[[str, bytes], bytes], **added: bytes) -> Path:
    """The same archive with other parts."""
    with zipfile.ZipFile(path) as before:
        parts = {name: change(name, before.read(name)) for name in before.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as after:
        for name, content in {**parts, **added}.items():
            after.writestr(name, content)
    return path


# -- what survives ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["csv", "xlsx", "json"])
def test_every_format_gives_the_contents_that_were_written(tmp_path: Path, format: str) -> None:
    path = getattr(generated, f"write_{format}")(tmp_path / "register", 150)
    assert [(each["key"], each["content"]) for each in outcomes(path)] == list(generated.entries(150))


@pytest.mark.parametrize("format", ["csv", "xlsx", "json"])
def test_codes_survive(tmp_path: Path, row: Row, format: str) -> None:
    path = tmp_path / "register"
    if format == "csv":
        csv_file(path, csv_text(row))
    elif format == "xlsx":
        book(path, row)
    else:
        [content] = [each["content"] for each in outcomes(csv_file(path, csv_text(row)))]
        path.write_text(json.dumps({"import_key": "a", **content}))
    [found] = outcomes(path)
    content = found["content"]
    assert (content["organization"]["country"], content["countries"]) == ("NO", ["NA", "NO"])
    assert (content["targets"], content["sdgs"]) == (["8.2", "8.10"], [8])
    assert content["action_lines"] == [
        {"line": "C1", "sub_themes": ["partnerships"]},
        {"line": "C7.e-agriculture", "sub_themes": []},
    ]


@pytest.mark.parametrize("code", [8.1, 16.1, 17.1])
def test_a_target_that_may_have_lost_its_zero_is_refused_and_other_numbers_are_codes(
    tmp_path: Path, row: Row, code: float
) -> None:
    path = book(tmp_path / "register", {**row, "targets": code}, {**row, "import_key": "b", "targets": 8.2})
    assert problems(path) == [(2, "targets", f"The number {code} may have been {code}0: make the cell a text.")]
    assert outcomes(path)[1]["content"]["targets"] == ["8.2"]
    [content] = [each["content"] for each in outcomes(book(path, row))]
    path.write_text(json.dumps([{"import_key": "a", **content, "targets": [code]}]))
    assert problems(path) == [(1, "targets", "A number loses its last zero: write the code as text.")]


def test_text_like_a_formula_is_data(tmp_path: Path, row: Row) -> None:
    given = {**row, "title.en": "=cmd|' /C calc'!A0", "organization.name": "@SUM(A1)"}
    for path in (csv_file(tmp_path / "csv", csv_text(given)), generated.write_xlsx(tmp_path / "xlsx", [given])):
        [found] = outcomes(path)
        assert found["content"]["title"]["en"] == "=cmd|' /C calc'!A0"
    # As an export of the suite writes it.
    inert = csv_file(tmp_path / "csv", csv_text({**given, "title.en": "'" + given["title.en"]}))
    assert outcomes(inert)[0]["content"]["title"]["en"] == given["title.en"]


# -- CSV -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        ("es", "cp1252"),
        ("fr", "cp1252"),
        ("ru", "cp1251"),
        ("ar", "cp1256"),
        ("zh", "gb18030"),
        ("en", "utf-16"),
        ("zh", "utf-8-sig"),
    ],
)
def test_encodings_are_understood(tmp_path: Path, language: str, encoding: str) -> None:
    made = [pair for pair in generated.entries(400) if list(pair[1]["title"]) == [language]][:15]
    path = generated.write_csv(tmp_path / "utf-8", [generated.row(*pair) for pair in made])
    text = path.read_text("utf-8").encode(encoding, "replace").decode(encoding)
    other = csv_file(tmp_path / "other", text, encoding)
    assert [each["content"]["title"] for each in outcomes(other)] == [
        {language: title.encode(encoding, "replace").decode(encoding)}
        for title in (content["title"][language] for _, content in made)
    ]


def test_an_officer_may_name_the_encoding(tmp_path: Path, row: Row) -> None:
    path = csv_file(tmp_path / "register", csv_text({**row, "title.en": "Ünï"}), "cp1252")
    assert outcomes(path, "cp1251")[0]["content"]["title"]["en"] == "Ьnп"
    assert reason(path, "utf-8") == "encoding"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_line_ends_and_case_of_the_header_do_not_matter(tmp_path: Path, row: Row, delimiter: str) -> None:
    text = csv_text(row, {**row, "import_key": "b"}, delimiter=delimiter, end="\n").replace("title.en", " Title.EN ")
    first, rest = text.split("\n", 1)
    path = csv_file(tmp_path / "register", f"{first}\r{rest}\r\n\r\n")
    assert [(each["row"], each["content"]["title"]["en"]) for each in outcomes(path)] == [
        (2, "Digital farmers"),
        (3, "Digital farmers"),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: "", "empty"),
        (lambda text: "\ufeff", "empty"),
        (lambda text: text.split("\r\n")[0], "empty"),
        (lambda text: text.replace("Digital", "Digi\0tal"), "nul"),
        (lambda text: text + '\r\n"b', "quotes"),
        (lambda text: text + "\r\n" + "x" * 200_000, "quotes"),
        (lambda text: text + "\r\n" + "," * 300, "columns"),
        (lambda text: text.replace("kind", "sort"), "columns_missing"),
        (lambda text: text.replace("import_key", "number"), "columns_missing"),
        (lambda text: text.replace("countries", "KIND"), "columns_repeated"),
        (lambda text: "<html>" + text, "type"),
        (lambda text: "%PDF-1.7 " + text, "type"),
    ],
)
def test_files_that_are_no_table_are_refused(
    tmp_path: Path, row: Row, change: Callable[[str], str], expected: str
) -> None:
    assert reason(csv_file(tmp_path / "register", change(csv_text(row)))) == expected


def test_rows_are_refused_one_by_one_with_field_reason_and_value(tmp_path: Path, row: Row) -> None:
    path = csv_file(
        tmp_path / "register",
        csv_text(
            row,
            row,
            {**row, "import_key": "", "countries": "KE; no"},
            {**row, "import_key": "c", "kind": "party"},
            {**row, "import_key": "d", "action_lines": "C7", "organization.name": ""},
            {**row, "import_key": "e", "start_date": "41000", "title.en": "#REF!"},
            {**row, "import_key": "f", "action_lines": "{no JSON"},
            {**row, "import_key": "g"},
        )
        + ",more\r\n",
    )
    found = {
        (each["row"], field): (text, value)
        for each in outcomes(path)
        for field, text, value in each.get("problems", ())
    }
    assert found.keys() == {
        (3, "import_key"),
        (4, "import_key"),
        (4, "countries.1"),
        (5, "kind"),
        (6, "action_lines.0.line"),
        (6, "organization.name"),
        (7, "start_date"),
        (7, "title.en"),
        (8, "action_lines"),
        (9, ""),
    }
    assert found[3, "import_key"] == ("Row 2 has the same key.", "a")
    assert found[4, "countries.1"][1] == "no"
    assert found[5, "kind"][1] == "party"
    assert found[6, "organization.name"] == ("Missing data for required field.", None)


# -- XLSX ------------------------------------------------------------------------------------------------------------


def test_dates_numbers_and_sheets_of_a_workbook(tmp_path: Path, row: Row) -> None:
    def add_sheet(workbook: Any) -> None:
        workbook.create_sheet("Notes")

    path = book(
        tmp_path / "register",
        {**row, "import_key": 17, "start_date": date(2014, 3, 1), "sdgs": 2, "comment": "x"},
        {**row, "start_date": 41699},
        change=add_sheet,
    )
    about = next(lines(str(path), "", 0))["about"]
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
    assert [found["cells"]["start_date"] for found in outcomes(path)] == ["1900-02-28", "1900-02-28", "1900-03-01"]


def test_a_formula_counts_by_its_value_and_without_one_it_is_refused(tmp_path: Path, row: Row) -> None:
    path = book(tmp_path / "register", {**row, "title.en": '="Digital"&" farmers"'})
    assert problems(path) == [(2, "title.en", "The cell has an error, or a formula without a value: =")]

    def calculated(name: str, content: bytes) -> bytes:
        return content.replace(b"</f><v></v>", b"</f><v>Digital</v>").replace(b"</f><v />", b"</f><v>Digital</v>")

    repacked(path, lambda name, content: calculated(name, content).replace(b'r="B2"', b'r="B2" t="str"'))
    assert outcomes(path)[0]["content"]["title"]["en"] == "Digital"


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
        (
            lambda xml: xml.replace(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells>'),
            "merged",
        ),
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


# -- JSON ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[" * 100_000, "deep"),
        ('[{"a": ' * 50_000, "deep"),
        ('[{"title": [' + "1," * 30_000, "deep"),
        ('[{"title": ', "damaged"),
        ("[{]", "damaged"),
        ("[]", "empty"),
        ("{", "damaged"),
        ('[{"title": "\\ud800', "damaged"),
        ("[1e999999]", "damaged"),
    ],
)
def test_json_that_is_no_register_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    assert reason(csv_file(tmp_path / "register", text)) == expected


def test_json_may_be_an_array_or_items_one_after_the_other(tmp_path: Path) -> None:
    made = [{"import_key": key, **content} for key, content in generated.entries(3)]
    array = csv_file(tmp_path / "array", "\ufeff" + json.dumps(made))
    jsonl = csv_file(tmp_path / "jsonl", "\n".join(json.dumps({**each, "revision": 4, "note": 1}) for each in made))
    assert outcomes(array) == outcomes(jsonl)
    assert list(lines(str(jsonl), "", 0))[-1]["end"]["unknown_columns"] == ["note"]


def test_items_of_other_kinds_are_refused_one_by_one(tmp_path: Path) -> None:
    key, content = next(generated.entries(1))
    items = [7, [[]], {}, {"import_key": 5}, {"import_key": "x", "title": "text"}, {"import_key": key, **content}]
    found = outcomes(csv_file(tmp_path / "register", json.dumps(items)))
    assert [each["row"] for each in found if "problems" in each] == [1, 2, 3, 4, 5]
    assert found[0]["problems"][0] == ["", "Not an object.", "7"]


@pytest.mark.parametrize(
    "cell",
    ['{"line": "C1"}{"line": "C11"}', '{"line": "C1"}, {"line": "C11"}', '{"line": "C1"}; ', '{"line": "C1"'],
)
def test_objects_of_a_cell_stand_apart_as_in_an_export(tmp_path: Path, row: Row, cell: str) -> None:
    path = book(tmp_path / "register", {**row, "sub_themes": "", "action_lines": cell})
    assert problems(path) == [(2, "action_lines", "Not a list of codes, or of objects as in an export.")]


# -- all -------------------------------------------------------------------------------------------------------------


def test_contacts_are_taken_out_and_not_repeated_where_they_are_refused(tmp_path: Path, row: Row) -> None:
    path = csv_file(
        tmp_path / "register",
        csv_text(
            {**row, "contact.email": "office@agriculture.example"},
            {**row, "import_key": "b", "contact.email": "ada at home"},
        ),
    )
    first, second = outcomes(path)
    assert first["contact"] == {"name": None, "email": "office@agriculture.example"}
    assert "agriculture.example" not in json.dumps(first["content"])
    assert second["problems"] == [["contact.email", "Not a valid email address.", None]]


def test_the_key_of_a_row_names_its_entry(tmp_path: Path, row: Row) -> None:
    keys = [
        {"entry": "prizes-17", "import_key": "z"},
        {"entry": "", "import_key": "z"},
        {"entry": "a/b", "import_key": ""},
    ]
    first, second, third = outcomes(csv_file(tmp_path / "register", csv_text(*({**row, **key} for key in keys))))
    assert (first["entry"], second["key"]) == ("prizes-17", "z")
    assert second["entry"] == rules.entry_id(None, "z")
    assert third["problems"] == [["entry", "Not an id.", "a/b"]]


def test_each_reason_has_its_text_in_every_language() -> None:
    from wsis_shared.messages import of_package

    for text in REASONS.values():
        assert of_package("wsis_stocktaking").translate(text, "fr").code is not None


@pytest.mark.parametrize("format", ["csv", "xlsx", "jsonl", "json-array"])
def test_an_export_can_be_imported_again(tmp_path: Path, format: str) -> None:
    """The columns of an export are those of the card; its key is the entry."""
    from datetime import UTC, datetime

    from wsis_shared.exports import ExportSource

    from wsis_gateway.export_formats import FORMATS, columns
    from wsis_stocktaking.register.rules import cards
    from wsis_stocktaking.register.schemas import Card

    at = datetime(2016, 7, 1, 12, tzinfo=UTC)
    made = dict(generated.entries(60))
    cards_made = [
        Card().dump(
            cards.card(
                {
                    "_id": key,
                    "revision": 2,
                    "sequence": number,
                    "content": content,
                    "published_at": at,
                    "revised_at": at,
                    "prize": {"edition": "2016", "category": "C1", "status": "winner"} if number % 2 else None,
                }
            )
        )
        for number, (key, content) in enumerate(made.items(), start=1)
    ]
    writer = FORMATS[format].writer(
        columns(Card()), ExportSource("https://wsis.example", "https://wsis.example/v1/entries", at, "en")
    )
    path = tmp_path / "export"
    path.write_bytes(writer.write(cards_made) + b"".join(writer.finish()))
    writer.close()
    about, *rows = list(lines(str(path), "", 0))[:-1]
    assert about["about"]["unknown_columns"] == []
    assert {each["key"]: each["content"] for each in rows} == made
    assert {each["last_updated_at"] for each in rows} == {"2016-07-01T12:00:00Z"}
