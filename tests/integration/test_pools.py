"""Bulkheads: a process that is full of work of one kind does the work of every other kind."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from wsis_shared.amqp import topology
from wsis_testkit import make_context, publish, refused, wait_for
from wsis_testkit.process import free_port

WORKERS = 3
METRICS = free_port()


@pytest.fixture(scope="module")
def small(madeup_installed, serve):
    """It handles three requests and three events at a time."""
    return serve(
        "madeup", WSIS_MAX_WORKERS=str(WORKERS), WSIS_EVENT_WORKERS=str(WORKERS), WSIS_METRICS_PORT=str(METRICS)
    )


@pytest.fixture
def notes(database):
    return database("madeup")["notes"]


@pytest.fixture
def full(small, notes):
    """All its places for requests are taken, and the requests that it holds beside them wait."""
    note, end = f"slow {uuid.uuid4().hex}", f"end {uuid.uuid4().hex}"
    with ThreadPoolExecutor(4 * WORKERS) as pool:
        asked = [pool.submit(small.call, "hold", timeout=60, note=note, until=end) for _ in range(4 * WORKERS)]
        wait_for(lambda: notes.count_documents({"what": note}) == WORKERS)
        yield note
        notes.insert_one({"what": end})
        for each in asked:
            each.result()


def dropped():
    """The requests whose caller had left, by reason."""
    lines = httpx.get(f"http://127.0.0.1:{METRICS}/metrics").text.splitlines()
    found = (line.split() for line in lines if line.startswith("wsis_requests_dropped_total{"))
    return {label.partition('reason="')[2].partition('"')[0]: float(count) for label, count in found}


def test_an_event_that_fails_waits_in_no_place(small, amqp_client, notes, database):
    """It waits for seconds before it returns: others of its kind pass meanwhile."""
    before = notes.count_documents({"what": "told poison"})
    for _ in range(2 * WORKERS):
        publish(amqp_client, "outside", "told", {"kind": "poison"})
    wait_for(lambda: notes.count_documents({"what": "told poison"}) >= before + 5 * 2 * WORKERS, 30)
    said = publish(amqp_client, "outside", "said", {})
    wait_for(lambda: database("madeup")["said"].count_documents({"event": said}) == 2, 1.0)


@pytest.mark.parametrize("kind", ["away", "poison"])
def test_events_that_wait_or_fail_hold_up_no_request_and_no_probe(small, amqp_client, notes, kind):
    """More of them than a process has places of any kind."""
    before = notes.count_documents({"what": f"told {kind}"})
    sent = [publish(amqp_client, "outside", "told", {"kind": kind}) for _ in range(25)]
    wait_for(lambda: notes.count_documents({"what": f"told {kind}"}) >= before + WORKERS)
    for _ in range(5):
        assert small.call("echo", timeout=1, value=1) == {"value": 1}
        assert small.call(topology.PROBE, timeout=1)["service"] == "madeup"
    notes.insert_one({"what": "the store is back"})
    told = notes.database["told"]
    if kind == "away":
        wait_for(lambda: told.count_documents({"_id": {"$in": sent}}) == len(sent), 60)


def test_requests_that_take_all_places_hold_up_no_probe_event_or_timer(full, small, amqp_client, database):
    ticks, seen = database("madeup")["ticks"], database("madeup")["said"]
    assert small.call(topology.PROBE, timeout=1)["service"] == "madeup"
    said = publish(amqp_client, "outside", "said", {})
    wait_for(lambda: seen.count_documents({"event": said}) == 2, 5)
    ticked = ticks.count_documents({})
    wait_for(lambda: ticks.count_documents({}) > ticked + 1, 5)
    assert small.call(topology.PROBE, timeout=1)["service"] == "madeup"


def test_a_request_whose_caller_left_while_it_waited_for_a_place_is_not_run_and_is_counted(small, amqp_client, notes):
    first, second = f"first {uuid.uuid4().hex}", f"second {uuid.uuid4().hex}"
    before = dropped()
    holders = [
        threading.Thread(target=small.call, args=("hold",), kwargs={"timeout": 30, "note": first, "until": second})
        for _ in range(WORKERS)
    ]
    for each in holders:
        each.start()
    wait_for(lambda: notes.count_documents({"what": first}) == WORKERS)
    note = f"late {uuid.uuid4().hex}"
    with refused("suite.no_answer_in_time"):
        amqp_client.request("madeup", "slow", {"seconds": 0, "note": note}, make_context(), timeout=0.5)
    wait_for(
        lambda: dropped() == {**before, "waited": before["waited"] + 1}, 5, "the count, while all places are taken"
    )
    notes.insert_one({"what": second})
    for each in holders:
        each.join()
    assert small.call("echo", value=1) == {"value": 1}
    assert notes.count_documents({"what": note}) == 0
