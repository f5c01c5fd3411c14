"""Load shedding: a few reads wait, others get 503; votes and cache hits pass."""

import http.client
import re
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from wsis_testkit import wait_for

from wsis_gateway.shedding import MAX_WAIT, AdaptiveLimit

MAX_READS = 3


@pytest.fixture(scope="module")
def busy(run_gateway, sample, keys):
    """A gateway whose slots are all taken by slow reads."""
    gateway = run_gateway(WSIS_GATEWAY_READS=str(MAX_READS))
    assert gateway.http.get("/v1/count").status_code == 200  # fills the cache
    stop, slow = threading.Event(), []

    def keep_asking():
        while not stop.is_set():
            slow.append(gateway.http.get("/v1/sleep").status_code)

    threads = [threading.Thread(target=keep_asking) for _ in range(MAX_READS)]
    for thread in threads:
        thread.start()
    wait_for(lambda: gateway.http.get("/v1/echo").status_code == 503, 30, "the gateway to be busy")
    yield gateway
    stop.set()
    for thread in threads:
        thread.join()


def shed_response(http):
    """A 503 while all slots are taken; between two slow reads a slot is free for a moment."""
    return wait_for(lambda: (response := http.get("/v1/echo")).status_code == 503 and response, 10, "a 503")


def test_a_read_beyond_the_limit_gets_503(busy):
    response = shed_response(busy.http)
    assert response.json()["code"] == "gateway.busy"
    assert int(response.headers["retry-after"]) >= 1
    assert response.elapsed.total_seconds() >= MAX_WAIT / 2  # a client that retries at once costs no processor time
    assert "wsis_http_shed_total" in busy.probes.get("/metrics").text


def test_votes_pass(busy, signed_in):
    shed_response(busy.http)
    for _ in range(20):
        response = busy.http.post(
            "/v1/notes/n1/votes",
            json={"choice": "yes"},
            headers=signed_in(**{"Idempotency-Key": uuid.uuid4().hex}),
        )
        assert response.status_code == 201


def test_cache_hits_pass(busy):
    shed_response(busy.http)
    assert {busy.http.get("/v1/count").status_code for _ in range(20)} == {200}


def test_a_waiting_read_gets_the_next_slot(run_gateway, sample, keys):
    http = run_gateway(WSIS_GATEWAY_READS="1", CONSTANTS="wsis_gateway.shedding:MAX_WAIT=30").http
    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(lambda _: http.get("/v1/echo").status_code, range(5))) == [200] * 5


def test_slots_are_released(run_gateway, sample, keys):
    """Also after reads that failed."""
    http = run_gateway(WSIS_GATEWAY_READS="1").http
    assert [http.get("/v1/boom").status_code for _ in range(5)] == [500] * 5
    assert http.get("/v1/notes/none").status_code == 404
    assert http.get("/v1/echo").status_code == 200


def observe_votes(limit, seconds, count, since=0.0):
    """Observe `count` votes of `seconds` each, ten per second; return the time of the last one."""
    for number in range(1, count + 1):
        limit.observe(seconds, since + number / 10)
    return since + count / 10


def test_the_limit_decreases_while_votes_are_slow():
    limit = AdaptiveLimit(32)
    now = observe_votes(limit, 0.02, 10)
    assert limit.current(now) == 32
    now = observe_votes(limit, 0.2, 50, now)
    assert limit.current(now) == 1, "one read is always allowed"
    now = observe_votes(limit, 0.03, 151, now)
    assert limit.current(now) == 32


def test_constantly_slow_votes_do_not_lower_the_limit():
    limit = AdaptiveLimit(32)
    assert limit.current(observe_votes(limit, 0.5, 100)) == 32
    limit = AdaptiveLimit(32)
    now = observe_votes(limit, 0.02, 10)
    assert limit.current(observe_votes(limit, 0.5, 5000, now)) == 32, "the baseline follows"


def test_the_maximum_applies_without_votes():
    limit = AdaptiveLimit(32)
    now = observe_votes(limit, 0.2, 50, observe_votes(limit, 0.02, 10))
    assert (limit.current(now), limit.current(now + 1.1)) == (1, 32)
    limit.observe(0.02, now + 1.1)
    assert limit.current(now + 1.2) == 32


def test_a_few_votes_fast_or_slow_change_nothing():
    limit = AdaptiveLimit(32)
    for number, seconds in enumerate(([0.02] * 6 + [5.0] * 2 + [0.0001] * 2) * 20):
        limit.observe(seconds, number / 10)
        assert limit.current(number / 10) == 32


def test_votes_that_wait_for_no_outcome_or_arrive_slowly_change_nothing(run_gateway, sample, signed_in):
    gateway = run_gateway(WSIS_GATEWAY_READS="32")

    def vote(sent=1.0, **headers):
        """Send the head of a vote and this part of its body; what sends the rest, and returns the status."""
        body = b'{"choice": "yes", "seconds": 0.2}'
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=30)
        connection.putrequest("POST", "/v1/notes/n1/votes")
        head = {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
        for name, value in signed_in(**{"Idempotency-Key": uuid.uuid4().hex, **head}).items():
            connection.putheader(name, value)
        cut = int(len(body) * sent)
        connection.endheaders(body[:cut])

        def finish():
            connection.send(body[cut:])
            return connection.getresponse().status

        return finish

    def allowed():
        metrics = gateway.probes.get("/metrics").text
        return float(re.search(r"^wsis_http_reads_allowed (.*)$", metrics, re.MULTILINE)[1])

    recorded = {201, 202}  # 202 where a busy machine takes longer than the gateway waits
    assert {vote(**{"Prefer": "respond-async"})() for _ in range(15)} <= recorded
    slow = [vote(sent=0.5) for _ in range(15)]
    assert {201} <= {vote()() for _ in range(25)} <= recorded
    assert allowed() == 32
    assert {finish() for finish in slow} <= recorded
    assert allowed() == 32
