"""The outbox and its relay: a change is never stored without its event, and each event goes out once, in order."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from bson import ObjectId
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import fields
from prometheus_client import REGISTRY
from pymongo.errors import DuplicateKeyError
from wsis_shared import clock, mongo
from wsis_shared.amqp import serializer
from wsis_shared.amqp.failures import broker_lost
from wsis_shared.amqp.future import Future
from wsis_shared.amqp.messages import Message
from wsis_shared.collection_specs import CollectionSpec, ensure_indexes, expires
from wsis_shared.errors import Conflict
from wsis_shared.events import EventType, PendingEvent, envelope, new_event
from wsis_shared.lease import Lease
from wsis_shared.mongo import Collection, in_transaction
from wsis_shared.outbox import EventfulRepository
from wsis_shared.outbox.commands import commands
from wsis_shared.outbox.embedded import EmbeddedEvents
from wsis_shared.outbox.relay import Relay
from wsis_shared.outbox.rules import LARGEST, TRIES
from wsis_shared.schemas import ResponseSchema
from wsis_shared.settings import Suite
from wsis_testkit import unsent

SPECS = (CollectionSpec("things", indexes=(expires("ends_at", 60),)), CollectionSpec("notes"))
NOTED = EventType(type="noted", summary="A note", schema=ResponseSchema, example={})


class Store(EventfulRepository):
    source = "outboxes"


class Counted(ResponseSchema):
    n = fields.Integer(required=True)


class Broker:
    """Takes what a relay sends. `answer(subject)`: True confirms at once, False refuses, None leaves it open, "lost" is
    the connection."""

    def __init__(self) -> None:
        self.taken: list[str] = []  # subjects of all messages
        self.open: list[Future] = []
        self.answer: Callable[[str], bool | str | None] = lambda subject: True

    def __call__(self, messages: Sequence[Message]) -> list[Future]:
        futures = []
        for message in messages:
            subject = serializer.loads(message.body)["subject"]
            self.taken.append(subject)
            futures.append(future := Future())
            answer = self.answer(subject)
            if answer is None:
                self.open.append(future)
            else:
                future.refused = answer is False
                future.resolve(error=None if answer is True else broker_lost())
        return futures

    def confirm(self, count: int) -> None:
        """Confirm the oldest ones that are open."""
        for future in self.open[:count]:
            future.resolve()
        del self.open[:count]


@pytest.fixture
def db(environment: Any) -> Any:
    db = mongo.database(f"outboxes-{uuid.uuid4().hex[:6]}")
    ensure_indexes(db, SPECS)
    yield db
    mongo.client().drop_database(db.name)


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def relay(db: Any, broker: Broker) -> Relay:
    return Relay("outboxes", db, broker, confirm_seconds=0.05, held_seconds=0)


def noted(subject: str) -> PendingEvent:
    return new_event(NOTED, subject=subject)


def note(db: Any, *subjects: str) -> None:
    in_transaction(lambda: Store(db).store_events(1, *map(noted, subjects)))


def poison(db: Any, subject: str) -> None:
    """An event that no JSON expresses."""
    in_transaction(lambda: Store(db).store_envelopes([envelope("outboxes", noted(subject), 1) | {"data": ObjectId()}]))


def gauge(name: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"service": "outboxes"})


# -- storing -----------------------------------------------------------------------------------------------------------


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


# -- publishing --------------------------------------------------------------------------------------------------------


def test_a_relay_with_nothing_to_publish_asks_one_question(
    db: Any, relay: Relay, broker: Broker, count_commands: Callable[[Callable[[], Any]], list[str]]
) -> None:
    relay.turn()
    assert count_commands(relay.turn) == ["find"]
    note(db, "a", "b")
    relay.turn()
    assert broker.taken == ["a", "b"]
    assert db["outbox"].count_documents({}) == 0
    assert count_commands(relay.turn) == ["find"]


def test_what_cannot_be_sent_is_set_aside_with_its_subject_and_holds_up_no_other(
    db: Any, relay: Relay, broker: Broker
) -> None:
    note(db, "a", "b")
    poison(db, "b")
    note(db, "b", "c")
    relay.turn()
    assert broker.taken == ["a", "b", "c"]
    assert (gauge("wsis_outbox_waiting"), gauge("wsis_outbox_set_aside")) == (2, 0)
    for _ in range(TRIES - 1):
        relay.turn()
    [aside] = db["outbox"].find({"set_aside": {"$exists": True}})
    assert (aside["set_aside"], aside["tries"]) == ("TypeError", TRIES)
    assert (gauge("wsis_outbox_waiting"), gauge("wsis_outbox_set_aside")) == (1, 1)
    note(db, "b", "d")
    relay.turn()
    assert broker.taken == ["a", "b", "c", "d"]
    db["outbox"].delete_one({"_id": aside["_id"]})
    relay.turn()
    assert broker.taken == ["a", "b", "c", "d", "b", "b"]
    assert gauge("wsis_outbox_set_aside") == 0


def test_many_that_cannot_be_sent_hold_up_no_other(db: Any, relay: Relay, broker: Broker) -> None:
    for number in range(3):
        poison(db, f"p{number}")
    note(db, "a")
    relay._size = 2
    relay.turn()
    assert broker.taken == ["a"]


def test_a_slow_broker_gets_no_duplicates(db: Any, relay: Relay, broker: Broker) -> None:
    subjects = [f"s{number:02}" for number in range(30)]
    note(db, *subjects)
    relay._size = 20
    broker.answer = lambda subject: None
    for _ in range(40):
        relay.turn()
        broker.confirm(2)
        if not db["outbox"].count_documents({}):
            break
    assert broker.taken == subjects
    assert relay._size < 20


def test_what_a_lost_connection_leaves_open_is_sent_again_and_nothing_else(
    db: Any, relay: Relay, broker: Broker
) -> None:
    note(db, "a", "b", "c")
    broker.answer = lambda subject: True if subject == "b" else None
    relay.turn()
    assert [event["subject"] for event in unsent(db, "noted")] == ["a", "c"]
    for future in broker.open:
        future.resolve(error=broker_lost())
    broker.answer = lambda subject: True
    relay.turn()
    relay.turn()
    assert broker.taken == ["a", "b", "c", "a", "c"]
    assert unsent(db, "noted") == []


def test_after_a_refusal_events_of_a_subject_go_one_by_one(db: Any, relay: Relay, broker: Broker) -> None:
    note(db, "a", "b")
    broker.answer = lambda subject: subject != "a"
    relay.turn()
    note(db, "a", "a", "b")
    broker.taken.clear()
    relay.turn()
    assert broker.taken == ["a", "b"], "the second waits for the first"
    broker.answer, broker.taken = lambda subject: True, []
    relay.turn()
    assert broker.taken == ["a", "a", "a"]


@pytest.mark.parametrize("answer", [False, None])
def test_an_event_that_is_never_confirmed_holds_up_no_other(
    db: Any, relay: Relay, broker: Broker, answer: bool | None
) -> None:
    note(db, "stuck")
    broker.answer = lambda subject: answer if subject == "stuck" else True
    others = [f"s{number:02}" for number in range(20)]
    for subject in others:
        note(db, subject)
        relay.turn()
    assert [subject for subject in broker.taken if subject != "stuck"] == others
    assert broker.taken.count("stuck") == (1 if answer is None else 20)


def test_many_that_are_refused_are_passed_in_one_turn(db: Any, relay: Relay, broker: Broker) -> None:
    note(db, *(f"full{number:02}" for number in range(30)), "a")
    relay.turn_seconds = 0
    broker.answer = lambda subject: not subject.startswith("full")
    for _ in range(16):  # each turn has time for one round
        relay._size = 2
        relay.turn()
    assert broker.taken.count("a") == 1
    assert len(broker.taken) == 31, "none a second time before the relay was past all"
    relay.turn_seconds = 60
    relay.turn()
    assert len(broker.taken) == 61


def test_while_the_broker_takes_nothing_a_turn_has_one_round(db: Any, relay: Relay, broker: Broker) -> None:
    note(db, *(f"s{number}" for number in range(30)))
    relay._size = 10
    broker.answer = lambda subject: "lost"
    relay.turn()
    assert len(broker.taken) == 10
    broker.answer = lambda subject: True
    relay.turn()
    assert unsent(db, "noted") == []


def test_a_refused_subject_is_tried_again_after_a_while(db: Any, broker: Broker) -> None:
    relay = Relay("outboxes", db, broker, held_seconds=3600)
    note(db, "a")
    broker.answer = lambda subject: False
    relay.turn()
    relay.turn()
    assert broker.taken == ["a"]
    relay._release_at = 0
    relay.turn()
    assert broker.taken == ["a", "a"]


def test_a_refused_subject_goes_one_by_one_however_many_others_are_confirmed(
    db: Any, relay: Relay, broker: Broker
) -> None:
    note(db, "a")
    broker.answer = lambda subject: subject != "a"
    relay.turn()
    note(db, "a", "a")
    for _ in range(3):
        note(db, "b")
        relay.turn()
    assert broker.taken == ["a", "a", "b", "a", "b", "a", "b"], "no later event of its subject passes"
    broker.answer, broker.taken = lambda subject: True, []
    relay.turn()
    note(db, "b", "b")
    relay.turn()
    assert broker.taken == ["a", "a", "a", "b", "b"]
    assert relay._refused == set()


def test_a_long_turn_ends_is_measured_and_goes_on(db: Any, relay: Relay, broker: Broker) -> None:
    note(db, "a", "b", "c")
    relay._size, relay.turn_seconds = 1, 0
    relay.turn()
    assert (broker.taken, gauge("wsis_outbox_waiting")) == (["a"], 2)
    assert relay._goes_on, "without a pause"
    relay._size = 3
    relay.turn()
    assert (broker.taken, gauge("wsis_outbox_waiting"), relay._goes_on) == (["a", "b", "c"], 0, False)


def test_what_is_set_aside_is_no_reason_for_a_further_round(db: Any, relay: Relay, broker: Broker) -> None:
    poison(db, "p")
    for _ in range(TRIES):
        relay.turn()
    note(db, "a")
    relay.turn_seconds = 0
    relay.turn()
    assert (broker.taken, relay._goes_on) == (["a"], False)


# For each subject: in how many tries its events are refused or lost before they are confirmed; None: never confirmed.
FATES = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.tuples(st.sampled_from([True, False, None, "lost"]), st.integers(1, 8) | st.just(10**6)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FATES, st.lists(st.lists(st.sampled_from("abcdefghxyz"), max_size=6), max_size=8), st.integers(1, 4))
def test_whatever_becomes_of_others_the_events_of_a_healthy_subject_go_out_in_order(
    db: Any, fates: dict[str, tuple[bool | str | None, int]], commits: list[list[str]], size: int
) -> None:
    db["outbox"].delete_many({})
    tried, arrived, open = Counter[str](), list[str](), set[str]()

    def send(messages: Sequence[Message]) -> list[Future]:
        return [answer(serializer.loads(message.body)) for message in messages]

    def answer(event: dict[str, Any]) -> Future:
        id, subject, future = event["id"], event["subject"], Future()
        assert id not in open, "sent while it is open"
        fate, times = fates.get(subject, (True, 0))
        tried[subject] += 1
        confirmed = fate is True or (fate is not None and tried[subject] > times)
        if confirmed:
            arrived.append(id)
        if fate is None:
            open.add(id)
        else:
            future.refused = fate is False and not confirmed
            future.resolve(error=None if confirmed else broker_lost())
        return future

    relay = Relay("outboxes", db, send, confirm_seconds=0.001, held_seconds=0)
    relay._size = size
    stored: list[dict[str, Any]] = []
    for commit in commits:
        events = [envelope("outboxes", noted(subject), 1) for subject in commit]
        in_transaction(partial(Store(db).store_envelopes, events))
        stored += events
        relay.turn()
    for _ in range(len(stored) + 8):
        relay.turn()
    for subject in "abcdefghxyz":
        fate, times = fates.get(subject, (True, 0))
        own = [event["id"] for event in stored if event["subject"] == subject]
        sent = [id for id in arrived if id in own]
        if fate is True or (fate is False and times < 10):
            assert sorted(sent) == sorted(own), "each once"
        if fate is True:
            assert sent == own


def test_who_has_lost_the_lease_begins_no_further_round(db: Any, relay: Relay, broker: Broker) -> None:
    note(db, *(f"s{number}" for number in range(LARGEST + 50)))
    other = Lease(Collection(db["leases"]), "relay", seconds=15, owner="another process")

    def answer(subject: str) -> bool:
        relay.lease.release()
        return other.hold()

    broker.answer = answer
    relay.turn()
    assert len(broker.taken) == LARGEST
    assert gauge("wsis_outbox_waiting") is None


def test_who_has_not_the_lease_wakes_who_has_it_after_its_own_commits_and_waits(db: Any, broker: Broker) -> None:
    woken: list[int] = []
    relay = Relay("outboxes", db, broker, lambda: woken.append(len(woken)))
    other = Lease(Collection(db["leases"]), "relay", seconds=1, owner="another process")
    note(db, "a")
    other.hold()
    turns = iter([False, False, True])
    relay.run(lambda: next(turns))
    assert (broker.taken, woken) == (["a"], [0, 1]), "once for the commit, once when it ends"


def test_the_gauges_are_those_of_who_has_the_lease(db: Any, relay: Relay, broker: Broker) -> None:
    relay.turn()
    assert (gauge("wsis_outbox_waiting"), gauge("wsis_outbox_oldest_seconds"), gauge("wsis_outbox_relay")) == (0, 0, 1)
    note(db, "a", "b")
    broker.answer = lambda subject: False
    relay.turn()
    assert gauge("wsis_outbox_waiting") == 2
    assert (relay.stats()["waiting"], 0 <= relay.stats()["oldest_seconds"] < 60) == (2, True)
    relay.run(lambda: True)
    assert (gauge("wsis_outbox_waiting"), gauge("wsis_outbox_relay")) == (None, 0)


def test_an_operator_lists_what_is_set_aside_sends_it_again_or_drops_it(db: Any, relay: Relay, broker: Broker) -> None:
    service = db.name.removeprefix(Suite.load().mongo_prefix)
    for subject in ("a", "b"):
        poison(db, subject)
        note(db, subject)
    for _ in range(TRIES):
        relay.turn()
    listed = run("list", service)
    (a, b) = (line.split()[0] for line in listed.splitlines())
    assert "wsis.outboxes.noted.v1 of a, TypeError" in listed
    assert "specversion" not in listed
    assert "specversion" in run("list", service, "--bodies")
    db["outbox"].update_one({"_id": a}, {"$set": {"event.data": {}}})
    assert run("send", service, "--id", a).startswith("sent again")
    assert run("drop", service, "--id", b, "--yes").startswith("dropped")
    assert "not set aside" in run("drop", service, "--id", b, "--yes")
    entries = [event["data"] for event in unsent(db, "action_taken")]
    assert [(entry["action"].split(".")[1], entry["before"]["events"][0]["id"]) for entry in entries] == [
        ("events_sent_again", a), ("events_dropped", b)
    ]  # fmt: skip
    relay.turn()
    assert [subject for subject in broker.taken if subject in ("a", "b")] == ["a", "a", "b"]
    assert run("list", service) == ""


def run(*arguments: str) -> str:
    """What `wsis outbox` prints."""
    return CliRunner().invoke(commands, [*arguments]).output


# -- events inside documents, of the former version --------------------------------------------------------------------


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
    store.save("things", {"_id": "saved", "version": 1}, noted("saved"))
    in_transaction(lambda: store.put_in_place("things", {"_id": "put", "version": 1}, noted("put")))
    in_transaction(lambda: store.remove_document("things", "removed"))
    assert [event["subject"] for event in unsent(db, "noted")] == [
        "saved before", "saved", "put before", "put", "removed before"
    ]  # fmt: skip
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
