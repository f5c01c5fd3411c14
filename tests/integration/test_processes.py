"""Further processes of a service, as `wsis run SERVICE PROCESS` starts them."""

import urllib.request
from urllib.parse import urlsplit

import httpx
import pytest
from wsis_shared.plugin import discover
from wsis_testkit import wait_for
from wsis_testkit.process import free_port
from wsis_testkit.proxy import Proxy, behind

# What each needs most: the store, or else the broker.
NEEDS = {
    (plugin.name, process.name): "store" if "store" in process.needs else "broker"
    for plugin in discover(routes=False)
    for process in plugin.processes
    if {"store", "amqp"} & set(process.needs) and plugin.name != "loops"
}
ADDRESSES = {"store": ("WSIS_MONGO_URI", 27017), "broker": ("WSIS_AMQP_URI", 5672)}
IMPATIENT = "wsis_shared.process_registry:HEARTBEAT_SECONDS=0.1 wsis_shared.process_registry:DEAD_AFTER_SECONDS=1.5"


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


@pytest.mark.parametrize(("service", "name"), NEEDS, ids=map("-".join, NEEDS))
def test_a_process_is_ready_while_it_reaches_what_it_needs(service, name, start_process, environment, database):
    database(service)
    part = NEEDS[service, name]
    setting, port = ADDRESSES[part]
    there = urlsplit(environment[setting])
    with Proxy(there.hostname, there.port or port) as wire:
        metrics = str(free_port())
        settings = {setting: behind(environment[setting], wire), "WSIS_MAIL_DOMAIN": "mail.example"}
        start_process(service, name, CONSTANTS=IMPATIENT, WSIS_METRICS_PORT=metrics, **settings)
        probe = f"http://127.0.0.1:{metrics}/readyz"
        wait_for(lambda: _answer(probe) == (200, {"ready": True, "problems": {}}))
        wire.refuse = True
        wire.cut()
        wait_for(lambda: _answer(probe)[0] == 503)
        assert _answer(probe)[1]["problems"].keys() == {part}
        wire.refuse = False
        wait_for(lambda: _answer(probe)[0] == 200)


def _answer(probe):
    try:
        answer = httpx.get(probe, timeout=5)
    except httpx.TransportError:
        return 0, {}
    return answer.status_code, answer.json()
