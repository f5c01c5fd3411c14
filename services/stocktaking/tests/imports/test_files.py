"""What files of strangers may hold: each is refused with a reason, or read as it is meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from wsis_stocktaking.imports.reading import REASONS
from wsis_stocktaking.imports.rules import imports as rules

from .. import generated
from .file_kit import Row, book, csv_file, csv_text, outcomes, printed, problems, reason

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
    assert outcomes(path, encoding="cp1251")[0]["content"]["title"]["en"] == "Ьnп"
    assert reason(path, encoding="utf-8") == "encoding"


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
    assert printed(jsonl)[-1]["end"]["unknown_columns"] == ["note"]


def test_items_of_other_kinds_are_refused_one_by_one(tmp_path: Path) -> None:
    key, content = next(generated.entries(1))
    items = [7, [[]], {}, {"import_key": 5}, {"import_key": "x", "title": "text"}, {"import_key": key, **content}]
    found = outcomes(csv_file(tmp_path / "register", json.dumps(items)))
    assert [each["row"] for each in found if "problems" in each] == [1, 2, 3, 4, 5]
    assert found[0]["problems"][0] == ["", "Not an object.", "7"]


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
    """The columns of an export are those of the card, with titles and a licence that are not read; its key is the
    entry."""
    from dataclasses import replace
    from datetime import UTC, datetime

    from wsis_shared.exports import ExportSource

    from wsis_gateway.export_columns import columns, with_labels
    from wsis_gateway.export_formats import FORMATS, Table
    from wsis_stocktaking.exchange import files
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
    source = ExportSource("https://wsis.example", "https://wsis.example/v1/entries", at, "fr")
    licensed = replace(files.terms(source), licence="https://licence.example/4.0/")
    writer = FORMATS[format].writer(Table(with_labels(columns(Card()), files.LABELS.columns), source, licensed))
    path = tmp_path / "export"
    labelled = [{**each, "labels": files.titles(each, "fr")} for each in cards_made]
    path.write_bytes(writer.write(labelled) + b"".join(writer.finish()))
    writer.close()
    about, *rows = printed(path)[:-1]
    assert about["about"]["unknown_columns"] == []
    assert {each["key"]: each["content"] for each in rows} == made
    assert {each["last_updated_at"] for each in rows} == {"2016-07-01T12:00:00Z"}
