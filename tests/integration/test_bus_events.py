"""Events: saved with the change, sent after, handled once."""

import signal
import uuid

import pytest
from bson import Timestamp
from kombu import Connection, Queue
from wsis_shared import inbox
from wsis_shared.amqp import topology
from wsis_testkit import publish, wait_for


def test_an_event_of_a_write_arrives_as_a_cloudevent(madeup, published, database):
    events = published("madeup")
    made = madeup.call("make", n=3)
    event = wait_for(lambda: [one for one in events.of("thing_made") if one["subject"] == made["id"]])[0]
    assert event["specversion"] == "1.0"
    assert event["type"] == "wsis.madeup.thing_made.v1"
    assert event["source"] == "/wsis/madeup"
    assert event["data"] == {"n": 3}
    assert event["sequence"] == "00000000000000000001"
    wait_for(lambda: database("madeup")["seen"].count_documents({"_id": event["id"]}) == 1)
    wait_for(lambda: not database("madeup")["outbox"].count_documents({"event.subject": made["id"]}))


def test_an_event_above_the_limit_of_the_broker_is_set_aside_and_holds_up_no_other(madeup, database):
    large = topology.MAX_MESSAGE_BYTES
    outbox, seen = database("madeup")["outbox"], database("madeup")["seen"]
    madeup.call("make_large", sizes=[101, large, 102, 103, large, 104])
    wait_for(lambda: seen.count_documents({"n": {"$gt": 100}}) == 10)  # the first of each two is small
    wait_for(lambda: outbox.count_documents({"set_aside": "Invalid"}) == 2)
    madeup.call("make", n=31)
    wait_for(lambda: seen.count_documents({"n": 31}) == 1)
    wait_for(lambda: outbox.count_documents({}) == 2)
    wait_for(lambda: madeup.log.read_text().count("event set aside") == 2)
    assert madeup.process.poll() is None
    outbox.delete_many({})


def test_an_event_that_is_not_data_ends_no_process_and_holds_up_its_subject_alone(madeup, database):
    outbox, seen = database("madeup")["outbox"], database("madeup")["seen"]
    madeup.call("make_poison", subject="poisoned")
    madeup.call("make", n=204)
    wait_for(lambda: seen.count_documents({"n": 204}) == 1)
    [aside] = wait_for(lambda: list(outbox.find({"set_aside": "TypeError"})))
    assert (outbox.count_documents({}), seen.count_documents({"n": {"$in": [201, 202, 203]}})) == (3, 0)
    assert madeup.process.poll() is None
    outbox.delete_one({"_id": aside["_id"]})
    wait_for(lambda: seen.count_documents({"n": {"$in": [202, 203]}}) == 2)


def test_the_same_event_five_times_has_one_effect(madeup, amqp_client, database):
    sent = uuid.uuid4().hex
    for _ in range(5):
        publish(amqp_client, "outside", "told", {"kind": "plain"}, id=sent)
    publish(amqp_client, "outside", "told", {"kind": "last"}, id="last" + sent)
    told = database("madeup")["told"]
    # Events of other subjects are handled beside one another: the last one may be done first.
    wait_for(lambda: told.count_documents({"_id": {"$in": [sent, "last" + sent]}}) == 2)
    assert told.count_documents({"_id": sent}) == 1
    assert madeup.process.poll() is None


def test_each_handler_of_an_event_gets_it(madeup, amqp_client, database):
    sent = publish(amqp_client, "outside", "said", {})
    said = database("madeup")["said"]
    wait_for(lambda: said.count_documents({"event": sent}) == 2)
    assert sorted(row["by"] for row in said.find({"event": sent})) == ["on_said", "on_said_too"]


def test_a_handler_gets_only_its_version_of_an_event(madeup, amqp_client, database):
    second = publish(amqp_client, "outside", "said", {}, version=2)
    first = publish(amqp_client, "outside", "said", {}, version=1)
    said = database("madeup")["said"]
    wait_for(lambda: said.count_documents({"event": first}) == 2 and said.count_documents({"event": second}))
    assert [row["by"] for row in said.find({"event": second})] == ["on_said_v2"]
    assert sorted(row["by"] for row in said.find({"event": first})) == ["on_said", "on_said_too"]


def test_a_prefetch_of_one_handles_one_event_at_a_time(madeup, amqp_client, database):
    for _ in range(4):
        publish(amqp_client, "outside", "paced", {})
    notes = database("madeup")["notes"]
    wait_for(lambda: notes.count_documents({"what": "paced", "step": "ended"}) == 4)
    steps = [note["step"] for note in notes.find({"what": "paced"}).sort("_id")]
    assert steps == ["started", "ended"] * 4


