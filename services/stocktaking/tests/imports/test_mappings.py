"""The mapping of a register: proposed by a dry run, confirmed by an officer, and used for its next file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit import actor, refused
from wsis_testkit.interruptions import InProcess

from wsis_stocktaking.imports.use_cases.imports import ImportsCases

from ..import_kit import Importing, Row

COLUMNS = ("Code", "Project title", "Summary", "Ministry", "Sector", "Country", "Type", "Scope", "Status", "Start")
FIRST = {
    "Code": "1",
    "Project title": "Rural networks",
    "Summary": "Brings networks to the villages of the north.",
    "Ministry": "Ministry of ICT",
    "Sector": "C2",
    "Country": "Viet Nam",
    "Type": "Project",
    "Scope": "National",
    "Status": "Ongoing",
    "Start": "2014",
}
SECOND = FIRST | {"Code": "2", "Project title": "Tele-clinics", "Sector": "Clinics", "Start": "soon"}
THIRD = FIRST | {"Code": "3", "Project title": "Open archives", "Sector": "Clinics", "Country": "Atlantis; Kenya"}


def file(folder: Path, *rows: Row, columns: tuple[str, ...] = COLUMNS) -> Path:
    """A register as CSV."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([row[name] for name in columns] for row in rows)
    path = folder / "register"
    path.write_text(out.getvalue(), "utf-8")
    return path


def as_proposed(importing: Importing, id: str, **changes: Any) -> Row:
    """A body that confirms what was proposed."""
    found = importing.call("read_import_mapping", id=id)
    columns = [{name: each[name] for name in ("column", "field", "also", "day_order")} for each in found["columns"]]
    values = [{**each, "nothing": not each["codes"]} for each in found["values"]]
    return {"columns": columns, "constants": found["constants"], "values": values, "reason": None, **changes}


def confirm(importing: Importing, id: str, **changes: Any) -> Row:
    """The dry run by the mapping that was confirmed."""
    job = importing.call("start_import_mapping", id=id, body=as_proposed(importing, id, **changes))
    importing.service.run("import_entries")
    return importing.find(job["id"])


def value(text: str, *codes: str, field: str = "action_lines", nothing: bool = False) -> Row:
    return {"field": field, "value": text, "codes": list(codes), "nothing": nothing}


def test_a_dry_run_proposes_a_mapping_and_lists_what_it_does_not_know(importing: Importing, tmp_path: Path) -> None:
    found = importing.run(file(tmp_path, FIRST, SECOND, THIRD), dry_run=True)
    assert (found["state"], found["mapping_state"]) == ("completed", "proposed")
    assert (found["counts"]["created"], found["counts"]["refused"]) == (1, 2)
    mapping = importing.call("read_import_mapping", id=found["_id"])
    fields = {each["column"]: each["field"] for each in mapping["columns"]}
    assert fields == dict(
        zip(
            COLUMNS,
            (
                "import_key",
                "title",
                "description",
                "organization.name",
                "action_lines",
                "countries",
                "kind",
                "coverage",
                "status",
                "start_date",
            ),
            strict=True,
        )
    )
    assert {"field": "organization.type", "value": "government"} in mapping["constants"]
    assert mapping["columns"][5]["examples"] == ["Viet Nam", "Atlantis; Kenya"]
    listed = importing.list("list_import_values", found["_id"])
    assert [(each["value"], each["count"], each["refused"]) for each in listed][0] == ("Clinics", 2, True)
    assert {(each["field"], each["value"]) for each in listed[1:]} == {
        ("start_date", "soon"),
        ("countries", "Atlantis"),
    }
    assert listed[0]["reason"] == "Not understood."


