"""Further processes of a service, as `wsis run SERVICE PROCESS` starts them."""

import urllib.request

import pytest
from wsis_testkit import wait_for
from wsis_testkit.process import free_port


@pytest.fixture
def notes(database):
    found = database("loops")["notes"]
    found.delete_many({})
    return found


@pytest.mark.parametrize("kind", ["asyncio", "threads"])
def test_a_process_runs_unpatched_until_it_is_stopped(kind, start_process, notes):
    started = start_process("loops", kind, real=True)
    note = wait_for(lambda: notes.find_one({"what": f"{kind} started"}))
    assert not note["patched"]
    assert started.stop() == 0
    assert notes.count_documents({"what": f"{kind} stopped"}) == 1


def test_a_process_shows_its_metrics(start_process, notes):
    port = free_port()
    start_process("loops", "threads", WSIS_METRICS_PORT=str(port))
    wait_for(lambda: notes.find_one({"what": "threads started"}))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        assert b"process_cpu_seconds_total" in answer.read()


@pytest.mark.parametrize(("name", "status"), [("ends", 1), ("fails", 1), ("strict", 2), ("unknown", 2)])
def test_the_exit_status_says_how_a_process_ended(name, status, start_process):
    started = start_process("loops", name, real=True)
    assert started.process.wait(30) == status
    log = started.log.read_text("utf-8")
    assert "hunter2" not in log
    assert name != "strict" or "WSIS_LOOPS_WANTED must be set" in log
