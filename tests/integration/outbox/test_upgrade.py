"""Events inside documents, as the former version stored them, go out too."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from wsis_shared import clock, mongo
from wsis_shared.collection import Collection
from wsis_shared.collection_specs import ensure_indexes
from wsis_shared.events import envelope
from wsis_shared.lease import Lease
from wsis_shared.mongo import in_transaction
from wsis_shared.mongo_connection import connect
from wsis_shared.outbox.embedded import EmbeddedEvents
from wsis_shared.outbox.relay import Relay
from wsis_testkit import unsent

from .conftest import SPECS, Broker, Store, note, noted


def of_former_version(db: Any, name: str = "things") -> None:
    """The indexes of that version."""
    db[name].drop_indexes()
    db[name].create_index("outbox.id", name="outbox_present", partialFilterExpression={"outbox.id": {"$exists": True}})
    db[name].create_index(
        "ends_at", name="ends_at_published", expireAfterSeconds=60, partialFilterExpression={"outbox": None}
    )


def embedded(id: str, *subjects: str, **more: Any) -> dict[str, Any]:
    """A document of that version with unsent events."""
    events = [envelope("outboxes", noted(subject), number) for number, subject in enumerate(subjects, 1)]
    return {"_id": id, "version": len(subjects), "outbox": events, **more}


def test_events_inside_documents_are_published_once_in_their_order(db: Any, relay: Relay, broker: Broker) -> None:
    of_former_version(db)
    of_former_version(db, "gone")  # a collection that is no longer declared
    db["things"].insert_many([embedded("t1", "t1", "t1-second"), embedded("t2", "t2"), {"_id": "t3", "version": 1}])
    db["gone"].insert_one(embedded("g1", "g1"))
    relay.turn()
    assert sorted(broker.taken) == ["g1", "t1", "t1-second", "t2"]
    assert broker.taken.index("t1") < broker.taken.index("t1-second")
    assert [row for row in db["things"].find({"outbox": {"$exists": True}})] == []
    relay.turn()
    assert len(broker.taken) == 4
    assert Lease(Collection(db["leases"]), "outbox", seconds=15, owner="of the former version").hold()


def test_a_relay_of_the_former_version_that_runs_keeps_its_events(db: Any, relay: Relay, broker: Broker) -> None:
    of_former_version(db)
    db["things"].insert_one(embedded("t1", "t1"))
    Lease(Collection(db["leases"]), "outbox", seconds=15, owner="of the former version").hold()
    note(db, "a")
    relay.turn()
    assert broker.taken == ["a"]
    assert len(db["things"].find_one({"_id": "t1"})["outbox"]) == 1


def test_a_write_keeps_the_events_that_the_former_version_left_in_its_document(db: Any) -> None:
    of_former_version(db)
    store = Store(db)
    db["things"].insert_many([embedded(id, f"{id} before") for id in ("saved", "put", "removed")])
    saved, put = (db["things"].find_one({"_id": id}) for id in ("saved", "put"))
    store.save("things", saved, noted("saved"))
    in_transaction(lambda: store.put_in_place("things", put, noted("put")))
    in_transaction(lambda: store.remove_document("things", "removed"))
    assert [event["subject"] for event in unsent(db, "noted")] == [
        "saved before",
        "saved",
        "put before",
        "put",
        "removed before",
    ]
    assert db["things"].count_documents({"outbox": {"$exists": True}}) == 0


def test_an_event_that_is_in_the_outbox_already_is_moved_once(db: Any) -> None:
    of_former_version(db)
    thing = embedded("t1", "t1")
    db["things"].insert_one(thing)
    in_transaction(lambda: Store(db).store_envelopes(thing["outbox"]))
    EmbeddedEvents(db).move()
    assert len(unsent(db, "noted")) == 1
    assert "outbox" not in db["things"].find_one({"_id": "t1"})


def test_after_the_contraction_no_relay_looks_into_the_documents(
    db: Any, count_commands: Callable[[Callable[[], Any]], list[str]]
) -> None:
    of_former_version(db)
    running = EmbeddedEvents(db)
    running.move_when_due()
    assert count_commands(running.move_when_due) == [], "it is not due"
    running._due = 0
    assert "find" in count_commands(running.move_when_due)
    EmbeddedEvents(db).contract(SPECS)
    running._due = 0
    assert count_commands(running.move_when_due) == ["listIndexes"]
    running._due = 0
    assert count_commands(running.move_when_due) == []


def test_the_contraction_moves_the_rest_and_its_documents_expire_as_all_do(db: Any) -> None:
    of_former_version(db)
    db["things"].insert_one(embedded("t1", "t1", ends_at=clock.now() + timedelta(days=1)))
    ensure_indexes(db, SPECS)
    expiries = {name for name, found in db["things"].index_information().items() if "expireAfterSeconds" in found}
    assert expiries == {"ends_at_published"}, "until then none deletes what is unsent"
    assert EmbeddedEvents(db).contract(SPECS) == 1
    assert set(db["things"].index_information()) == {"_id_", "ends_at"}
    assert [event["subject"] for event in unsent(db, "noted")] == ["t1"]
    assert EmbeddedEvents(db).contract(SPECS) == 0


def test_a_profiler_of_the_store_stops_no_relay(environment: dict[str, str], db: Any, broker: Broker) -> None:
    """What it writes is in the same database, and a user of a service may not look at it."""
    user, host = uuid.uuid4().hex, mongo.client().address
    with connect(environment["WSIS_MONGO_URI"], stable=False) as root:
        root[db.name].command("createUser", user, pwd=user, roles=["readWrite"])
        root[db.name].command("profile", 2)
        try:
            uri = f"mongodb://{user}:{user}@{host[0]}:{host[1]}/{db.name}?directConnection=true&w=majority"
            with connect(uri) as client:
                note(db, "a")
                Relay("outboxes", client[db.name], broker, confirm_seconds=0.05, held_seconds=0).turn()
        finally:
            root[db.name].command("profile", 0)
            root[db.name].command("dropUser", user)
    assert broker.taken == ["a"]
