"""In order where it is promised, whatever fails: the store is away, the process stops or dies, one event is poison."""

import signal
import uuid
from functools import partial
from types import MappingProxyType

import pytest
from kombu import Connection
from wsis_shared import inbox
from wsis_shared.bus.batches import SUSPECT_DELIVERIES
from wsis_shared.events import EventKey
from wsis_testkit import wait_for

BATCH, PREFETCH = 10, 20  # of the made-up handler


@pytest.fixture
def madeup(alone):
    return alone


@pytest.fixture
def tell(amqp_client):
    """`tell(8, subject="a")`: so many events, numbered from `first` on, published at once; returns their ids. `kinds`
    are those of single ones, by number."""
    key = EventKey("outside", "told_in_turn")

    def send(count, kind="plain", subject="", first=0, kinds=MappingProxyType({}), **more):
        events = [
            {
                "specversion": "1.0",
                "id": uuid.uuid4().hex,
                "source": "/wsis/outside",
                "type": key.cloudevents_type,
                "subject": subject or f"s{n % 7}",
                "data": {"kind": kinds.get(n, kind), "n": n, **more},
            }
            for n in range(first, first + count)
        ]
        amqp_client.publish_all([("outside.events", key.routing_key, event, {}, {}) for event in events])
        return [event["id"] for event in events]

    return send


@pytest.fixture
def taken(database):
    """`taken(ids)`: those that are stored, in the order in which they were."""
    told = database("madeup")["told"]
    return lambda ids: [row["_id"] for row in told.find({"_id": {"$in": ids}}).sort("turn")]


@pytest.fixture
def gate(database):
    """`gate()` opens it; what `waits` at `gate.name`, or stumbles there, goes on from then."""
    notes = database("madeup")["notes"]

    def open_gate():
        notes.insert_one({"what": open_gate.name})

    open_gate.name = uuid.uuid4().hex
    open_gate.met = lambda: notes.count_documents({"gate": open_gate.name})
    return open_gate


def test_a_batch_that_is_given_back_takes_everything_in_hand_along(madeup, tell, taken, gate):
    ids = tell(4 + 3 * PREFETCH, kinds={3: "waits"}, gate=gate.name)
    wait_for(lambda: gate.met() >= 3, what="the batch to be given back, and to come again")
    stored = taken(ids)
    gate()
    assert stored in [ids[:count] for count in range(4)], "of an earlier batch, and none behind the one that waits"
    wait_for(lambda: len(taken(ids)) == len(ids), 30)
    assert taken(ids) == ids


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_process_that_ends_hands_over_in_order(madeup_installed, serve, tell, taken, gate, number):
    first, second = serve("madeup"), serve("madeup")
    ids = [*tell(1, "waits", gate=gate.name), *tell(3 * PREFETCH, first=1)]
    wait_for(gate.met)
    first.stop(number)
    gate()
    assert second.healthy()
    wait_for(lambda: len(taken(ids)) == len(ids), 30)
    assert taken(ids) == ids
    second.stop()


def test_a_process_that_stops_keeps_none_back(madeup_installed, serve, tell, taken):
    """While it works on what it has, another one must not have what follows."""
    first, second = serve("madeup"), serve("madeup")
    ids = tell(300)
    wait_for(lambda: taken(ids[:20]))
    first.stop()
    wait_for(lambda: len(taken(ids)) == len(ids), 30)
    assert taken(ids) == ids
    second.stop()


def test_poison_holds_up_its_subject_and_no_other(madeup, tell, taken, dead, database):
    dead()
    before = tell(2, subject="a")
    [poison] = tell(1, "poison", subject="a", first=2)
    behind = tell(3, subject="a", first=3)
    others = tell(30, subject="b")
    later = tell(3, subject="a", first=6)
    everything = before + behind + later + others
    wait_for(lambda: len(taken(everything)) == len(everything), 60)
    assert (taken(before + behind + later), taken(others)) == (before + behind + later, others)
    assert taken(behind[:1] + others) == others + behind[:1], "the others went by"
    [letter] = wait_for(dead)
    assert poison in str(letter.body)
    assert database("madeup")["notes"].count_documents({"what": "told poison in turn", "id": poison}) >= inbox.TRIES


