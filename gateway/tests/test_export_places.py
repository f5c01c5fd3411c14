"""Exports cost seconds of processor time: a network has one at a time, and nobody else waits for it. None takes much
memory."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx
import psutil
import pytest
from wsis_testkit import wait_for
from wsis_testkit.sizes import size

REQUESTS = 20
ADA, BO, CY, DE = "192.0.2.1", "198.51.100.1", "203.0.113.1", "203.0.112.1"
LARGE = "/v1/json-rows?format=csv&rows=40000&size=2000"  # 80 MB: more than the sockets between hold
SMALL = "/v1/json-rows?format=xlsx&rows=3000"


@pytest.fixture(scope="module")
def narrow(run_gateway, sample, keys):
    """A gateway with four places: two for all who have not signed in."""
    return run_gateway(CONSTANTS="wsis_gateway.exports:PLACES=4", WSIS_GATEWAY_PROXIES="127.0.0.1")


def export(gateway, who, path=SMALL):
    """The code of the answer; 200 for a whole file."""
    headers = who if isinstance(who, dict) else {"X-Forwarded-For": who}
    response = httpx.get(gateway.uri + path, headers=headers, timeout=60)
    if response.is_success:
        return 200
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    return response.json()["code"]


@contextmanager
def unread(gateway, who, path=LARGE):
    """An export that has begun, and whose client reads no more and leaves at last: then its place is free."""
    with httpx.Client(timeout=60) as client, client.stream("GET", gateway.uri + path, headers={"X-Forwarded-For": who}):
        yield
    wait_for(lambda: export(gateway, who) == 200, 20, "the place to be free, since the client has gone")


def test_of_many_exports_of_a_network_one_is_made(narrow, signed_in):
    with unread(narrow, ADA), ThreadPoolExecutor(REQUESTS) as pool:
        refused = pool.map(lambda number: export(narrow, f"192.0.2.{number}"), range(2, REQUESTS + 1))
        others = [pool.submit(export, narrow, who) for who in (BO, signed_in())]
        assert set(refused) == {"gateway.busy"}
        assert [each.result() for each in others] == [200, 200]


def test_an_account_has_one_and_all_networks_have_half(narrow, signed_in):
    rows = "/v1/me/rows?format=csv&rows=2"
    with ExitStack() as held:
        for who in (BO, CY):
            held.enter_context(unread(narrow, who))
        assert export(narrow, DE) == "gateway.busy"
        client = held.enter_context(httpx.Client(timeout=60))
        held.enter_context(
            client.stream("GET", f"{narrow.uri}/v1/me/rows?format=csv&rows=40000&size=2000", headers=signed_in())
        )
        assert export(narrow, signed_in(), rows) == "gateway.busy"
        assert export(narrow, signed_in(sub="bo"), rows) == 200


def test_votes_and_health_go_on_while_exports_are_made(narrow, signed_in):
    """Exports that are made as fast as they can be, one after the other, from as many networks as may."""
    with ThreadPoolExecutor(2) as pool:
        made = [pool.submit(export, narrow, who, "/v1/json-rows?format=xlsx&rows=10000") for who in (ADA, BO)]
        answered = 0
        while not all(each.done() for each in made):
            headers = signed_in(**{"Idempotency-Key": uuid.uuid4().hex})
            vote = narrow.http.post("/v1/notes/n1/votes", json={"choice": "yes"}, headers=headers)
            assert vote.status_code == 201
            assert narrow.http.get("/healthz").status_code == 200
            answered += 1
    assert [each.result() for each in made] == [200, 200]
    assert answered > 3


def test_one_thread_makes_them_all(run_gateway, sample, keys):
    """With a thread each, votes would have a fraction of the processor."""
    wide = run_gateway(CONSTANTS="wsis_gateway.exports:PLACES=16", WSIS_GATEWAY_PROXIES="127.0.0.1")
    (worker,) = psutil.Process(wide.process.pid).children()
    assert export(wide, ADA) == 200
    before, most = worker.num_threads(), 0
    with ThreadPoolExecutor(4) as pool:
        made = [pool.submit(export, wide, f"10.0.{number}.1") for number in range(4)]
        while not all(each.done() for each in made):
            most = max(most, worker.num_threads())
    assert [each.result() for each in made] == [200] * 4
    assert most <= before


def test_a_head_leaves_its_place(narrow):
    for _ in range(3):
        assert httpx.head(narrow.uri + SMALL, headers={"X-Forwarded-For": ADA}).status_code == 200
    assert export(narrow, ADA) == 200


@pytest.mark.parametrize("trouble", ["broken_at=0", "broken_at=800"])
def test_an_export_that_fails_leaves_its_place(narrow, trouble):
    path = f"/v1/json-rows?format=xlsx&rows=2000&{trouble}"
    assert httpx.get(narrow.uri + path, headers={"X-Forwarded-For": ADA}).status_code == 500
    assert export(narrow, ADA) == 200


@pytest.mark.parametrize(("name", "rows"), [("csv", size(10_000, 20_000)), ("xlsx", size(6000, 10_000))])
def test_memory_does_not_follow_the_number_of_rows(gateway, signed_in, name, rows):
    """Of 2 kB each, which pass through a gateway whose memory grows by less than a half of that."""
    (worker,) = psutil.Process(gateway.process.pid).children()

    def export(rows):
        most, count, path = 0, 0, f"/v1/rows?format={name}&rows={rows}&size=2000"
        with gateway.http.stream("GET", path, headers=signed_in("officer"), timeout=120) as response:
            for chunk in response.iter_bytes():
                count += len(chunk)
                most = max(most, worker.memory_info().rss)
        return most, count

    before, _ = export(2000)
    most, count = export(rows)
    assert most - before < 900 * rows
    if name == "csv":
        assert count > 2000 * rows
