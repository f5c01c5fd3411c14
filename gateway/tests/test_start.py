"""A gateway that starts beside another one lets clients wait until it can pass requests on, and not for ever."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from wsis_local.ports import Ports, listens
from wsis_testkit import programs, wait_for
from wsis_testkit.gateway import CONFIGURATION
from wsis_testkit.proxy import behind, proxied


@pytest.fixture
def broker(environment):
    """The way to the broker, closed at first."""
    with proxied(environment["WSIS_AMQP_URI"]) as proxy:
        proxy.refuse = True
        yield proxy


@contextmanager
def starting(gateway, broker, folder, seconds):
    """The ports of a gateway as that one, which waits so long for its broker, and whose probes answer."""
    ports, configuration = Ports.free(), folder / "gunicorn.conf.py"
    configuration.write_text(
        f"from wsis_gateway import worker\nworker.CONNECT_SECONDS = {seconds}\nexec(open({CONFIGURATION!r}).read())\n"
    )
    settings = {
        **gateway.environment,
        "WSIS_AMQP_URI": behind(gateway.environment["WSIS_AMQP_URI"], broker),
        "WSIS_GATEWAY_PORT": str(ports["gateway"]),
        "WSIS_GATEWAY_METRICS_PORT": str(ports["gateway_metrics"]),
    }
    process = programs.start("gateway", [str(configuration)], settings, folder / "log", real=True)
    try:
        wait_for(lambda: listens(ports["gateway_metrics"]), 60, "the probes")
        assert httpx.get(f"http://127.0.0.1:{ports['gateway_metrics']}/readyz/broker", timeout=60).status_code == 503
        yield f"http://127.0.0.1:{ports['gateway']}"
    finally:
        programs.kill(process)


def test_a_client_waits_for_the_connection_to_the_broker(gateway, broker, tmp_path):
    with starting(gateway, broker, tmp_path, 600) as uri, ThreadPoolExecutor() as pool:
        answer = pool.submit(httpx.get, f"{uri}/v1/notes/n1", timeout=60)
        broker.refuse = False
        assert answer.result().status_code == 200


def test_no_client_waits_for_a_broker_that_is_away(gateway, broker, tmp_path):
    with starting(gateway, broker, tmp_path, 0.1) as uri:
        assert httpx.get(f"{uri}/healthz", timeout=60).status_code == 200
        assert httpx.get(f"{uri}/v1/notes/n1", timeout=60).json()["code"] == "suite.broker_away"
