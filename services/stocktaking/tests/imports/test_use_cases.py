"""Imports through the service: what becomes public, what stays, what is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from wsis_shared.blobs import store as blobs
from wsis_testkit import refused, wait_for

from .. import generated

COUNT = 620  # more than a batch
Import = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def run(stocktaking: Any, officer: Any, tmp_path_factory: pytest.TempPathFactory) -> Import:
    """Import a file, or rows; returns the import at its end."""
    folder = tmp_path_factory.mktemp("files")

    def start(path: Path | list[Any], state: str = "completed", **body: Any) -> dict[str, Any]:
        if not isinstance(path, Path):
            path = generated.write_json(folder / "rows", path)
        upload = blobs.of("stocktaking").put([path.read_bytes()], owner="upload", filename="register").reference()
        whole = {"source": "st", "dry_run": False, "encoding": None, "reason": None, **body}
        started = stocktaking.call("start_import", officer, upload=upload, body=whole)

        found: dict[str, Any] = wait_for(lambda: _ended(stocktaking, officer, started["id"]), 60, "the end")
        assert found["state"] == state, found
        return found

    return start


@pytest.fixture(scope="module")
def refusals(stocktaking: Any, officer: Any) -> Callable[[str], list[dict[str, Any]]]:
    """What an import refused."""
    return lambda id: list(stocktaking.call("list_import_refusals", officer, id=id, limit=100)["items"])


@pytest.fixture(scope="module")
def database_now(database: Any) -> Any:
    return database("stocktaking")


@pytest.fixture(scope="module")
def imported(run: Import, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The generated register as CSV."""
    return run(generated.write_csv(tmp_path_factory.mktemp("csv") / "register.csv", COUNT))


def counts(**named: int) -> dict[str, int]:
    return {**dict.fromkeys(("created", "updated", "proposed", "unchanged", "refused"), 0), **named}


def row(number: int, **changes: Any) -> dict[str, Any]:
    """A generated content with its key."""
    key, content = list(generated.entries(number))[-1]
    return {"import_key": key, **content, **changes}


def test_a_dry_run_counts_and_changes_nothing(run: Import, stocktaking: Any, database_now: Any) -> None:
    found = run([row(1), row(2, kind="party")], dry_run=True)
    assert (found["counts"], found["last_sequence"]) == (counts(created=1, refused=1), None)
    assert found["sample"][0]["organization"] == row(1)["organization"]["name"]
    assert database_now["entries"].count_documents({}) == 0


def test_each_row_becomes_a_public_entry_with_its_revision_and_one_event_tells_of_all(
    imported: dict[str, Any], database_now: Any, published: Any
) -> None:
    assert (imported["counts"], imported["rows"]) == (counts(created=COUNT), COUNT)
    stored = list(database_now["entries"].find().sort("sequence"))
    assert [(each["import_key"], each["content"]) for each in stored] == list(generated.entries(COUNT))
    assert [each["sequence"] for each in stored] == list(range(1, COUNT + 1))
    assert database_now["revisions"].count_documents({}) == COUNT
    [event] = published("stocktaking").wait("entries_imported")
    assert event["data"] == {
        **counts(created=COUNT),
        "id": imported["id"],
        "first_sequence": 1,
        "last_sequence": COUNT,
    }


@pytest.mark.parametrize("format", ["csv", "xlsx", "json"])
def test_importing_twice_changes_nothing(
    imported: dict[str, Any], run: Import, database_now: Any, tmp_path: Path, format: str
) -> None:
    before = list(database_now["entries"].find())
    found = run(getattr(generated, f"write_{format}")(tmp_path / "again", COUNT))
    assert (found["counts"], found["format"]) == (counts(unchanged=COUNT), format)
    assert list(database_now["entries"].find()) == before


def test_a_changed_row_is_a_revision_and_an_entry_that_somebody_edited_stays(
    imported: dict[str, Any], run: Import, refusals: Any, database_now: Any
) -> None:
    entries = database_now["entries"]
    for key, change in (
        ("ST-000002", {"revision": 2}),  # as an approved update leaves it
        ("ST-000003", {"draft": {"state": "submitted"}}),
        ("ST-000004", {"visibility": "withdrawn"}),
    ):
        entries.update_one({"import_key": key}, {"$set": change})
    found = run([row(number, keywords=["new"]) for number in range(1, 5)])
    assert found["counts"] == counts(updated=1, refused=3)
    assert [(each["key"], each["code"]) for each in refusals(found["id"])] == [
        ("ST-000002", "stocktaking.import_entry_edited"),
        ("ST-000003", "stocktaking.import_entry_drafted"),
        ("ST-000004", "stocktaking.import_entry_withdrawn"),
    ]
    updated = entries.find_one({"import_key": "ST-000001"})
    assert (updated["revision"], updated["content"]["keywords"]) == (2, ["new"])
    assert entries.find_one({"import_key": "ST-000002"})["content"]["keywords"] == row(2)["keywords"]


