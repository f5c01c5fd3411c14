"""A collection that is not declared cannot be opened, and one without an outbox takes no events."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared import mongo
from wsis_shared.collection_specs import CollectionSpec, declare, ensure_indexes, expires, index
from wsis_shared.events import EventType, PendingEvent, new_event
from wsis_shared.outbox import EventfulRepository
from wsis_shared.schemas import ResponseSchema

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


def noted() -> PendingEvent:
    return new_event(EventType(type="noted", summary="A note", schema=ResponseSchema, example={}), subject="n1")


def test_indexes_follow_from_the_declaration(db: Any) -> None:
    found = db["things"].index_information()
    assert found["newest"]["key"] == [("at", -1), ("_id", 1)]
    assert found["ends_at"]["expireAfterSeconds"] == 60
    assert found["outbox"]["sparse"] is True
    assert set(db["notes"].index_information()) <= {"_id_"}
    assert db["idempotency"].index_information()["at"]["expireAfterSeconds"] == 2 * 24 * 3600
    assert "at" in db["inbox"].index_information(), "those of the bus are there too"


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