def test_an_import_keeps_nothing_of_columns_that_it_does_not_read(
    importing: Importing, service: InProcess, tmp_path: Path
) -> None:
    people = {"Filled in by": "Ama Mensah", "Contact person": "Kofi Boateng", "Pilot": "x"}
    rows = [row | people for row in (FIRST, SECOND)]
    found = importing.run(file(tmp_path, *rows, columns=(*COLUMNS, *people)), dry_run=True)
    mapping = importing.call("read_import_mapping", id=found["_id"])
    read = {each["column"]: (each["field"], each["examples"]) for each in mapping["columns"]}
    assert read["Filled in by"] == (None, [])
    assert (read["Pilot"], read["Country"][1]) == ((None, ["x"]), ["Viet Nam"])
    confirm(importing, found["_id"])
    stored = [row for name in ("imports", "import_mappings", "import_values") for row in service.db[name].find()]
    assert not [name for name in ("Mensah", "Boateng") if name in str(stored)]


def test_a_confirmed_mapping_is_stored_and_read_the_next_file(
    importing: Importing, service: InProcess, tmp_path: Path
) -> None:
    tried = importing.run(file(tmp_path, FIRST, SECOND, THIRD), dry_run=True)
    again = confirm(importing, tried["_id"], values=[value("clinics", "C7.e-health")])
    assert (again["dry_run"], again["mapping_state"], again["mapping_number"]) == (True, "confirmed", 1)
    assert (again["counts"]["created"], again["warned"]) == (3, 2)
    importing.call("start_import_application", id=again["_id"], body={"reason": "Agreed"})
    service.run("import_entries")
    contents = {row["import_key"]: row["content"] for row in service.db["entries"].find()}
    assert (contents["1"]["countries"], contents["1"]["start_date"]) == (["VN"], "2014-01-01")
    assert (contents["2"]["action_lines"][0]["line"], contents["2"]["start_date"]) == ("C7.e-health", None)
    assert contents["3"]["countries"] == ["KE"]

    moved = COLUMNS[::-1]
    second = importing.run(file(tmp_path, FIRST, SECOND | {"Start": "2015"}, THIRD, columns=moved))
    assert second["counts"] == {"created": 0, "updated": 1, "proposed": 0, "unchanged": 2, "refused": 0}
    assert second["mapping_number"] == 1


def test_other_columns_are_asked_about_again_and_keep_what_is_known(importing: Importing, tmp_path: Path) -> None:
    tried = importing.run(file(tmp_path, FIRST, SECOND), dry_run=True)
    confirm(importing, tried["_id"], values=[value("Clinics", "C7.e-health")])
    rows = [row | {"Goals": "SDG 3"} for row in (FIRST, SECOND)]
    found = importing.run(file(tmp_path, *rows, columns=(*COLUMNS, "Goals")), dry_run=True)
    assert (found["mapping_state"], found["counts"]["created"]) == ("proposed", 2)
    columns = importing.call("read_import_mapping", id=found["_id"])["columns"]
    assert columns[-1]["field"] == "sdgs"
    assert confirm(importing, found["_id"])["mapping_number"] == 2
    [newest, _] = importing.call("list_import_mappings", limit=10)["items"]
    assert (newest["source"], newest["number"]) == ("st", 2)
    assert importing.call("read_source_mapping", source="st")["number"] == 2


def test_nothing_is_imported_by_a_mapping_that_nobody_confirmed(
    importing: Importing, service: InProcess, tmp_path: Path
) -> None:
    tried = importing.run(file(tmp_path, FIRST), dry_run=True)
    with refused("stocktaking.import_mapping_unconfirmed"):
        importing.call("start_import_application", id=tried["_id"], body={"reason": "Agreed"})
    importing.start(file(tmp_path, FIRST))
    service.run("import_entries")
    assert service.db["entries"].count_documents({}) == 0
    newest = service.db["imports"].find_one({"dry_run": False})
    assert (newest["state"], newest["refusal"].partition(",")[0]) == (
        "failed",
        "The columns are not those of an export",
    )


def test_a_mapping_that_does_not_fit_names_the_field(importing: Importing, tmp_path: Path) -> None:
    tried = importing.run(file(tmp_path, FIRST), dry_run=True)["_id"]
    body = as_proposed(importing, tried)
    columns = [*body["columns"], {"column": "Budget", "field": "kind", "also": None, "day_order": None}]
    wrong = {
        "columns": columns,
        "constants": [{"field": "countries", "value": "Atlantis"}],
        "values": [value("x", "C99")],
    }
    with refused("stocktaking.import_mapping_invalid") as error:
        importing.call("start_import_mapping", id=tried, body={**body, **wrong})
    assert error.value.fields.keys() == {"columns.10.column", "columns.10.field", "constants.0.value", "values.0.codes"}