def test_contacts_are_stored_apart_from_what_is_public(run: Import, database_now: Any) -> None:
    found = run([row(5, import_key="with contact", contact={"name": "Office", "email": "office@ministry.example"})])
    entry = database_now["entries"].find_one({"import_key": "with contact"})
    contact = database_now["entry_contacts"].find_one({"_id": entry["_id"]})
    assert (contact["name"], contact["email"]) == ("Office", "office@ministry.example")
    for collection in ("entries", "revisions", "imports", "refusals"):
        assert "ministry.example" not in json.dumps(list(database_now[collection].find()), default=str)
    assert found["counts"] == counts(created=1)


def test_refusals_name_row_field_reason_and_value_in_the_language_of_the_reader(
    run: Import, stocktaking: Any, officer: Any
) -> None:
    found = run([row(1, import_key="x", countries=["no"]), row(1, import_key="x")])
    rows = stocktaking.call("list_import_refusals", officer, id=found["id"], limit=100, context={"locale": "fr"})[
        "items"
    ]
    assert [(each["row"], each["key"], each["field"], each["value"]) for each in rows] == [
        (1, "x", "countries.0", "no"),
        (2, "x", "import_key", "x"),
    ]
    assert rows[1]["reason"] == "La ligne 1 a la même clé."


def test_a_file_that_is_refused_says_why(run: Import, stocktaking: Any, officer: Any, tmp_path: Path) -> None:
    path = tmp_path / "register"
    path.write_text("[" * 1000)
    found = run(path, state="failed")
    assert found["refusal"] == "The JSON has more than 8 levels, or an item that is too large."
    error = wait_for(lambda: stocktaking.call("read_job", officer, job=found["id"])["error"], 15, "the end of the job")
    assert error["code"] == "stocktaking.import_file_refused"


def test_the_file_is_removed_at_the_end(imported: dict[str, Any], database_now: Any) -> None:
    blob = database_now["imports"].find_one({"_id": imported["id"]})["blob"]
    with refused("suite.blob_unknown"):
        blobs.of("stocktaking").stat(blob)


def test_a_dry_run_names_new_rows_that_the_register_or_the_file_has_already(
    imported: dict[str, Any], run: Import, database_now: Any
) -> None:
    rows = [row(7, import_key="of another register"), row(7, import_key="of another register, again")]
    found = wait_for(lambda: _with_likely(run(rows, dry_run=True)), 60, "the index of the register")
    entry = database_now["entries"].find_one({"import_key": "ST-000007"})
    [first, second] = found["duplicates"]
    assert (first["row"], first["entry"]) == (1, entry["_id"])
    assert first["other_organization"] == row(7)["organization"]["name"]
    assert (second["row"], second["entry"]) == (2, entry["_id"])
    assert found["counts"] == counts(created=2)


def _with_likely(found: dict[str, Any]) -> dict[str, Any] | None:
    return found if found["likely"] else None


def test_imports_come_one_after_the_other_and_one_can_be_cancelled(
    stocktaking: Any, officer: Any, run: Import, tmp_path: Path, database_now: Any
) -> None:
    def upload(path: Path) -> Any:
        file = blobs.of("stocktaking").put([path.read_bytes()], owner="upload", filename="register").reference()
        body = {"source": "st", "dry_run": True, "encoding": None, "reason": None}
        return stocktaking.call("start_import", officer, upload=file, body=body)

    first = upload(generated.write_csv(tmp_path / "long", 6000))
    with refused("stocktaking.import_running"):
        upload(generated.write_csv(tmp_path / "short", 1))
    stocktaking.call("cancel_job", officer, job=first["id"])
    found = wait_for(lambda: _ended(stocktaking, officer, first["id"]), 30, "the end of the import")
    assert (found["state"], found["rows"] < 6000) == ("cancelled", True)
    assert run([row(1)], dry_run=True)["state"] == "completed"
    listed = stocktaking.call("list_imports", officer, limit=2)
    assert (len(listed["items"]), listed["next"] is not None) == (2, True)


def _ended(stocktaking: Any, officer: Any, id: str) -> Any:
    found = stocktaking.call("read_import", officer, id=id)
    return found if found["state"] not in ("queued", "running") else None
