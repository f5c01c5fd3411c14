"""What registers write for countries, lines, and goals is read as it was meant, or is said to be unclear."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from wsis_shared.mapping.column import columns_of
from wsis_shared.mapping.documents import UNREAD
from wsis_shared.mapping.values import codes_of

from wsis_stocktaking.imports.rules.mapping import proposals, values
from wsis_stocktaking.imports.rules.mapping.values import finder

from .file_kit import printed


def read(field: str, cell: str) -> tuple[str, bool]:
    """The codes of a cell, and whether all of it was understood."""
    found, unread = codes_of(cell, finder(field, {}))
    return " ".join(found), not unread


def rows_of(folder: Path, header: str, *rows: str) -> list[dict[str, Any]]:
    """A register with these columns, comma for comma."""
    path = folder / "register.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([line.split("|") for line in (header, *rows)])
    return [each for each in printed(path, source="ministry") if "row" in each]


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("NA; NO", "NA NO"),
        ("SE, NO", "SE NO"),
        ("no", ""),
        ("N/A", ""),
        ("Republic of Ireland", "IE"),
        ("Congo (Democratic Republic of the)", "CD"),
        ("Congo, Dem. Rep.", "CD"),
        ("Congo (Rép. dém. du)", "CD"),
        ("Korea, Dem. People’s Rep.", "KP"),
        ("Rep. of Korea", "KR"),
        ("Gambia, The", "GM"),
        ("Royaume du Maroc", "MA"),
        ("Reino de España", "ES"),
        ("República de Angola e São Tomé e Príncipe", "AO ST"),
        ("Республика Беларусь и Республика Армения", "BY AM"),
        ("دولة قطر، مملكة البحرين", "QA BH"),
        ("泰王国、肯尼亚共和国", "TH KE"),
        ("Kenyan", "KE"),
        ("sénégalaises", "SN"),
        ("brasileira, argentina", "BR AR"),
        ("казахстанская", "KZ"),
        ("République tchadienne", "TD"),
        ("Nigerian; nigérien", "NG NE"),
        ("Pacific (Fiji, Tonga)", "FJ TO"),
        ("香港、中國", "HK CN"),
        ("PL CZ SK HU", "PL CZ SK HU"),
        ("Sudan, South Sudan", "SD SS"),
        ("The Gambia, Guinea-Bissau & Guinea", "GM GW GN"),
    ],
)
def test_a_country_is_known_by_its_code_and_with_its_form_of_state(cell: str, codes: str) -> None:
    assert read("countries", cell) == (codes, True)


@pytest.mark.parametrize("cell", ["Republic of China", "Korea (Nobody's)", "Republic"])
def test_a_country_that_is_not_clear_is_not_guessed(cell: str) -> None:
    assert read("countries", cell) == ("", False)


REGISTER = "No|Project title|Summary|Ministry|Action line|Country|Status|Scope"


def test_na_among_names_of_countries_is_not_namibia(tmp_path: Path) -> None:
    row = "{}|Rural networks {}|Brings networks to the north.|Ministry of ICT|C2|{}|Ongoing|International"
    names = ("Kenya", "Ghana", "NA", "Peru")
    found = rows_of(tmp_path, REGISTER, *(row.format(place, place, name) for place, name in enumerate(names)))
    assert [each["content"]["countries"] for each in found] == [["KE"], ["GH"], [], ["PE"]]
    codes = ("KE", "GH", "NA", "PE")
    found = rows_of(tmp_path, REGISTER, *(row.format(place, place, code) for place, code in enumerate(codes)))
    assert [each["content"]["countries"] for each in found] == [["KE"], ["GH"], ["NA"], ["PE"]]


@pytest.mark.parametrize(
    ("cell", "codes"),
    [
        ("C4, C7 (e-business)", "C4 C7.e-business"),
        ("C4: Capacity-Building, C5: Security", "C4 C5"),
        ("C2, e-health", "C2 C7.e-health"),
        ("C1 to C4", "C1 C2 C3 C4"),
        ("AL-2, AL-3", "C2 C3"),
        ("Action lines 2 and 6", "C2 C6"),
        ("ج3", "C3"),
        ("جيم 7 الصحة الإلكترونية", "C7.e-health"),
        ("行动方面C2", "C2"),
        ("7 (e-learning), 4", "C7.e-learning C4"),
        ("C7 : Télé-enseignement", "C7.e-learning"),
        ("C7 teleagricultura", "C7.e-agriculture"),
        ("C4 capacity building, e-learning", "C4 C7.e-learning"),
        ("e-health, C4 capacity building", "C7.e-health C4"),
        ("e-gov; e-agri", "C7.e-government C7.e-agriculture"),
        ("Building confidence and security in the use of information and communication technologies", "C5"),
        ("树立使用ICT的信心并提高安全性", "C5"),
    ],
)
def test_no_line_of_a_cell_is_lost(cell: str, codes: str) -> None:
    assert read("action_lines", cell) == (codes, True)


@pytest.mark.parametrize("cell", ["C7", "C12", "All", "C1 a C4"])
def test_a_line_that_is_not_clear_is_not_guessed(cell: str) -> None:
    assert read("action_lines", cell) == ("", False)


def test_a_span_of_goals_has_those_between() -> None:
    assert read("sdgs", "SDG 1 to 4") == ("1 2 3 4", True)


@pytest.mark.parametrize(
    ("field", "cell", "codes"),
    [
        ("sdgs", "ΣΒΑ 4, ΣΒΑ 10", ("4", "10")),
        ("sdgs", "FFC 3 és 9", ("3", "9")),
        ("sdgs", "4 a 10", ("4", "10")),
        ("sdgs", "in 2016", None),
        ("action_lines", "C1 a C4", ("C1", "C2", "C3", "C4")),
    ],
)
def test_what_only_its_language_tells_is_proposed(field: str, cell: str, codes: tuple[str, ...] | None) -> None:
    assert read(field, cell)[1] is False
    assert values.likely(field, cell) == codes


def test_a_kind_that_nobody_knows_is_asked_about(tmp_path: Path) -> None:
    """It is "other" until a person answers."""
    header = "Title|Description|Organization|Organization type|Country|Kind|Action line|Status"
    (found,) = rows_of(tmp_path, header, "A network|For schools|Ministry of ICT|Government|Kenya|Kazi|C2|ongoing")
    assert ["kind", UNREAD, "Kazi"] in [[*each] for each in found["warnings"]]
    assert found["content"]["kind"] == "other"


def test_lines_of_sums_by_a_letter_and_below_a_section_are_none(tmp_path: Path) -> None:
    header = "Project title|Organization|Country|Action line|Goal 4|Goal 5"
    rows = ("A. Schools", "Networks|Ministry of ICT|Kenya|C2|x|", "Total A||||1|", "Archives|Ministry|Kenya|C3||x")
    found = rows_of(tmp_path, header, *rows)
    assert [each["content"]["sdgs"] for each in found] == [[4], [5]]


def proposed(*rows: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The fields of each column, and what is the same in all rows, of columns and rows as texts."""
    names, *cells = (row.split("|") for row in rows)
    mapping = proposals.propose(columns_of(names, cells), None)["mapping"]
    fields = {each["column"]: each["fields"] for each in mapping["columns"]}
    return fields, {each["field"]: each["value"] for each in mapping["constants"]}