def test_a_value_may_mean_nothing(importing: Importing, tmp_path: Path) -> None:
    tried = importing.run(file(tmp_path, FIRST | {"Country": "Kenya; HQ"}), dry_run=True)
    assert tried["warned"] == 1
    assert confirm(importing, tried["_id"], values=[value("HQ", field="countries", nothing=True)])["warned"] == 0


def test_rows_without_a_key_get_one_of_their_own_and_do_not_double(
    importing: Importing, service: InProcess, tmp_path: Path
) -> None:
    columns = COLUMNS[1:]
    phase = FIRST | {"Start": "2016"}  # the same title and organization, another activity
    tried = importing.run(file(tmp_path, FIRST, phase, FIRST, columns=columns), dry_run=True)
    assert (tried["counts"]["created"], tried["counts"]["refused"]) == (2, 1), "the same row again is refused"
    again = confirm(importing, tried["_id"])
    importing.call("start_import_application", id=again["_id"], body={"reason": "Agreed"})
    service.run("import_entries")
    second = importing.run(file(tmp_path, FIRST, phase, columns=columns))
    assert (second["counts"]["unchanged"], service.db["entries"].count_documents({})) == (2, 2)


def test_a_refused_row_leaves_in_our_columns_and_comes_in_once_corrected(
    importing: Importing, service: InProcess, tmp_path: Path
) -> None:
    tried = importing.run(file(tmp_path, FIRST, SECOND), dry_run=True)
    [row] = importing.list("list_refused_rows", tried["_id"])
    assert (row["import_key"], row["action_lines"], row["countries"], row["title"]) == (
        "2",
        "Clinics",
        "VN",
        {"en": "Tele-clinics"},
    )
    lines = [{"line": "C4"}]
    content = {name: row[name] for name in ("title", "description", "original_language", "organization")}
    plain = {name: row[name] for name in ("kind", "coverage", "status", "import_key")}
    corrected = importing.run([{**content, **plain, "countries": ["VN"], "action_lines": lines}])
    assert corrected["counts"]["created"] == 1


def test_an_import_without_columns_has_no_mapping(importing: Importing) -> None:
    found = importing.run(importing.rows(1), dry_run=True)
    with refused("stocktaking.import_without_columns"):
        importing.call("read_import_mapping", id=found["_id"])
    with refused("stocktaking.import_mapping_unknown"):
        importing.call("read_source_mapping", source="none")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_warning_has_its_text_in_every_language(locale: str) -> None:
    from wsis_shared.mapping.confirming import MESSAGES
    from wsis_shared.messages import of_package

    from wsis_stocktaking.imports.rules.mapping.mapped_row import WARNINGS

    for text in (*WARNINGS, *MESSAGES):
        assert of_package("wsis_stocktaking").translate(text, locale).code is not None, text


def test_another_officer_imports_what_one_has_tried(
    importing: Importing, service: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.use_case(ImportsCases), "_needs_other", True)
    with refused("stocktaking.import_dry_run_needed"):
        importing.start(importing.rows(1))
    tried = importing.run(importing.rows(1), dry_run=True)
    assert tried["file_until"] - tried["ended_at"] > timedelta(days=6)
    assert importing.call("read_import", id=tried["_id"])["second_officer"] is True
    with refused("stocktaking.import_second_officer_needed"):
        importing.call("start_import_application", id=tried["_id"], body={"reason": "Agreed"})
    other = actor("officer", id="other")
    assert importing.call("read_import", who=other, id=tried["_id"])["second_officer"] is False
    importing.call("start_import_application", who=other, id=tried["_id"], body={"reason": "Agreed"})
    service.run("import_entries")
    assert service.db["entries"].count_documents({}) == 1
