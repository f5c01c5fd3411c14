"""Stops and late calls: a process of its own for each test, none beside it."""

import signal
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from nameko.standalone.rpc import ClusterRpcProxy
from wsis_testkit import make_context, publish, refused, wait_for


@pytest.fixture
def alone(serve):
    served = serve("madeup", real=True)
    yield served
    served.stop(signal.SIGKILL)


def test_work_whose_caller_has_left_is_not_done(alone, serve, amqp_client, database):
    alone.stop()
    assert alone.process.returncode == 0
    note = uuid.uuid4().hex
    with refused("suite.no_answer_in_time"):
        amqp_client.request("madeup", "slow", {"seconds": 0, "note": note}, make_context(), timeout=0.3)
    again = serve("madeup")
    assert again.call("echo", value=1) == {"value": 1}
    assert database("madeup")["notes"].count_documents({"what": note}) == 0
    again.stop()


def test_a_stop_finishes_what_is_in_hand_and_nothing_runs_twice(alone, serve, amqp_client, database):
    notes, note = database("madeup")["notes"], uuid.uuid4().hex
    answers = []
    caller = threading.Thread(target=lambda: answers.append(alone.call("slow", seconds=2, note=note)))
    caller.start()
    publish(amqp_client, "outside", "told", {"kind": "slow", "seconds": 2})
    wait_for(lambda: notes.count_documents({"what": {"$in": [note, "told started"]}}) == 2)
    assert alone.stop() == 0
    caller.join(10)
    assert answers == [{"slept": 2}]
    # The first transaction may have met the creation of a collection, and begun again: notes are outside of it.
    begun = notes.count_documents({"what": {"$in": [note, "told started"]}})
    again = serve("madeup")
    assert again.call("echo", value=1) == {"value": 1}
    assert notes.count_documents({"what": {"$in": [note, "told started"]}}) == begun
    assert database("madeup")["told"].count_documents({}) == 1
    again.stop()


def test_every_request_is_answered_while_one_process_takes_the_place_of_another(alone, serve):
    """As in an upgrade: those that the former one has been sent and has not begun go back to the queue."""
    over = threading.Event()

    def ask(_: int) -> list[object]:
        answers = []
        while not over.is_set():
            answers.append(alone.call("slow", seconds=0.1, timeout=30))
        return answers

    with ThreadPoolExecutor(40) as callers:
        asked = callers.map(ask, range(40))
        try:
            later = serve("madeup")
            assert alone.stop() == 0
        finally:
            over.set()
        answers = [answer for each in asked for answer in each]
    assert answers == [{"slept": 0.1}] * len(answers)
    later.stop()


def test_without_it_a_stop_makes_work_run_twice(plain, environment):
    def call():
        with ClusterRpcProxy({"AMQP_URI": environment["WSIS_AMQP_URI"]}) as cluster:
            cluster.plain.slow.call_async(8)

    call()
    wait_for(lambda: "slow" in plain.notes())
    plain.stop(30)
    plain.start()
    wait_for(lambda: plain.notes().count("slow") == 2, 10)


def test_a_killed_process_loses_nothing_it_had_in_hand(alone, serve, amqp_client, database):
    notes = database("madeup")["notes"]
    before = notes.count_documents({"what": "told started"})
    sent = publish(amqp_client, "outside", "told", {"kind": "slow", "seconds": 2})
    wait_for(lambda: notes.count_documents({"what": "told started"}) == before + 1)
    alone.stop(signal.SIGKILL)
    again = serve("madeup")
    told = database("madeup")["told"]
    wait_for(lambda: told.count_documents({"_id": sent}) == 1)
    again.stop()