@pytest.mark.parametrize(
    ("organizations", "links", "country"),
    [
        (("ICT Authority", "Huduma"), ("www.icta.go.ke/school", ""), "KE"),
        (("Tusk", "Klif"), ("tusk.pl", "klif.com.pl"), "PL"),
        (("Université du Sénégal", "Poste du Sénégal"), ("", ""), "SN"),
        (("Tusk", "Klif"), ("tusk.pl", "klif.cz"), None),
        (("Tusk", "Klif"), ("tusk.io", "klif.io"), None),
        (("Tusk", "Klif"), ("tusk.pl", ""), None),
        (("UNESCO", "UNESCO"), ("www.a.fr", "www.b.fr"), None),
    ],
)
def test_a_register_is_of_the_country_of_its_addresses_and_organizations(
    organizations: tuple[str, str], links: tuple[str, str], country: str | None
) -> None:
    rows = [f"Network {name}|{name}|{link}" for name, link in zip(organizations, links, strict=True)]
    constants = proposed("Project title|Organization|Link", *rows)[1]
    assert constants.get("countries") == country
    assert constants["coverage"] == ("national" if country else "international")


@pytest.mark.parametrize(
    ("name", "numbers", "is_key"),
    [
        ("No.", ("1", "2", "3", "Total"), False),
        ("№ п/п", ("1", "2", "3", ""), False),
        ("序号", ("1", "2", "3", ""), False),
        ("No.", ("3", "17", "18", "40"), True),
        ("Project ID", ("1", "2", "3", "4"), True),
        ("项目编号", ("1", "2", "3", "4"), True),
        ("Ref", ("WA/01", "WA/02", "WA/03", "WA/04"), True),
    ],
)
def test_a_number_of_the_row_is_no_key_since_it_is_another_in_the_next_file(
    name: str, numbers: tuple[str, ...], is_key: bool
) -> None:
    titles = ("Clinics online", "School radio", "Port of Mombasa", "Farm prices")
    rows = [f"{number}|{title}|Ministry of ICT" for number, title in zip(numbers, titles, strict=True)]
    fields, _ = proposed(f"{name}|Project title|Organization", *rows)
    assert fields[name] == (["import_key"] if is_key else []), "and no goal"


