"""Registers that number their rows alike, entries with owners, what a dry run lists, and the reversal of an import."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared import migrations
from wsis_testkit import actor, refused
from wsis_testkit.interruptions import InProcess

from wsis_stocktaking.imports.rules import imports as rules
from wsis_stocktaking.imports.schemas import ImportBody
from wsis_stocktaking.migrations import MIGRATIONS

from ..import_kit import Importing, Row

ADA = actor("member", id="ada")


def numbered(importing: Importing, *titles: str) -> list[Row]:
    """Rows as registers number them: 1, 2, 3."""
    return [
        {
            **row,
            "import_key": str(number),
            "title": {"en": title},
            "description": {"en": title},
            "original_language": "en",
        }
        for number, (row, title) in enumerate(zip(importing.rows(len(titles)), titles, strict=True), start=1)
    ]


def titles(service: InProcess, **query: Any) -> set[str]:
    return {row["content"]["title"]["en"] for row in service.db["entries"].find({"visibility": "public", **query})}


def counts(**named: int) -> dict[str, int]:
    return {**dict.fromkeys(rules.COUNTS, 0), **named}


def assign(importing: Importing, title: str, account: str = "ada") -> str:
    """Give an entry to an account; returns its id."""
    entry = importing.service.db["entries"].find_one({"content.title.en": title})
    importing.service.db["entries"].update_one({"_id": entry["_id"]}, {"$set": {"owner": account}})
    return str(entry["_id"])


# -- the source -------------------------------------------------------------------------------------------------------


def test_two_registers_numbered_alike_do_not_overwrite_each_other(importing: Importing, service: InProcess) -> None:
    first = importing.run(numbered(importing, "Mexico Conectado", "Puntos"), "mx")
    second = importing.run(numbered(importing, "Second project", "Third project"), "gh")
    assert (first["counts"], second["counts"]) == (counts(created=2), counts(created=2))
    assert titles(service) == {"Mexico Conectado", "Puntos", "Second project", "Third project"}
    again = importing.run(numbered(importing, "Second project", "Renamed"), "gh")
    assert again["counts"] == counts(updated=1, unchanged=1)
    assert titles(service) == {"Mexico Conectado", "Puntos", "Second project", "Renamed"}


def test_a_row_that_names_an_entry_of_another_register_stays_without_effect(
    importing: Importing, service: InProcess
) -> None:
    importing.run(numbered(importing, "Mexico Conectado"), "mx")
    entry = service.db["entries"].find_one({})["_id"]
    [row] = numbered(importing, "Overwritten")
    done = importing.run([{"entry": entry, **{name: row[name] for name in row if name != "import_key"}}], "gh")
    assert (done["counts"], titles(service)) == (counts(refused=1), {"Mexico Conectado"})
    [refusal] = importing.list("list_import_refusals", done["_id"])
    assert (refusal["code"], refusal["reason"]) == (
        "stocktaking.import_entry_of_other_source",
        "The entry is of the register mx: it stays as it is.",
    )


@pytest.mark.parametrize("body", [{}, {"source": None}, {"source": ""}, {"source": "Ministry of ICT"}])
def test_an_import_without_a_source_is_refused_and_the_error_names_it(body: Row) -> None:
    assert set(ImportBody().validate(body)) == {"source"}


def test_a_gateway_that_sends_no_source_is_refused(importing: Importing) -> None:
    with refused("stocktaking.import_source_needed") as error:
        importing.start(importing.rows(1), source="")
    assert list(error.value.fields) == ["source"]


# -- entries of before imports had a source ---------------------------------------------------------------------------


@pytest.fixture
def former(importing: Importing, service: InProcess) -> set[str]:
    """Two entries as an import without a source has left them; their ids."""
    importing.run(numbered(importing, "Old one", "Old two"), "old")
    entries = list(service.db["entries"].find())
    service.db["entries"].delete_many({})
    for entry in entries:
        entry.pop("import_source")
        entry["last_updated_at"] = entry["revised_at"]
        entry["_id"] = rules.entry_id(None, entry["import_key"])
    service.db["entries"].insert_many(entries)
    return {entry["_id"] for entry in entries}


def test_a_register_of_before_finds_its_entries_once_it_adopts_them(
    importing: Importing, service: InProcess, former: set[str]
) -> None:
    adopted = importing.run(numbered(importing, "Old one", "Two"), "old", adopt_unsourced=True)
    assert adopted["counts"] == counts(unchanged=1, updated=1)
    assert {row["_id"] for row in service.db["entries"].find({"import_source": "old"})} == former
    later = importing.run(numbered(importing, "One", "Two", "New"), "old")
    assert later["counts"] == counts(unchanged=1, updated=1, created=1)
    other = importing.run(numbered(importing, "Another register"), "gh", adopt_unsourced=True)
    assert other["counts"] == counts(created=1)
    assert titles(service) == {"One", "Two", "New", "Another register"}


def test_another_register_leaves_entries_of_before_and_says_that_their_keys_are_there(
    importing: Importing, service: InProcess, former: set[str]
) -> None:
    tried = importing.run(numbered(importing, "First of another"), "gh", dry_run=True)
    assert (tried["counts"], tried["unsourced"]) == (counts(created=1), 1)
    importing.run(numbered(importing, "First of another"), "gh")
    assert titles(service) == {"Old one", "Old two", "First of another"}


def test_an_import_that_waited_while_sources_came_is_as_it_was(
    importing: Importing, service: InProcess, former: set[str]
) -> None:
    id = importing.start(numbered(importing, "Old one", "Two"), "old")
    gone = ("source", "adopt_unsourced", "unsourced", "changes", "refused_rows", "reversal", "counts.proposed")
    service.db["imports"].update_one({"_id": id}, {"$unset": dict.fromkeys(gone, "")})
    service.run("import_entries")
    assert importing.find(id)["counts"] == counts(unchanged=1, updated=1)


def test_a_migration_takes_the_dates_of_imports_from_entries_of_before(
    importing: Importing, service: InProcess, former: set[str]
) -> None:
    said = datetime(2014, 5, 1, tzinfo=UTC)
    dated, undated = sorted(former)
    service.db["entries"].update_one({"_id": dated}, {"$set": {"last_updated_at": said}})
    service.db["entries"].insert_one({"_id": "own", "visibility": "unpublished"})
    assert [count for _, _, count in migrations.run(service.db, MIGRATIONS)] == [2]
    entries = {row["_id"]: row for row in service.db["entries"].find()}
    assert (entries[dated]["last_updated_at"], entries[undated]["last_updated_at"]) == (said, None)
    assert entries["own"] == {"_id": "own", "visibility": "unpublished"}
    assert importing.call("read_entry", entry=undated)["freshness"] == "unknown"
    service.db["schema_versions"].delete_many({})
    assert [count for _, _, count in migrations.run(service.db, MIGRATIONS)] == [0]  # a second run changes nothing


# -- owners -----------------------------------------------------------------------------------------------------------


def test_an_update_of_an_owned_entry_waits_for_its_owner(importing: Importing, service: InProcess) -> None:
    importing.run(numbered(importing, "First", "Second"))
    entry = assign(importing, "First")
    done = importing.run(numbered(importing, "Changed", "Second"))
    assert (done["counts"], titles(service)) == (counts(proposed=1, unchanged=1), {"First", "Second"})
    [change] = importing.list("list_import_changes", done["_id"])
    assert (change["decision"], change["entry"]) == ("proposed", entry)
    [mine] = importing.call("list_own_entries", ADA, limit=20)["items"]
    assert (mine["title"], mine["state"], mine["proposed_from"]) == ("Changed", "draft", "st")
    # The same file again, and another one while the owner has not decided.
    assert importing.run(numbered(importing, "Changed", "Second"))["counts"] == counts(unchanged=2)
    assert importing.run(numbered(importing, "Better", "Second"))["counts"] == counts(proposed=1, unchanged=1)
    version = service.db["entries"].find_one({"_id": entry})["version"]
    importing.call("submit_own_entry", ADA, entry=entry, body={"version": version})
    waits = importing.run(numbered(importing, "Too late", "Second"))
    assert waits["counts"] == counts(refused=1, unchanged=1)
    body = {"version": version + 1, "decision": "approve", "reason": None, "content": None}
    importing.call("decide_review", entry=entry, body=body)
    assert titles(service) == {"Better", "Second"}


def test_a_proposal_that_the_owner_discards_is_not_made_again(importing: Importing, service: InProcess) -> None:
    importing.run(numbered(importing, "First"))
    entry = assign(importing, "First")
    importing.run(numbered(importing, "Changed"))
    importing.call("discard_own_draft", ADA, entry=entry)
    assert importing.run(numbered(importing, "Changed"))["counts"] == counts(unchanged=1)
    assert service.db["entries"].find_one({"_id": entry})["draft"] is None


# -- what a dry run lists ---------------------------------------------------------------------------------------------


def test_a_dry_run_lists_before_and_after_of_each_update_and_changes_nothing(
    importing: Importing, service: InProcess
) -> None:
    importing.run(numbered(importing, "First", "Second"))
    before = list(service.db["entries"].find())
    tried = importing.run(numbered(importing, "First", "Changed", "New"), dry_run=True)
    assert tried["counts"] == counts(unchanged=1, updated=1, created=1)
    [change] = importing.list("list_import_changes", tried["_id"])
    assert (change["row"], change["key"], change["decision"]) == (2, "2", "updated")
    assert {"field": "title.en", "before": "Second", "after": "Changed"} in change["differences"]
    assert list(service.db["entries"].find()) == before


# -- the file of a dry run --------------------------------------------------------------------------------------------


def test_the_file_of_a_dry_run_is_imported_once_without_another_upload(
    importing: Importing, service: InProcess
) -> None:
    tried = importing.run(numbered(importing, "First", "New"), "gh", dry_run=True)
    apply = {"method": "start_import_application", "body": {"reason": "As it was tried"}}
    id = importing.call(**apply, id=tried["_id"])["id"]
    service.run("import_entries")
    done = importing.find(id)
    assert (done["dry_run"], done["source"], done["counts"]) == (False, "gh", counts(created=2))
    assert importing.call("read_import", id=tried["_id"])["application"] == id
    for known in (tried["_id"], id):  # it was imported; and this is no dry run
        with refused("stocktaking.import_not_applicable"):
            importing.call(**apply, id=known)


def test_the_file_of_a_dry_run_is_kept_for_a_day(importing: Importing, service: InProcess) -> None:
    tried = importing.run(numbered(importing, "First"), dry_run=True)
    assert service.bus.blobs.stat(tried["blob"]).expires_at == tried["file_until"]
    with refused("stocktaking.import_not_applicable"):
        importing.call(
            "start_import_application",
            id=tried["_id"],
            body={"reason": "Too late"},
            at=tried["file_until"] + timedelta(seconds=1),
        )


# -- the reversal -----------------------------------------------------------------------------------------------------


def test_a_reversal_withdraws_what_was_created_and_restores_what_was_updated(
    importing: Importing, service: InProcess
) -> None:
    dated = [{**row, "last_updated_at": "2014-05-01"} for row in numbered(importing, "First", "Second", "Third")]
    importing.run(dated)
    kept = {row["_id"]: row for row in service.db["entries"].find()}
    wrong = importing.run(numbered(importing, "Wrong 1", "Wrong 2", "Third", "Wrong 4", "Wrong 5"))
    touched = assign(importing, "Wrong 5")
    service.db["entries"].update_one({"_id": touched}, {"$inc": {"version": 1}})
    done = importing.reverse(wrong["_id"])
    assert {name: done["reversal"][name] for name in ("state", "reverted", "left")} == {
        "state": "completed",
        "reverted": 3,
        "left": 1,
    }
    assert titles(service) == {"First", "Second", "Third", "Wrong 5"}
    for id, entry in kept.items():
        now = service.db["entries"].find_one({"_id": id})
        assert (now["content"], now["last_updated_at"]) == (entry["content"], entry["last_updated_at"])
    restored = service.db["entries"].find_one({"content.title.en": "First"})
    assert restored["revision"] == 3  # the former content is a new revision
    listed = {row["key"]: row["reversal"] for row in importing.list("list_import_changes", wrong["_id"])}
    assert listed == {"1": "reverted", "2": "reverted", "4": "reverted", "5": "left"}
    assert [event["data"]["entry"] for event in service.outbox("entry_withdrawn")] == [
        service.db["entries"].find_one({"content.title.en": "Wrong 4"})["_id"]
    ]
    assert len(service.outbox("entry_published")) == 2
    [audited] = [
        event["data"]
        for event in service.outbox("action_taken")
        if event["data"]["action"] == "stocktaking.import_reversed"
    ]
    assert audited["reason"] == "The wrong file"
    again = importing.reverse(wrong["_id"])
    assert (again["reversal"]["reverted"], again["reversal"]["left"]) == (3, 1)
    assert titles(service) == {"First", "Second", "Third", "Wrong 5"}
    # The right file comes in, as if the wrong one had never been there.
    right = importing.run(numbered(importing, "Right 1", "Second", "Third", "Right 4"))
    assert right["counts"] == counts(updated=1, unchanged=2, created=1)
    assert titles(service) == {"Right 1", "Second", "Third", "Right 4", "Wrong 5"}


def test_a_reversal_drops_proposals_that_wait_untouched(importing: Importing, service: InProcess) -> None:
    importing.run(numbered(importing, "First"))
    entry = assign(importing, "First")
    wrong = importing.run(numbered(importing, "Changed"))
    assert importing.reverse(wrong["_id"])["reversal"]["reverted"] == 1
    stored = service.db["entries"].find_one({"_id": entry})
    assert (stored["draft"], "proposed" in stored["imported"]) == (None, False)


def test_what_cannot_be_undone_is_refused(importing: Importing, service: InProcess) -> None:
    body = {"reason": "The wrong file"}
    tried = importing.run(numbered(importing, "First"), dry_run=True)
    waiting = importing.start(numbered(importing, "First"))
    for id, code in (
        (tried["_id"], "stocktaking.import_not_reversible"),
        (waiting, "stocktaking.import_running"),
    ):
        with refused(code, id=id):
            importing.call("start_import_reversal", id=id, body=body)
    with refused("stocktaking.import_unknown", id="nowhere"):
        importing.call("start_import_reversal", id="nowhere", body=body)


# -- dates ------------------------------------------------------------------------------------------------------------


def test_a_row_without_a_date_of_its_update_has_no_freshness_and_is_asked_for_one(
    importing: Importing, service: InProcess
) -> None:
    dated, undated = numbered(importing, "Dated", "Undated")
    importing.run([{**dated, "last_updated_at": "2014-05-01"}, undated])
    shown = {}
    for row in service.db["entries"].find():
        card = importing.call("read_entry", entry=row["_id"])
        shown[card["title"]["en"]] = card["freshness"], card["last_updated_at"] is None
    assert shown == {"Dated": ("red", False), "Undated": ("unknown", True)}
    listed = importing.call("list_entries_without_owner", years=1, limit=20)["items"]
    assert {row["title"] for row in listed} == {"Dated", "Undated"}
    importing.call(
        "start_invitations", body={"years": 1, "action_lines": [], "regions": [], "dry_run": True, "reason": None}
    )
    service.run("invite_owners")
    job = service.db["jobs"].find_one({"kind": "invite_owners"})
    assert (job["result"]["entries"], job["result"]["without_owner"]) == (2, 2)


def test_a_date_that_a_later_file_names_is_an_update_once(importing: Importing, service: InProcess) -> None:
    rows = numbered(importing, "First", "Second")
    importing.run(rows)
    named = [{**rows[0], "last_updated_at": "2014-05-01"}, {**rows[1], "last_updated_at": "9999-12-31"}]
    tried = importing.run(named, dry_run=True)
    assert tried["counts"] == counts(updated=2)
    [change, _] = importing.list("list_import_changes", tried["_id"])
    assert change["differences"] == [{"field": "last_updated_at", "before": None, "after": "2014-05-01T00:00:00Z"}]
    assert importing.run(named)["counts"] == counts(updated=2)
    assert service.db["entries"].find_one({"content.title.en": "First"})["last_updated_at"].year == 2014
    assert importing.run(named)["counts"] == counts(unchanged=2)
    assert importing.run(rows)["counts"] == counts(unchanged=2)  # no date takes none away