def test_a_handler_that_always_fails_ends_in_the_dead_letter_queue(madeup, amqp_client, dead, database):
    dead()
    notes = database("madeup")["notes"]
    before = notes.count_documents({"what": "told poison"})
    sent = publish(amqp_client, "outside", "told", {"kind": "poison"})
    good = publish(amqp_client, "outside", "told", {"kind": "plain"})
    wait_for(lambda: database("madeup")["told"].count_documents({"_id": good}) == 1, what="the other one to be handled")
    letters = wait_for(dead, 60)
    assert [letter.headers["x-first-death-reason"] for letter in letters] == ["rejected"]
    assert sent in str(letters[0].body)
    assert notes.count_documents({"what": "told poison"}) - before == inbox.TRIES


def test_without_it_a_failed_event_is_lost(plain, send, environment):
    import json

    from kombu import Connection

    send("outside.events", "told", json.dumps({}), content_type="application/json")
    wait_for(lambda: "told" in plain.notes())
    plain.stop()
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        left = connection.channel().queue_declare("evt-outside-told--plain.on_told", passive=True)
    assert left.message_count == 0
    assert plain.notes().count("told") == 1


@pytest.mark.parametrize("body", [b"\xff", b'"text"', b"{}", b'{"specversion": "1.0", "id": 3, "data": {}}'])
def test_what_is_not_a_cloudevent_is_dead_lettered_without_its_body_in_the_log(madeup, send, dead, body):
    dead()
    canary = b"someone.secret@example.org"
    send("outside.events", "told.v1", body if body != b"{}" else b'{"mail": "' + canary + b'"}')
    assert wait_for(dead)
    log = madeup.log.read_bytes()
    assert b"message dead-lettered" in log
    assert canary not in log


def test_an_event_that_ends_the_process_is_dead_lettered_and_its_neighbours_are_handled(
    serve, amqp_client, dead, database
):
    dead()
    process = serve("madeup")
    publish(amqp_client, "outside", "told", {"kind": "deadly"})
    good = publish(amqp_client, "outside", "told", {"kind": "plain"})
    letters = []

    def settled():
        nonlocal process
        if process.process.poll() is not None:
            process = serve("madeup", wait=False)
        letters.extend(dead())
        return letters and database("madeup")["told"].count_documents({"_id": good}) == 1

    wait_for(settled, 90)
    process.stop(signal.SIGKILL)


def test_an_event_saved_by_a_process_that_died_is_sent_by_the_next(serve, published, database, environment):
    events = published("madeup")
    first = serve("madeup")
    # What a process leaves that dies between its commit and the relay.
    thing = {"_id": uuid.uuid4().hex, "n": 5, "version": 1}
    first.stop(signal.SIGKILL)
    from wsis_madeup.plugin import THING_MADE
    from wsis_shared.events import envelope, new_event

    event = envelope("madeup", new_event(THING_MADE, subject=thing["_id"], n=5), 1)
    database("madeup")["things"].insert_one(thing)
    database("madeup")["outbox"].insert_one({"_id": event["id"], "at": Timestamp(0, 0), "event": event})
    second = serve("madeup")
    wait_for(lambda: [one for one in events.of("thing_made") if one["subject"] == thing["_id"]], 40)
    wait_for(lambda: not database("madeup")["outbox"].count_documents({}))
    second.stop()


def test_a_process_wakes_the_one_that_publishes_and_another_takes_over_when_it_stops(serve, database, environment):
    processes = [serve("madeup") for _ in range(3)]
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        channel = connection.channel()
        heard = Queue("", topology.event_exchange("madeup"), routing_key="relay_woken.*", exclusive=True)(channel)
        heard.declare()

        def woken():
            processes[0].call("make", n=1)  # one of them does it
            return channel.basic_get(heard.name, no_ack=True)

        wait_for(woken)
    leases = database("madeup")["leases"]
    for process in processes[:2]:
        process.stop()
        # Where what wakes it is lost, it waits for the end of the lease.
        owner = wait_for(lambda: leases.find_one({"_id": "relay", "until": {"$gt": 0}}), 20, "another to take it")
        assert f":{process.process.pid}:" not in owner["owner"]


def test_a_timer_runs_in_one_process_at_a_time(serve, database):
    ticks = database("madeup")["ticks"]
    one, two = serve("madeup"), serve("madeup")
    ticks.delete_many({})
    wait_for(lambda: ticks.count_documents({}) >= 5, 15, what="ticks, though the last test's process was killed")
    assert len({row["by"] for row in ticks.find()}) == 1
    one.stop()
    two.stop()
