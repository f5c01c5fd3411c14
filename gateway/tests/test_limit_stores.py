"""Gateways that share a store of limits count together: each store that WSIS_LIMITS_URI may name, as a real server."""

import subprocess
import time

import pytest
import redis
from wsis_shared.context import Actor
from wsis_shared.errors import Unavailable
from wsis_shared.rates import CORE, RateClass
from wsis_testkit import wait_for
from wsis_testkit.process import free_port
from wsis_testkit.proxy import behind, proxied

from wsis_gateway.limits import Limits
from wsis_gateway.settings import Settings

CLOSED = RateClass("vote", "120/minute", "Votes", fail_closed=True)
LONGEST_SECONDS = 20  # seconds: the drivers' own wait for 30 at least


@pytest.fixture(scope="module")
def redis_uri(tmp_path_factory):
    port = free_port()
    server = subprocess.Popen(
        ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"],
        cwd=tmp_path_factory.mktemp("redis"),
        stdout=subprocess.DEVNULL,
    )

    def answers():
        assert server.poll() is None, "the Redis server ended"
        try:
            return redis.Redis(port=port).ping()
        except redis.ConnectionError:
            return False

    wait_for(answers, 20, "the Redis server to answer")
    yield f"redis://127.0.0.1:{port}"
    server.kill()
    server.wait()


@pytest.mark.parametrize("store", ["redis", "mongodb"])
def test_two_gateways_count_together(store, redis_uri, environment, run_gateway, sample, keys, signed_in):
    uri = redis_uri if store == "redis" else environment["WSIS_MONGO_URI"]
    gateways = [run_gateway(WSIS_LIMITS_URI=uri, WSIS_LIMIT_READ="4/hour").http for _ in range(2)]
    given = [http.get("/v1/me/echo", headers=signed_in()).status_code for _ in range(3) for http in gateways]
    assert given == [200, 200, 200, 200, 429, 429]


@pytest.mark.parametrize("store", ["redis", "mongodb"])
def test_a_store_that_hangs_is_not_waited_for(store, redis_uri, environment):
    uri = redis_uri if store == "redis" else environment["WSIS_MONGO_URI"]
    with proxied(uri) as between:
        limits = Limits(Settings(limits_uri=behind(uri, between)), [*CORE, CLOSED])
        ada = Actor("ada")
        limits.hit("read", ada, "n")
        between.freeze()
        began = time.monotonic()
        counts = [limits.hit("read", ada, "n")["RateLimit"] for _ in range(50)]
        with pytest.raises(Unavailable):
            limits.hit("vote", ada, "n")
        assert time.monotonic() - began < LONGEST_SECONDS
        assert len(set(counts)) > 40, "each process counts for itself"
        between.thaw()

        def counts_again():
            try:
                return limits.hit("vote", ada, "n")
            except Unavailable:
                return None

        wait_for(counts_again, 20, "the store")
