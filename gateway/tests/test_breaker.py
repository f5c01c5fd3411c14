"""A service that does not answer: the rules of its breaker and of the share of places, and what others notice."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from wsis_testkit import wait_for

from wsis_gateway.breaker import Breaker
from wsis_gateway.shedding import may_take


class Laws(RuleBasedStateMachine):
    """Requests end in any order, time passes, and a service is well or not when it is asked for its health."""

    def __init__(self):
        super().__init__()
        self.breaker, self.now, self.in_a_row, self.opened_at = Breaker(), 0.0, 0, None
        self.probing = False

    @rule()
    def answer(self):
        self.breaker.answered()
        self.in_a_row = 0

    @rule(times=st.integers(1, Breaker.TIMEOUTS))
    def time_out(self, times):
        for _ in range(times):
            self.breaker.timed_out()
            self.in_a_row += 1

    @rule(seconds=st.sampled_from([0.1, Breaker.PAUSE / 2, Breaker.PAUSE]))
    def wait(self, seconds):
        self.now += seconds

    @rule()
    def begin_probe(self):
        enough = (
            self.in_a_row >= Breaker.TIMEOUTS if self.opened_at is None else self.now >= self.opened_at + Breaker.PAUSE
        )
        assert self.breaker.begin_probe(self.now) == (enough and not self.probing), "one at a time, and not too early"
        self.probing |= enough

    @precondition(lambda self: self.probing)
    @rule(answered=st.booleans())
    def end_probe(self, answered):
        self.breaker.probed(answered, self.now)
        self.probing, self.in_a_row, self.opened_at = False, 0, None if answered else self.now

    @invariant()
    def a_probe_alone_opens_and_closes_it(self):
        assert self.breaker.closed == (self.opened_at is None)


TestLaws = Laws.TestCase


@given(limit=st.integers(3, 100))
def test_one_service_after_another_leaves_a_third_of_what_is_free(limit):
    taken = 0
    for _ in range(3):
        held, free = 0, limit - taken
        while may_take(held, taken, limit):
            held, taken = held + 1, taken + 1
        assert limit - taken >= free // 3
        assert held >= min(1, free)


@given(limit=st.integers(0, 100), taken=st.integers(0, 200), held=st.integers(0, 100))
def test_none_is_taken_beyond_the_limit_and_who_holds_fewer_goes_first(limit, taken, held):
    if may_take(held, taken, limit):
        assert taken < limit
        assert may_take(max(0, held - 1), taken, limit)


@pytest.fixture
def annex(serve):
    """Another service, which the test stops by a signal."""
    served = serve("annex")
    yield served
    os.kill(served.process.pid, signal.SIGCONT)


def test_readers_of_others_notice_nothing_of_a_stopped_service(run_gateway, sample, annex, keys):
    gateway = run_gateway(WSIS_GATEWAY_PLUGINS="sample,annex", WSIS_GATEWAY_READS="8")
    asked, codes = threading.Event(), []

    def get(path):
        response = gateway.http.get(path)
        return response.status_code if response.is_success else response.json()["code"]

    def keep_asking():
        while not asked.is_set():
            codes.append(get("/v1/annex/soon"))

    def look():
        seen.update(get(path) for path in ("/v1/echo", "/healthz"))
        return "suite.service_away" in codes

    assert get("/v1/annex") == 200
    os.kill(annex.process.pid, signal.SIGSTOP)
    seen = set()
    with ThreadPoolExecutor(12) as pool:
        for _ in range(12):
            pool.submit(keep_asking)
        try:
            wait_for(look, 30, "the breaker to open")
            for _ in range(20):
                look()
        finally:
            asked.set()
    assert seen == {200}, "reads of others, and health, throughout"
    assert set(codes) <= {"suite.no_answer_in_time", "suite.service_away", "gateway.busy"}

    began = time.monotonic()
    refused = [gateway.http.get("/v1/annex") for _ in range(30)]
    refused.append(gateway.http.post("/v1/annex"))
    assert {response.json()["code"] for response in refused} == {"suite.service_away"}
    assert all(int(response.headers["retry-after"]) >= 1 for response in refused)
    assert time.monotonic() - began < 10, "all of them in less than the time-out of one"
    assert 'wsis_http_breaker_open{plugin="annex"} 1.0' in gateway.probes.get("/metrics").text

    os.kill(annex.process.pid, signal.SIGCONT)
    wait_for(lambda: get("/v1/annex") == 200, 15, "the breaker to close")
    assert 'wsis_http_breaker_open{plugin="annex"} 0.0' in gateway.probes.get("/metrics").text


def test_a_slow_method_of_a_service_that_is_well_opens_no_breaker(run_gateway, sample, keys):
    gateway = run_gateway()
    codes = [gateway.http.get("/v1/sleep").json()["code"] for _ in range(2 * Breaker.TIMEOUTS + 1)]
    assert set(codes) == {"suite.no_answer_in_time"}
    assert gateway.http.get("/v1/echo").status_code == 200
