"""Further processes of a service, as `wsis run SERVICE PROCESS` starts them."""

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from wsis_testkit import wait_for


@pytest.fixture
def start(environment, tmp_path):
    """`start("asyncio")`: a process of the made-up service; what still runs is killed."""
    running = []

    def begin(name, **settings):
        command = [Path(sys.executable).with_name("wsis"), "run", "loops", name]
        with (tmp_path / "log").open("wb") as log:
            running.append(subprocess.Popen(command, env={**os.environ, **settings}, stderr=log, stdout=log))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def notes(database):
    found = database("loops")["notes"]
    found.delete_many({})
    return found


@pytest.mark.parametrize("kind", ["asyncio", "threads"])
def test_a_process_runs_unpatched_until_it_is_stopped(kind, start, notes):
    process = start(kind)
    note = wait_for(lambda: notes.find_one({"what": f"{kind} started"}))
    assert not note["patched"]
    process.terminate()
    assert process.wait(15) == 0
    assert notes.count_documents({"what": f"{kind} stopped"}) == 1


def test_a_process_shows_its_metrics(start, notes):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start("threads", WSIS_METRICS_PORT=str(port))
    wait_for(lambda: notes.find_one({"what": "threads started"}))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        assert b"process_cpu_seconds_total" in answer.read()


@pytest.mark.parametrize(("name", "status"), [("ends", 1), ("fails", 1), ("strict", 2), ("unknown", 2)])
def test_the_exit_status_says_how_a_process_ended(name, status, start, tmp_path):
    assert start(name).wait(30) == status
    log = (tmp_path / "log").read_text("utf-8")
    assert "hunter2" not in log
    assert name != "strict" or "WSIS_LOOPS_WANTED must be set" in log