def test_goals_in_their_order_are_no_numbers_of_rows() -> None:
    rows = [
        f"{goal}|{title}|Ministry of ICT" for goal, title in enumerate(("Farm prices", "School meals", "Clinics"), 1)
    ]
    assert proposed("SDG No.|Project title|Organization", *rows)[0]["SDG No."] == ["sdgs"]


def test_a_register_with_countries_of_its_own_is_of_no_other() -> None:
    rows = ("Network|www.a.go.ke|Uganda", "Archive|www.b.go.ke|Peru")
    assert "countries" not in proposed("Project title|Link|Country", *rows)[1]


def test_the_ends_of_a_period_are_known_in_words_around_it() -> None:
    fields, _ = proposed("Project title|Duration from|Duration to", "Networks|2014|2016", "Archives|2012|2013")
    assert (fields["Duration from"], fields["Duration to"]) == (["start_date"], ["end_date"])


def test_columns_are_known_as_portuguese_was_spelled_before() -> None:
    fields, _ = proposed("Projecto|Linha de acção", "Praças digitais|C2", "Escolas em rede|C4")
    assert fields == {"Projecto": ["title", "description"], "Linha de acção": ["action_lines"]}


def test_entities_of_a_website_are_read_as_their_letters(tmp_path: Path) -> None:
    row = "1|R&eacute;seau &amp; C&#244;te|Brings networks.|Ministry of ICT|C2|Ghana|Ongoing|National"
    (found,) = rows_of(tmp_path, REGISTER, row)
    assert found["content"]["title"] == {"en": "Réseau & Côte"}


def test_amounts_are_no_goals() -> None:
    fields, _ = proposed("Project title|Budget|Cost", "Rural networks|1,000|$ 2", "Open archives|2,000|$ 3")
    assert (fields["Budget"], fields["Cost"]) == ([], [])


def test_statuses_that_nobody_knows_are_asked_about_and_not_replaced() -> None:
    statuses = ["Done", "Frozen", "Thawed", "Dusty", "Lost"] * 2
    rows = (f"Network {number}|{status}" for number, status in enumerate(statuses))
    fields, constants = proposed("Project title|Status", *rows)
    assert fields["Status"] == ["status"]
    assert "status" not in constants


def test_the_letter_of_e_government_is_no_portuguese() -> None:
    rows = (f"e-Customs {number}" for number in range(5))
    assert proposed("Project title", *rows)[1]["original_language"] == "en"


def test_amounts_with_cents_are_no_goals_and_the_moment_of_a_form_is_no_end_of_an_activity() -> None:
    rows = ("Networks|C2|1,250,000.00|2/14/2023 10:21:33", "Archives|C3|2,980,500.00|2/15/2023 08:02:10")
    fields, _ = proposed("Project title|Action line|EU contribution|Timestamp", *rows)
    assert fields["EU contribution"] == []
    assert fields["Timestamp"] == ["last_updated_at"]
