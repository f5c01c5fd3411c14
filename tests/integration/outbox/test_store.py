"""A change is never stored without its event, nor an event without its change."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

import pytest
from marshmallow import fields
from pymongo.errors import DuplicateKeyError
from wsis_shared.errors import Conflict
from wsis_shared.events import EventType, PendingEvent
from wsis_shared.mongo import in_transaction
from wsis_shared.outbox.repository import WAKEUP
from wsis_shared.schemas import ResponseSchema
from wsis_testkit import unsent

from .conftest import Store, note, noted


class Edited(Store):
    edited: ClassVar[Mapping[str, Any]] = {"things": lambda doc: {name: doc[name] for name in ("title", "text")}}


class Counted(ResponseSchema):
    n = fields.Integer(required=True)


def test_a_change_is_not_stored_without_its_event_nor_an_event_without_its_change(db: Any) -> None:
    store = Store(db)
    saved = store.save("things", {"_id": "t1"}, noted("t1"))
    store.save("things", saved, noted("t1"), noted("t1"))
    with pytest.raises(Conflict):
        store.save("things", saved, noted("late"))
    with pytest.raises(ValueError, match="none"):
        store.save("things", {"_id": "t2"}, PendingEvent(EventType("noted", "", Counted, {}), "t2", {"n": "none"}))
    assert [event["subject"] for event in unsent(db, "noted")] == ["t1"] * 3
    assert [event["sequence"][-1] for event in unsent(db, "noted")] == ["1", "2", "2"]
    assert db["things"].count_documents({}) == 1


def test_events_are_refused_outside_a_transaction(db: Any) -> None:
    with pytest.raises(RuntimeError, match="in_transaction"):
        Store(db).store_events(1, noted("t1"))
    Store(db).store_events(1)
    assert unsent(db, "noted") == []


def test_events_are_in_the_order_of_their_commits(db: Any) -> None:
    for number in range(3):
        note(db, f"{number}a", f"{number}b")
    assert [row["at"] for row in db["outbox"].find().sort("at", 1)] == sorted(
        {row["at"] for row in db["outbox"].find()}
    )
    assert [event["subject"] for event in unsent(db, "noted")] == ["0a", "0b", "1a", "1b", "2a", "2b"]


def test_a_duplicate_key_stores_no_event(db: Any) -> None:
    store = Store(db)
    store.save("things", {"_id": "t1"})

    def work() -> None:
        store.store_events(1, noted("t1"))
        store.save("things", {"_id": "t1"})

    with pytest.raises(DuplicateKeyError):
        in_transaction(work)
    assert unsent(db, "noted") == []


def test_a_commit_wakes_the_relay_and_a_change_that_is_not_stored_does_not(db: Any) -> None:
    store = Store(db)
    saved = store.save("things", {"_id": "t1"}, noted("t1"))
    WAKEUP.event.clear()
    WAKEUP.committed = False
    with pytest.raises(Conflict):
        store.save("things", {**saved, "version": 7}, noted("t1"))
    assert (WAKEUP.event.is_set(), WAKEUP.committed) == (False, False)
    store.save("things", saved, noted("t1"))
    assert (WAKEUP.event.is_set(), WAKEUP.committed) == (True, True)


def test_a_document_remembers_when_each_field_that_people_edit_changed(db: Any) -> None:
    store = Edited(db)
    saved = store.save("things", {"_id": "t1", "title": "a", "text": "a"})
    assert "revisions" not in saved
    saved = store.save("things", {**saved, "title": "b"})
    assert store.save("things", {**saved, "text": "b"})["revisions"] == {"title": 2, "text": 3}


def test_a_document_put_in_place_is_inserted_then_replaced_and_its_events_stay_when_it_is_removed(db: Any) -> None:
    store = Store(db)
    in_transaction(lambda: store.put_in_place("things", {"_id": "t1", "n": 1}, noted("t1")))
    in_transaction(lambda: store.put_in_place("things", {"_id": "t1", "n": 2, "version": 1}, noted("t1")))
    assert list(db["things"].find()) == [{"_id": "t1", "n": 2, "version": 2}]
    for id in ("t1", "unknown"):
        in_transaction(partial(store.remove_document, "things", id))
    assert db["things"].count_documents({}) == 0
    assert [event["sequence"][-1] for event in unsent(db, "noted")] == ["1", "2"]
