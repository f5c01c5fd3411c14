"""A collection that is not declared cannot be opened, and one without an outbox takes no events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import DuplicateKeyError, OperationFailure
from wsis_local.stack import Stack
from wsis_shared import clock, mongo
from wsis_shared.collection_specs import CollectionSpec, declare, ensure_indexes, expires, index, present
from wsis_shared.events import EventType, PendingEvent, new_event
from wsis_shared.mongo_connection import connect
from wsis_shared.outbox import EventfulRepository, Relay
from wsis_shared.schemas import ResponseSchema
from wsis_testkit import wait_for
from wsis_testkit.expiry import quick_expiry

API_STRICT_ERROR = 323
SPECS = (
    CollectionSpec("things", outbox=True, indexes=(index("newest", "-at", "_id"), expires("ends_at", 60))),
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
    assert found["ends_at_published"]["expireAfterSeconds"] == 60
    assert found["outbox_present"]["partialFilterExpression"] == {"outbox.id": {"$exists": True}}
    assert set(db["notes"].index_information()) <= {"_id_"}
    assert db["idempotency"].index_information()["at"]["expireAfterSeconds"] == 2 * 24 * 3600
    assert "at" in db["inbox"].index_information(), "those of the bus are there too"


def test_a_document_expires_when_its_events_are_published(tmp_path: Path) -> None:
    with Stack(tmp_path, parts=("store",)) as stack, connect(stack.store.uri) as client, quick_expiry(stack.store.uri):
        db, long_ago = client["collections"], clock.now() - timedelta(days=1)
        ensure_indexes(db, SPECS)
        store = Store(db)
        store.save("things", {"_id": "waits", "ends_at": long_ago}, noted())
        store.save("things", {"_id": "told", "ends_at": long_ago})
        wait_for(lambda: db["things"].find_one({"_id": "told"}) is None, 90, "the store to delete what has expired")
        assert db["things"].find_one({"_id": "waits"}) is not None
        Relay("collections", db, ("things",), lambda source, envelopes: None).publish_pending()
        wait_for(lambda: db["things"].find_one({"_id": "waits"}) is None, 90, "the published one to be deleted")


def test_a_relay_with_nothing_to_publish_asks_one_question(
    db: Any, count_commands: Callable[[Callable[[], Any]], list[str]]
) -> None:
    several = (*SPECS, CollectionSpec("books", outbox=True), CollectionSpec("shelves", outbox=True))
    ensure_indexes(db, several)
    published: list[str] = []
    names = declare(db, several)
    relay = Relay("collections", db, names, lambda _, events: published.extend(event["subject"] for event in events))
    relay.publish_pending()  # what other tests have left
    assert count_commands(relay.publish_pending) == ["aggregate"]
    for name in names:
        Store(db).save(name, {"_id": name}, noted(name))
    published.clear()
    relay.publish_pending()
    assert sorted(published) == sorted(names)
    assert count_commands(relay.publish_pending) == ["aggregate"]


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


def test_an_expiry_of_an_earlier_version_gives_way_where_documents_have_events(db: Any) -> None:
    indexes = (expires("at", 60),)
    expiring = (CollectionSpec("with", indexes, outbox=True), CollectionSpec("without", indexes))
    for spec in expiring:
        db[spec.name].create_index("at", name="at", expireAfterSeconds=60)
    ensure_indexes(db, (*SPECS, *expiring))
    kept = {
        spec.name: {name for name, found in db[spec.name].index_information().items() if "expireAfterSeconds" in found}
        for spec in expiring
    }
    assert kept == {"with": {"at_published"}, "without": {"at"}}


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
    things = mongo.Collection(db["things"])
    things.insert_many([{"kind": kind} for kind in ("a", "b", "a", None)] + [{}])
    assert sorted(things.distinct("kind", {"kind": {"$ne": "c"}})) == ["a", "b"]


def test_a_collection_that_is_not_declared_cannot_be_opened(db: Any) -> None:
    Store(db).collection("notes").insert_one({"_id": "n1"})
    with pytest.raises(LookupError, match="forgotten"):
        Store(db).collection("forgotten")


def test_events_in_a_collection_without_an_outbox_are_refused(db: Any) -> None:
    Store(db).save("things", {"_id": "t1"}, noted())
    with pytest.raises(LookupError, match="notes"):
        Store(db).save("notes", {"_id": "n2"}, noted())
    assert db["notes"].find_one({"_id": "n2"}) is None


def test_outboxes_follow_from_the_declaration(db: Any) -> None:
    assert declare(db, SPECS) == ("things",)
    with pytest.raises(ValueError, match="inbox"):
        declare(db, (*SPECS, CollectionSpec("inbox")))
