"""Gateways that share a store of limits count together: each store that WSIS_LIMITS_URI may name, as a real server."""

import subprocess

import pytest
import redis
from wsis_testkit import wait_for
from wsis_testkit.process import free_port


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
