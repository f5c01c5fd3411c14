"""Documents change shape while processes of the old and of the new version run, and while a run is cut short.

`former/idempotency.json` was written by the code of commit 28f1f22, where `response` was called `answer`.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from bson import json_util
from wsis_shared import clock, inbox, migrations, mongo
from wsis_shared.context import Actor, Context
from wsis_shared.migrations import CONTRACTED, EXPANDED, Migration, Step, Versions
from wsis_testkit import refused

FORMER = json_util.loads((Path(__file__).parent / "former/idempotency.json").read_text("utf-8"))
ARGUMENTS = {
    "acct-1|change_project|k-1": {"project": "p1", "body": {"title": "Ärger"}},
    "acct-1|withdraw_project|k-2": {"project": "p2"},
    "acct-2|change_project|k-1": {"project": "p3", "body": {}},
}


@pytest.fixture
def db(environment: Any, monkeypatch: pytest.MonkeyPatch, request: Any) -> Any:
    """A database with what the former commit wrote."""
    monkeypatch.setattr(migrations, "RECHECK_SECONDS", 0.0)
    db = mongo.database(request.node.name[:40].replace("[", "_").replace("]", ""))
    db["idempotency"].insert_many([{**row, "at": clock.now()} for row in FORMER])
    return db


def repeat(db: Any, key: str, arguments: Any = None) -> Any:
    """The same request again: the handler must not run."""
    account, method, idempotency_key = key.split("|")
    context = Context(actor=Actor(account, ("member",)), idempotency_key=idempotency_key)
    return mongo.in_transaction(
        lambda: inbox.idempotent(
            db, context, method, ARGUMENTS[key] if arguments is None else arguments, lambda: "handler ran"
        )
    )


def digest(arguments: Any) -> str:
    """What the former version stored of a request."""
    return hashlib.sha256(json.dumps(arguments, sort_keys=True, default=str).encode()).hexdigest()


def run(db: Any, steps: Any = inbox.MIGRATIONS, **options: bool) -> list[tuple[str, int]]:
    return [(step, documents) for _, step, documents in migrations.run(db, steps, **options)]


def answers(db: Any) -> dict[str, Any]:
    return {key: repeat(db, key) for key in ARGUMENTS}


def test_a_repeat_is_answered_from_documents_of_either_shape(db: Any) -> None:
    wanted = {row["_id"]: row["answer"] for row in FORMER}
    assert answers(db) == wanted, "before any migration"
    assert run(db) == [(EXPANDED, 3)] * 2
    assert answers(db) == wanted, "expanded"
    assert run(db, contract=True) == [(CONTRACTED, 3)] * 2
    assert answers(db) == wanted, "contracted"
    assert db["idempotency"].count_documents({"answer": {"$exists": True}}) == 0
    with refused("suite.idempotency_key_reused"):
        repeat(db, "acct-1|withdraw_project|k-2", {"project": "another"})


def test_the_former_version_reads_what_the_new_one_writes_until_the_contraction(db: Any) -> None:
    def write(key: str) -> dict[str, Any]:
        assert repeat(db, f"acct-9|change_project|{key}", {}) == "handler ran"
        return dict(db["idempotency"].find_one({"_id": f"acct-9|change_project|{key}"}))

    run(db)
    first = write("first")
    assert first["answer"] == "handler ran"
    assert first["fingerprint"] == digest({})
    run(db, contract=True)
    last = write("second")
    assert not {"answer", "fingerprint"} & last.keys()
    assert last["response"] == "handler ran"


def test_who_reads_the_store_cannot_try_what_may_have_been_asked(db: Any) -> None:
    run(db)
    run(db, contract=True)
    repeat(db, "acct-1|change_project|k-1", ARGUMENTS["acct-1|change_project|k-1"])
    key = "acct-3|change_project|k-1"
    asked = {"body": {"email": "ama@people.example"}}
    assert repeat(db, key, asked) == "handler ran"
    stored = str(list(db["idempotency"].find()))
    assert not [each for each in (asked, *ARGUMENTS.values()) if digest(each) in stored]
    with refused("suite.idempotency_key_reused"):
        repeat(db, key, {"body": {"email": "kofi@people.example"}})


def test_what_the_former_version_wrote_meanwhile_is_contracted_too(db: Any) -> None:
    run(db)
    late = {"_id": "acct-3|change_project|k-9", "fingerprint": "f", "answer": {"id": "late"}, "at": clock.now()}
    db["idempotency"].insert_one(late)
    assert run(db, contract=True) == [(CONTRACTED, 4)] * 2
    row = db["idempotency"].find_one({"_id": late["_id"]})
    assert row["response"] == {"id": "late"}
    assert "answer" not in row


def test_a_dry_run_counts_and_changes_nothing(db: Any) -> None:
    before = list(db["idempotency"].find())
    assert run(db, contract=True, dry_run=True) == [(EXPANDED, 3), (CONTRACTED, 3)] * 2
    assert list(db["idempotency"].find()) == before
    assert len(Versions(db).pending(inbox.MIGRATIONS)) == 4


def test_an_empty_database_has_nothing_to_migrate(environment: Any) -> None:
    fresh = mongo.database("fresh")
    assert run(fresh) == []
    assert Versions(fresh).pending(inbox.MIGRATIONS) == []


def test_a_run_that_was_cut_short_goes_on_with_the_rest(environment: Any) -> None:
    db = mongo.database("cut_short")
    db["things"].insert_many([{"_id": number, "old": number} for number in range(1000)])
    seen: list[int] = []

    def update(row: Any) -> dict[str, Any]:
        if len(seen) == 650:
            raise KeyboardInterrupt
        seen.append(row["_id"])
        return {"$set": {"new": row["old"] * 2}}

    pending = {"old": {"$exists": True}, "new": {"$exists": False}}
    migration = Migration("things", 2, "new is twice old", Step(pending, update))
    with pytest.raises(KeyboardInterrupt):
        run(db, [migration])
    assert db["things"].count_documents(pending) == 400, "three batches of 200 are done"
    assert [item.step for item in Versions(db).pending([migration])] == [EXPANDED]
    seen.clear()
    assert run(db, [migration]) == [(EXPANDED, 400)]
    assert db["things"].count_documents({"$expr": {"$ne": ["$new", {"$multiply": ["$old", 2]}]}}) == 0
    assert run(db, [migration]) == []


def test_a_service_that_writes_meanwhile_loses_nothing(environment: Any) -> None:
    db = mongo.database("meanwhile")
    db["things"].insert_many([{"_id": number, "old": 1} for number in range(300)])
    touched = False

    def update(row: Any) -> dict[str, Any]:
        nonlocal touched
        if not touched:
            touched = True
            db["things"].update_one({"_id": row["_id"]}, {"$set": {"old": 7}})
        return {"$set": {"new": row["old"]}}

    pending = {"old": {"$exists": True}, "new": {"$exists": False}}
    run(db, [Migration("things", 2, "old is called new", Step(pending, update))])
    assert db["things"].count_documents({"new": 7}) == 1
    assert db["things"].count_documents({"$expr": {"$eq": ["$new", "$old"]}}) == 300


def test_declarations_that_do_not_fit_are_named() -> None:
    step = Step({"old": {"$exists": True}}, lambda row: {"$unset": {"old": ""}})
    migration = Migration("things", 3, "", step)
    assert len(migrations.check([migration], {"things": 3})) == 1
    assert len(migrations.check([migration], {"others": 1})) == 1
    assert migrations.check([Migration("things", 2, "", step)], {"things": 2}) == []
