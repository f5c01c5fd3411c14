"""The relay of an outbox sends each event once and in order, as long as it has the lease."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

from wsis_shared.amqp.failures import broker_lost
from wsis_shared.collection import Collection
from wsis_shared.lease import Lease
from wsis_shared.outbox.relay import Relay
from wsis_shared.outbox.repository import WAKEUP
from wsis_shared.outbox.rules import LARGEST
from wsis_testkit import unsent, wait_for

from .conftest import Broker, gauge, note


def test_a_relay_with_nothing_to_publish_asks_one_question(
    db: Any, relay: Relay, broker: Broker, count_commands: Callable[[Callable[[], Any]], list[str]]
) -> None:
    assert relay.turn()
    assert count_commands(relay.turn) == ["find"]
    note(db, "a", "b")
    relay.turn()
    assert broker.taken == ["a", "b"]
    assert db["outbox"].count_documents({}) == 0
    assert count_commands(relay.turn) == ["find"]


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


def test_while_the_broker_takes_nothing_a_turn_has_one_round(db: Any, relay: Relay, broker: Broker) -> None:
    note(db, *(f"s{number}" for number in range(30)))
    relay._size = 10
    broker.answer = lambda subject: "lost"
    relay.turn()
    assert len(broker.taken) == 10
    broker.answer = lambda subject: True
    relay.turn()
    assert unsent(db, "noted") == []


def test_a_long_turn_ends_is_measured_and_goes_on(db: Any, relay: Relay, broker: Broker) -> None:
    note(db, "a", "b", "c")
    relay._size, relay.turn_seconds = 1, 0
    relay.turn()
    assert (broker.taken, gauge("wsis_outbox_waiting")) == (["a"], 2)
    assert relay._goes_on, "without a pause"
    relay._size = 3
    relay.turn()
    assert (broker.taken, gauge("wsis_outbox_waiting"), relay._goes_on) == (["a", "b", "c"], 0, False)


def test_who_has_lost_the_lease_begins_no_further_round(db: Any, relay: Relay, broker: Broker) -> None:
    note(db, *(f"s{number}" for number in range(LARGEST + 50)))
    other, relay.turn_seconds = another(db), 3600  # it ends for the lease, and not for its time

    def answer(subject: str) -> bool:
        relay.lease.release()
        return other.hold()

    broker.answer = answer
    assert relay.turn() is False
    assert len(broker.taken) == LARGEST
    assert gauge("wsis_outbox_waiting") is None


def test_who_gets_the_lease_back_begins_anew(db: Any, broker: Broker) -> None:
    relay = Relay("outboxes", db, broker, confirm_seconds=0.01, held_seconds=3600)
    other = another(db)
    note(db, "open", "refused")
    broker.answer = lambda subject: None if subject == "open" else False
    relay.turn()
    relay.lease.release()
    assert other.hold()
    assert relay.turn() is False
    other.release()
    note(db, "open", "refused", "refused")
    broker.taken, broker.answer = [], lambda subject: True
    relay.turn()
    assert broker.taken == ["open", "refused", "open", "refused", "refused"], "none waits for what went before"


def test_a_turn_waits_for_the_confirms(db: Any, relay: Relay, broker: Broker) -> None:
    note(db, "a")
    relay.confirm_seconds, broker.answer = 60, lambda subject: None
    confirming = Thread(target=lambda: wait_for(lambda: broker.open) and broker.confirm(1))
    confirming.start()
    relay.turn()
    confirming.join()
    assert unsent(db, "noted") == []


def test_who_has_not_the_lease_wakes_who_has_it_after_its_own_commits_and_waits(db: Any, broker: Broker) -> None:
    woken: list[int] = []
    relay = Relay("outboxes", db, broker, lambda: woken.append(len(woken)))
    other = another(db, seconds=1)
    note(db, "a")
    other.hold()
    turns = iter([False, False, True])
    relay.run(lambda: next(turns))
    assert (broker.taken, woken) == (["a"], [0, 1]), "once for the commit, once when it ends"
    assert not WAKEUP.event.is_set()
    relay.wake()
    assert WAKEUP.event.is_set()


def test_after_an_error_it_goes_on_and_still_wakes_who_has_the_lease(db: Any, broker: Broker) -> None:
    woken: list[str] = []
    relay = Relay("outboxes", db, broker, lambda: woken.append("woken"))
    relay.turn()
    note(db, "a")
    other = another(db)

    def answer(subject: str) -> bool:
        relay.lease.release()
        other.hold()
        raise RuntimeError("whatever it is")

    broker.answer = answer
    said = iter([False, False, True])
    seen: list[float | None] = []

    def stopping() -> bool:
        seen.append(gauge("wsis_outbox_relay"))
        return next(said)

    relay.run(stopping)
    assert (broker.taken, woken) == (["a"], ["woken", "woken"]), "once for the commit, once when it ends"
    assert seen == [1, 0, 0]


def test_the_gauges_are_those_of_who_has_the_lease(db: Any, relay: Relay, broker: Broker) -> None:
    assert (gauge("wsis_outbox_waiting"), gauge("wsis_outbox_relay")) == (None, 0)
    relay.turn()
    assert (gauge("wsis_outbox_waiting"), gauge("wsis_outbox_oldest_seconds"), gauge("wsis_outbox_relay")) == (0, 0, 1)
    note(db, "a", "b")
    broker.answer = lambda subject: False
    relay.turn()
    assert gauge("wsis_outbox_waiting") == 2
    assert (relay.stats()["waiting"], 0 <= relay.stats()["oldest_seconds"] < 60) == (2, True)
    relay.run(lambda: True)
    assert (gauge("wsis_outbox_waiting"), gauge("wsis_outbox_relay")) == (None, 0)
    assert another(db).hold()


def another(db: Any, seconds: float = 15) -> Lease:
    """The lease as another process sees it."""
    return Lease(Collection(db["leases"]), "relay", seconds=seconds, owner="another process")
