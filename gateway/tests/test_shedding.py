"""Reads give way: a few wait, further ones are told to come again, and votes and kept answers pass."""

import threading
import uuid

import pytest
from wsis_shared.testing import wait_for

from wsis_gateway.shedding import REFUSED_AFTER

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
    assert answer.elapsed.total_seconds() >= REFUSED_AFTER  # who asks again at once takes nothing from the others
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


def test_places_are_free_again(run_gateway, sample, keys):
    """Also those of reads that failed."""
    http = run_gateway(WSIS_GATEWAY_READS="1").http
    assert [http.get("/v1/boom").status_code for _ in range(5)] == [500] * 5
    assert http.get("/v1/notes/none").status_code == 404
    assert http.get("/v1/echo").status_code == 200
