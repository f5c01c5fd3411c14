"""Reads give way: a few wait, further ones are told to come again, and votes and kept answers pass."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from wsis_testkit import wait_for

from wsis_gateway.shedding import PATIENCE, Allowance

MOST = 3


@pytest.fixture(scope="module")
def busy(run_gateway, sample, keys):
    """A gateway with as many slow reads in hand as it takes."""
    gateway = run_gateway(WSIS_GATEWAY_READS=str(MOST))
    assert gateway.http.get("/v1/count").status_code == 200  # kept from now on
    stop, slow = threading.Event(), []

    def keep_asking():
        while not stop.is_set():
            slow.append(gateway.http.get("/v1/sleep").status_code)

    threads = [threading.Thread(target=keep_asking) for _ in range(MOST)]
    for thread in threads:
        thread.start()
    wait_for(lambda: gateway.http.get("/v1/echo").status_code == 503, 10, "the gateway to be busy")
    yield gateway.http
    stop.set()
    for thread in threads:
        thread.join()


def refused(http):
    """An answer to a read while all places are taken: between two slow reads one is free for a moment."""
    return wait_for(lambda: (answer := http.get("/v1/echo")).status_code == 503 and answer, 10, "a refusal")


def test_a_read_too_many_is_told_to_come_again(busy):
    answer = refused(busy)
    assert answer.json()["code"] == "gateway.busy"
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.elapsed.total_seconds() >= PATIENCE / 2  # who asks again at once takes nothing from the others
    assert "wsis_http_shed_total" in busy.get("/metrics").text


def test_votes_pass(busy, signed_in):
    refused(busy)
    for _ in range(20):
        answer = busy.post(
            "/v1/notes/n1/votes", json={"choice": "yes"},
            headers=signed_in(**{"Idempotency-Key": uuid.uuid4().hex}),
        )  # fmt: skip
        assert answer.status_code == 201


def test_kept_answers_pass(busy):
    refused(busy)
    assert {busy.get("/v1/count").status_code for _ in range(20)} == {200}


def test_who_waits_gets_the_next_place(run_gateway, sample, keys):
    http = run_gateway(WSIS_GATEWAY_READS="1").http
    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(lambda _: http.get("/v1/echo").status_code, range(5))) == [200] * 5


def test_places_are_free_again(run_gateway, sample, keys):
    """Also those of reads that failed."""
    http = run_gateway(WSIS_GATEWAY_READS="1").http
    assert [http.get("/v1/boom").status_code for _ in range(5)] == [500] * 5
    assert http.get("/v1/notes/none").status_code == 404
    assert http.get("/v1/echo").status_code == 200


def heard(allowance, seconds, count, since=0.0):
    """So many votes that took `seconds`, ten in each second; returns when the last one ended."""
    for number in range(1, count + 1):
        allowance.heed(seconds, since + number / 10)
    return since + count / 10


def test_fewer_reads_are_allowed_while_votes_are_slow():
    allowance = Allowance(32)
    now = heard(allowance, 0.02, 10)
    assert allowance.at(now) == 32
    now = heard(allowance, 0.2, 50, now)
    assert allowance.at(now) == 1, "a read at a time is always allowed"
    now = heard(allowance, 0.03, 151, now)
    assert allowance.at(now) == 32


def test_a_machine_that_is_slow_by_nature_has_no_slow_votes():
    allowance = Allowance(32)
    assert allowance.at(heard(allowance, 0.5, 100)) == 32
    quick = Allowance(32)
    assert quick.at(heard(quick, 0.5, 5000, heard(quick, 0.02, 10))) == 32, "it was quicker once"


def test_nothing_gives_way_to_votes_that_have_ended():
    allowance = Allowance(32)
    now = heard(allowance, 0.2, 50, heard(allowance, 0.02, 10))
    assert (allowance.at(now), allowance.at(now + 1.1)) == (1, 32)
    allowance.heed(0.02, now + 1.1)
    assert allowance.at(now + 1.2) == 32
