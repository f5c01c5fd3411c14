"""Workers in a real service: they run, wake up, start again, run once per service, and stop."""

import signal
import time

import pytest
from wsis_testkit import publish_mail, wait_for


@pytest.fixture(scope="module")
def notes(database):
    return database("loops")["notes"]


@pytest.fixture
def loops(serve, notes):
    notes.delete_many({})
    served = serve("loops")
    yield served
    served.stop(signal.SIGKILL)


def count(notes, what, **more):
    return notes.count_documents({"what": what, **more})


def test_a_worker_runs_with_the_service_and_wakes_up(loops, notes):
    wait_for(lambda: count(notes, "steady started"))
    for number in (1, 2, 3):
        loops.call("poke")
        wait_for(lambda number=number: count(notes, "steady woke") == number, 5, "the worker, long before its minute")
    assert count(notes, "steady started") == 1


def test_a_stop_lets_a_worker_finish(loops, notes):
    wait_for(lambda: count(notes, "steady started"))
    assert loops.stop() == 0
    assert count(notes, "steady stopped") == 1


def test_a_worker_that_raises_starts_again_with_a_back_off(loops, notes):
    wait_for(lambda: count(notes, "failing") >= 4, 20)
    times = [note["at"] for note in notes.find({"what": "failing"}).sort("at", 1)][:4]
    pauses = [after - before for before, after in zip(times, times[1:], strict=False)]
    assert pauses[0] > 0.15
    assert pauses[1] > 0.35
    assert pauses[2] > 0.75
    log = loops.log.read_text("utf-8")
    assert '"handler failed"' in log
    assert "hunter2" not in log
    assert loops.call("health")["service"] == "loops"


def test_workers_take_no_place_of_requests(serve):
    served = serve("loops", WSIS_MAX_WORKERS="1")
    assert served.call("poke", timeout=2) is None
    served.stop(signal.SIGKILL)


def test_a_singleton_runs_in_one_process_and_moves_on(loops, notes, serve):
    other = serve("loops")
    pids = {loops.process.pid: loops, other.process.pid: other}
    holder = wait_for(lambda: notes.find_one({"what": "only one"}))["by"]
    wait_for(lambda: count(notes, "only one") > 10)
    assert {row["by"] for row in notes.find({"what": "only one"})} == {holder}
    pids.pop(holder).stop(signal.SIGKILL)
    [heir] = pids
    wait_for(lambda: count(notes, "only one", by=heir), 30, "the other process to take over")
    pids[heir].stop()


def test_a_worker_that_does_not_stop_is_killed_in_time(serve, notes):
    served = serve("loops", real=True, LOOPS_STUBBORN="1")
    began = time.monotonic()
    assert served.stop() == 0
    assert time.monotonic() - began < 10
    assert "worker did not stop in time" in served.log.read_text("utf-8")


def test_a_mail_is_handled_once(loops, amqp_client, database):
    mails = database("loops")["mails"]
    for _ in range(3):
        publish_mail(amqp_client, "loops", "receive", id="one", recipient="loops@wsis.example", sender="a@b.example")
    publish_mail(amqp_client, "loops", "receive", id="two", recipient="loops@wsis.example")
    wait_for(lambda: mails.count_documents({"_id": {"$in": ["one", "two"]}}) == 2)
    assert [mail["sender"] for mail in mails.find().sort("_id", 1)] == ["a@b.example", ""]


def test_a_mail_that_cannot_be_handled_is_dead_lettered(loops, amqp_client, notes, environment):
    publish_mail(amqp_client, "loops", "receive", id="bad", recipient="loops@wsis.example", sender="poison")
    wait_for(lambda: "mail.loops.receive" in dead_letters(environment), 60, "it to be dead-lettered")


def dead_letters(environment):
    from kombu import Connection
    from wsis_shared.amqp import topology

    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        message = connection.channel().basic_get(topology.dead_letter_queue("loops").name, no_ack=True)
        return str(message.headers) if message else ""