def test_one_that_fails_for_a_while_is_stored_before_those_behind_it(madeup, tell, taken, dead):
    dead()
    a = [*tell(1, "stumbles", subject="a", times=3), *tell(4, subject="a", first=1)]
    b = [*tell(1, "stumbles", subject="b", times=4), *tell(2 * BATCH, subject="b", first=1)]
    others = tell(5, subject="c")
    wait_for(lambda: len(taken(a + b + others)) == len(a + b + others), 30)
    assert (taken(a), taken(b), taken(others)) == (a, b, others)
    assert dead() == []


@pytest.mark.parametrize("times", [2, SUSPECT_DELIVERIES + 2])
def test_behind_poison_they_wait_although_the_store_goes_away(madeup, tell, taken, gate, dead, times):
    dead()
    away = f"{gate.name} is away"
    [poison] = tell(1, "poison", subject="a")
    behind = tell(2, subject="a", first=1)
    others = [*tell(1, "waits", subject="b", gate=gate.name), *tell(2, subject="b", first=1)]
    wait_for(lambda: gate.met() >= times, 30, away)
    gate()
    wait_for(lambda: len(taken(behind + others)) == 5, 60)
    assert (taken(behind), taken(others)) == (behind, others)
    [letter] = wait_for(dead, 60)
    assert poison in str(letter.body)


def test_the_count_of_failures_outlives_the_process(madeup_installed, serve, tell, dead, database):
    """Neither a restart nor what the store or the broker do counts as a failure, and a restart forgets none."""
    dead()
    notes = database("madeup")["notes"]
    process = serve("madeup")
    [poison] = tell(1, "poison", subject="a")
    count = partial(notes.count_documents, {"what": "told poison in turn", "id": poison})
    letters = []
    for _ in range(3):
        before = count()
        wait_for(lambda before=before: count() > before or letters.extend(dead()) or letters, 30)
        process.stop(signal.SIGKILL)
        process = serve("madeup")
    wait_for(lambda: letters or letters.extend(dead()) or letters, 60)
    process.stop(signal.SIGKILL)
    assert count() <= inbox.TRIES + 3, "a killed process may not have counted its last one"


@pytest.mark.parametrize("closed", [True, False])
def test_the_broker_redelivers_in_order_what_a_closed_channel_had(environment, amqp_client, closed):
    """What the rest stands on. A cancelled consumer keeps what it has, while the next one gets what follows."""
    name = f"order.{uuid.uuid4().hex}"
    arguments = {"x-queue-type": "quorum", "x-single-active-consumer": True}
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        publishing = connection.channel()
        publishing.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)
        for n in range(30):
            publishing.basic_publish(publishing.prepare_message(str(n).encode()), exchange="", routing_key=name)
        received = [], []
        channels = [connection.channel() for _ in received]
        for channel, bodies in zip(channels, received, strict=True):
            channel.basic_qos(0, 20, False)
            channel.basic_consume(
                name,
                consumer_tag=f"{name} {channel.channel_id}",
                callback=lambda message, bodies=bodies: bodies.append(int(message.body)),
            )

        def drained(bodies, count):
            try:
                connection.drain_events(timeout=0.1)
            except TimeoutError:
                pass
            return len(bodies) >= count

        wait_for(lambda: drained(received[0], 20))
        if closed:
            channels[0].close()
        else:
            channels[0].basic_cancel(f"{name} {channels[0].channel_id}")
        expected = list(range(20)) if closed else list(range(20, 30))
        wait_for(lambda: drained(received[1], len(expected)))
        assert received[1] == expected
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        connection.channel().queue_delete(name)


def test_more_than_a_batch_waits_behind_one_that_fails(madeup, tell, taken, database):
    ids = tell(5 * BATCH, subject="one", kinds={0: "stumbles"}, times=6)  # also alone
    wait_for(lambda: len(taken(ids)) == len(ids), 30)
    assert taken(ids) == ids
    assert max(row["of"] for row in database("madeup")["told"].find({"_id": {"$in": ids}})) == BATCH
    assert "batch failed" not in madeup.log.read_text()


def test_the_pause_between_the_tries_grows(madeup, tell, taken, database):
    ids = tell(1, "stumbles", times=4)
    wait_for(lambda: taken(ids) == ids)
    times = [note["at"] for note in database("madeup")["notes"].find({"id": ids[0]}).sort("at")]
    pauses = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
    assert all(pause >= least for pause, least in zip(pauses, (0.1, 0.2, 0.4), strict=True)), pauses
