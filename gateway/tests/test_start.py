"""A gateway that starts beside another one leaves clients to that one until it can pass requests on, not for ever."""

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
    probes = f"http://127.0.0.1:{ports['gateway_metrics']}"
    try:
        wait_for(lambda: listens(ports["gateway_metrics"]), 60, "the probes")
        assert httpx.get(f"{probes}/healthz", timeout=60).status_code == 200
        assert httpx.get(f"{probes}/readyz/broker", timeout=60).status_code == 503
        yield f"http://127.0.0.1:{ports['gateway']}"
    finally:
        programs.kill(process)


def refuses(uri):
    """Whether nobody listens there: nginx asks another gateway, also for a write, which has not been sent."""
    try:
        httpx.get(uri, timeout=60)
    except httpx.ConnectError:
        return True
    return False


def test_clients_are_refused_until_the_broker_is_connected_and_the_first_is_answered(gateway, broker, tmp_path):
    with starting(gateway, broker, tmp_path, 600) as uri:
        assert refuses(f"{uri}/healthz")
        broker.refuse = False
        port = int(uri.rsplit(":", 1)[1])
        wait_for(lambda: listens(port), 60, "the gateway to listen")
        assert httpx.get(f"{uri}/v1/notes/n1", timeout=60).status_code == 200


def test_no_client_is_refused_for_a_broker_that_stays_away(gateway, broker, tmp_path):
    with starting(gateway, broker, tmp_path, 0.1) as uri:
        wait_for(lambda: not refuses(f"{uri}/healthz"), 60, "the gateway to listen")
        assert httpx.get(f"{uri}/healthz", timeout=60).status_code == 200
        assert httpx.get(f"{uri}/v1/notes/n1", timeout=60).json()["code"] == "suite.broker_away"
