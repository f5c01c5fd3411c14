"""The file of refused rows: as they came, with reasons; corrected, it can be imported."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from wsis_shared import clock
from wsis_shared.erasure import sealed
from wsis_shared.exports import ExportSource
from wsis_shared.jobs.runner import run_of
from wsis_shared.tables.child import ReaderBusy
from wsis_shared.waiting.repository import WaitingDocuments
from wsis_testkit import refused
from wsis_testkit.interruptions import InProcess

from wsis_gateway.export_columns import columns
from wsis_gateway.export_formats import FORMATS, Table
from wsis_stocktaking.imports.schemas import RefusedRow, RefusedRowPage
from wsis_stocktaking.imports.use_cases import imports
from wsis_stocktaking.waiting import WAITING

from .. import generated
from ..import_kit import AT, Importing, Row

BROKEN: dict[int, Row] = {
    2: {"kind": "party"},
    4: {"countries": "no", "start_date": "15/03/2014"},
    5: {"organization.name": ""},
}
"""Place of a row -> what is wrong in it."""


def export(importing: Importing, id: str, path: Path, format: str = "xlsx") -> Path:
    """The refused rows, as the gateway writes them."""
    items = RefusedRowPage().dump({"items": importing.list("list_refused_rows", id)})["items"]
    writer = FORMATS[format].writer(
        Table(columns(RefusedRow()), ExportSource("https://wsis.example", "https://wsis.example/v1", AT, "en"))
    )
    path.write_bytes(writer.write(items) + b"".join(writer.finish()))
    writer.close()
    return path


def cells(path: Path) -> list[Row]:
    """The rows of a workbook by column."""
    header, *rows = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).active.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def correct(path: Path, changes: list[Row]) -> Path:
    """The workbook with other cells."""
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    places = {cell.value: cell.column for cell in book.active[1]}
    for number, change in enumerate(changes, start=2):
        for name, value in change.items():
            book.active.cell(number, places[name], value)
    book.save(path)
    return path


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_refused_rows_leave_as_they_came_and_come_in_once_corrected(
    importing: Importing, service: InProcess, tmp_path: Path, format: str
) -> None:
    sound = list(generated.rows(6))
    given = [{**row, **BROKEN.get(place, {})} for place, row in enumerate(sound, start=1)]
    first = importing.run(getattr(generated, f"write_{format}")(tmp_path / "register", given))
    assert (first["counts"]["created"], first["counts"]["refused"]) == (3, 3)
    file = export(importing, first["_id"], tmp_path / "refused.xlsx")
    rows = cells(file)
    assert [row["row"] for row in rows] == [3, 5, 6]  # behind the header
    for row, place in zip(rows, BROKEN, strict=True):
        came = given[place - 1]
        assert {name: row[name] or "" for name in generated.COLUMNS} == {
            name: came.get(name, "") for name in generated.COLUMNS
        }
    assert rows[0]["reasons"].startswith("#3 kind: ")
    assert rows[0]["reasons"].endswith("(party)")
    assert [part.partition(":")[0] for part in rows[1]["reasons"].split("; ")] == ["#5 countries.0", "#5 start_date"]

    changes = [{name: sound[place - 1].get(name) for name in change} for place, change in BROKEN.items()]
    second = importing.run(correct(file, changes))
    assert (second["counts"]["created"], second["unknown_columns"]) == (3, [])
    assert {row["import_key"]: row["content"] for row in service.db["entries"].find()} == dict(generated.entries(6))


def test_what_is_not_corrected_is_refused_again(importing: Importing, service: InProcess, tmp_path: Path) -> None:
    """Also what would be sound as text: a cell without a value, a code that has lost its zero, a key of another row."""
    [row, other] = generated.rows(2)
    book = openpyxl.Workbook()
    book.active.append(list(generated.COLUMNS))
    for number, change in enumerate(
        (
            {"partners": "#REF!"},
            {"targets": 8.1},
            {},
            {"import_key": "again"},
        ),
        start=2,
    ):
        came = {**(other if number > 3 else row), "import_key": f"key-{number}", **change}
        book.active.append([came.get(name) for name in generated.COLUMNS])
    book.active.cell(5, generated.COLUMNS.index("import_key") + 1, "key-4")
    path = tmp_path / "register"
    book.save(path)
    first = importing.run(path)
    assert (first["counts"]["created"], first["counts"]["refused"]) == (1, 3)
    before = list(service.db["entries"].find())
    file = export(importing, first["_id"], tmp_path / "refused.xlsx")
    assert [row["targets"] for row in cells(file)][1] == "8.1 / 8.10"
    again = importing.run(file)
    assert (again["counts"]["refused"], again["rows"]) == (3, 3)
    assert list(service.db["entries"].find()) == before


def test_refused_items_of_json_leave_as_rows(importing: Importing, service: InProcess, tmp_path: Path) -> None:
    [row] = importing.rows(1)
    contact = {"name": "Office", "email": "office@ministry.example"}
    links = [{"url": "https://a.example/x", "title": "A; B"}]
    first = importing.run([{**row, "kind": "party", "contact": contact, "links": links}])
    file = export(importing, first["_id"], tmp_path / "refused.xlsx")
    assert cells(file)[0]["contact.email"] == contact["email"]
    assert importing.run(correct(file, [{"kind": row["kind"]}]))["counts"]["created"] == 1
    [entry] = service.db["entries"].find()
    wanted = {name: value for name, value in row.items() if name != "import_key"}
    assert entry["content"] == {**wanted, "links": links}
    assert service.db["entry_contacts"].find_one({"_id": entry["_id"]})["email"] == contact["email"]


def test_refused_rows_wait_for_officers_until_the_next_import_of_their_source(
    importing: Importing, service: InProcess
) -> None:
    [kind] = [kind for kind in WAITING if kind.code == "refused_rows"]

    def waiting() -> tuple[int, str | None]:
        counted = WaitingDocuments(service.db, ()).counted(kind)
        return counted["count"], counted["page"]

    sound = importing.rows(2)
    broken = [{**sound[0], "kind": "party"}, sound[1]]
    importing.run(broken, dry_run=True)
    assert waiting() == (0, None), "a dry run refuses nothing for good"
    first, other = importing.run(broken), importing.run(broken, source="other")
    assert waiting() == (2, f"/desk/imports/{first['_id']}")
    again = importing.run(broken)
    assert waiting() == (2, f"/desk/imports/{other['_id']}"), "it stands for the former one of its source"
    importing.run(sound)
    assert (waiting()[0], "uncorrected_since" in importing.find(again["_id"])) == (1, False)
    importing.reverse(other["_id"])
    assert waiting() == (0, None)


def test_refused_rows_are_kept_for_thirty_days(service: InProcess) -> None:
    indexes = service.db["refused_rows"].index_information().values()
    assert [index["expireAfterSeconds"] for index in indexes if "expireAfterSeconds" in index] == [30 * 86400]


def test_an_erased_address_is_in_no_refused_row(importing: Importing, service: InProcess) -> None:
    rows = importing.rows(2)
    for row, name in zip(rows, ("Gone", "stays"), strict=True):
        row |= {"kind": "party", "contact": {"name": None, "email": f"{name}@ministry.example"}}
    importing.run(rows)
    data = {"address": sealed("gone@ministry.example")}
    service.handle("forget_contact", {"id": "erased", "time": clock.iso(clock.now()), "data": data})
    assert [row["email"] for row in service.db["refused_rows"].find()] == ["stays@ministry.example"]


def test_a_file_that_the_machine_cannot_read_now_is_read_later(
    importing: Importing, service: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job tries again; what its request would hear is 503 with Retry-After, never that the file is refused."""
    id = importing.start(importing.rows(2))
    job = service.db["jobs"].find_one({"kind": "import_entries"})

    def busy(*_: Any) -> Any:
        raise ReaderBusy

    with monkeypatch.context() as patched:
        patched.setattr(imports.ImportsCases, "_read", busy)
        step = service.use_case(imports.ImportsCases).import_entries
        with refused("stocktaking.import_busy", retry_after=60) as error:
            step(run_of(job), service.bus.blobs)
    assert error.value.status == 503
    assert importing.find(id)["refusal"] is None
    service.run("import_entries")
    assert importing.find(id)["counts"]["created"] == 2
