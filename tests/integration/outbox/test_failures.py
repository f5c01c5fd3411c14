"""What cannot be sent, or is refused, holds up its own subject alone, and waits for an operator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wsis_shared.amqp import serializer
from wsis_shared.amqp.failures import broker_lost
from wsis_shared.amqp.future import Future
from wsis_shared.amqp.messages import Message
from wsis_shared.events import envelope
from wsis_shared.mongo import in_transaction
from wsis_shared.outbox.commands import commands
from wsis_shared.outbox.relay import Relay
from wsis_shared.outbox.rules import TRIES
from wsis_shared.settings import Suite
from wsis_testkit import unsent

from .conftest import Broker, Store, gauge, note, noted, poison


def test_what_cannot_be_sent_is_set_aside_with_its_subject_and_holds_up_no_other(
    db: Any, relay: Relay, broker: Broker
) -> None:
    note(db, "a", "b")
    poison(db, "b")
    note(db, "b", "c")
    relay.turn()
    assert broker.taken == ["a", "b", "c"]
    assert (gauge("wsis_outbox_waiting"), gauge("wsis_outbox_set_aside")) == (2, 0)
    for _ in range(TRIES - 2):
        relay.turn()
    assert gauge("wsis_outbox_set_aside") == 0
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
    assert [row["tries"] for row in db["outbox"].find()] == [1, 1, 1]


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
        ("events_sent_again", a),
        ("events_dropped", b),
    ]
    relay.turn()
    assert [subject for subject in broker.taken if subject in ("a", "b")] == ["a", "a", "b"]
    assert run("list", service) == ""


def run(*arguments: str) -> str:
    """What `wsis outbox` prints."""
    return CliRunner().invoke(commands, [*arguments]).output
