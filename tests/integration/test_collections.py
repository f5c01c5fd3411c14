"""Collections follow from their declarations, and one that is not declared cannot be opened."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError, OperationFailure
from wsis_local.stack import Stack
from wsis_shared import clock, inbox, mongo
from wsis_shared.collection import Collection
from wsis_shared.collection_specs import CollectionSpec, declare, ensure_indexes, expires, index, present
from wsis_shared.events import EventType, PendingEvent, new_event
from wsis_shared.mongo_connection import connect
from wsis_shared.outbox import EventfulRepository
from wsis_shared.schemas import ResponseSchema
from wsis_testkit import wait_for
from wsis_testkit.expiry import quick_expiry

API_STRICT_ERROR = 323
SPECS = (
    CollectionSpec("things", indexes=(index("newest", "-at", "_id"), expires("ends_at", 60))),
    CollectionSpec("notes"),
)


class Store(EventfulRepository):
    source = "collections"


@pytest.fixture
def db(environment: Any) -> Any:
    db = mongo.database("collections")
    ensure_indexes(db, SPECS)
    return db


def noted(subject: str = "n1") -> PendingEvent:
    return new_event(EventType(type="noted", summary="A note", schema=ResponseSchema, example={}), subject=subject)


def test_indexes_follow_from_the_declaration(db: Any) -> None:
    found = db["things"].index_information()
    assert found["newest"]["key"] == [("at", -1), ("_id", 1)]
    assert found["ends_at"]["expireAfterSeconds"] == 60
    assert set(db["notes"].index_information()) <= {"_id_"}
    assert db["idempotency"].index_information()["at"]["expireAfterSeconds"] == 2 * 24 * 3600
    assert "at_unless_sequence" in db["inbox"].index_information(), "those of the bus are there too"
    assert not [name for name, each in db["outbox"].index_information().items() if "expireAfterSeconds" in each]


def test_the_sequences_that_a_handler_has_seen_do_not_expire(tmp_path: Path) -> None:
    with Stack(tmp_path, parts=("store",)) as stack, connect(stack.store.uri) as client, quick_expiry(stack.store.uri):
        db, long_ago = client["collections"], {"at": clock.now() - timedelta(days=31)}
        db["inbox"].create_index("at", name="at", expireAfterSeconds=30 * clock.DAY)  # of a former version
        inbox.is_newer(db, "on_erased", "a1", "2")
        inbox.process_once(db, "e1", "on_erased", lambda: None)
        ensure_indexes(db, SPECS)
        db["inbox"].update_many({}, {"$set": long_ago})
        wait_for(lambda: db["inbox"].count_documents({}) == 1, 90, "the store to delete what has expired")
        assert not inbox.is_newer(db, "on_erased", "a1", "1"), "a dead letter that is returned"
        assert inbox.is_newer(db, "on_erased", "a1", "3")


def test_a_sparse_index_of_an_earlier_version_gives_way(db: Any) -> None:
    with pytest.raises(ValueError, match="present"):
        index("code", "code", sparse=True)
    db["coded"].create_index("code", name="code", unique=True, sparse=True)
    ensure_indexes(db, (*SPECS, CollectionSpec("coded", indexes=(present("code", "code", unique=True),))))
    assert set(db["coded"].index_information()) == {"_id_", "code_present"}
    plan = db.command("explain", {"find": "coded", "filter": {"code": "a"}})["queryPlanner"]["winningPlan"]
    assert plan["inputStage"]["indexName"] == "code_present"
    db["coded"].insert_many([{"_id": 1}, {"_id": 2}, {"_id": 3, "code": "a"}])
    with pytest.raises(DuplicateKeyError):
        db["coded"].insert_one({"_id": 4, "code": "a"})


def test_what_later_servers_may_not_know_is_refused(db: Any) -> None:
    for refused in (
        lambda: db["things"].distinct("at"),
        lambda: db["things"].create_index([("title", "text")]),
        lambda: db.command("killSessions", []),
    ):
        with pytest.raises(OperationFailure) as error:
            refused()
        assert error.value.code == API_STRICT_ERROR


def test_the_values_of_a_field_are_found_each_once(db: Any) -> None:
    things = Collection(db["things"])
    things.insert_many([{"kind": kind} for kind in ("a", "b", "a", None)] + [{}])
    assert sorted(things.distinct("kind", {"kind": {"$ne": "c"}})) == ["a", "b"]


def test_a_collection_that_is_not_declared_cannot_be_opened(db: Any) -> None:
    Store(db).collection("notes").insert_one({"_id": "n1"})
    with pytest.raises(LookupError, match="forgotten"):
        Store(db).collection("forgotten")


def test_two_collections_of_one_name_are_refused(db: Any) -> None:
    with pytest.raises(ValueError, match="inbox"):
        declare(db, (*SPECS, CollectionSpec("inbox")))
