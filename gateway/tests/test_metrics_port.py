"""The port of clients tells nothing of the suite's inside; the metrics port tells nothing else."""

import json
import socket
import subprocess
import sys
from contextlib import contextmanager
from importlib.resources import files

import httpx
import pytest
from wsis_testkit import wait_for
from wsis_testkit.gateway import running_gateway

PROBES = ("/metrics", "/readyz", "/readyz/broker")


@contextmanager
def gunicorn(gateway, **environment):
    """A process with the configuration of this gateway, but for what is named."""
    command = [sys.executable, "-m", "gunicorn", "-c", str(files("wsis_gateway") / "gunicorn.conf.py")]
    with subprocess.Popen(command, env=gateway.environment | environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def response(gateway, port, path, *headers):
    """Status and body of a GET of this request target, sent as it stands."""
    head = "\r\n".join((f"GET {path} HTTP/1.1", *(headers or ("Host: x",)), "Connection: close", "", ""))
    top, _, body = gateway.raw(head.encode(), port=port).partition(b"\r\n\r\n")
    return int(top.split()[1]), json.loads(body)


def without_id(problem):
    return {name: value for name, value in problem.items() if name not in ("instance", "request_id")}


@pytest.mark.parametrize("path", PROBES)
def test_the_port_of_clients_serves_no_metrics_and_no_readiness(http, probes, path):
    assert probes.get(path).status_code == 200
    hidden, unknown = http.get(path), http.get("/nowhere")
    assert (hidden.status_code, without_id(hidden.json())) == (404, without_id(unknown.json()))
    assert hidden.headers["ratelimit-policy"] == unknown.headers["ratelimit-policy"]
    assert http.head(path).status_code == http.post(path).status_code == http.options(path).status_code == 404
    assert http.get("/healthz").json() == {"state": "alive"}


@pytest.mark.parametrize("path", PROBES)
def test_what_a_client_says_of_the_port_counts_nothing(gateway, path):
    port = gateway.metrics_port
    forged = (
        (f"Host: 127.0.0.1:{port}",),
        (f"Host: localhost:{port}", "X-Forwarded-For: 127.0.0.1"),
        ("Host: x", f"X-Forwarded-Port: {port}", f"X-Forwarded-Host: 127.0.0.1:{port}"),
        ("Host: x", f"Forwarded: for=127.0.0.1;host=127.0.0.1:{port};proto=http"),
        ("Host: x", f"Server-Port: {port}", f"X-Original-Host: 127.0.0.1:{port}", f"X-Original-Url: {path}"),
    )
    for headers in forged:
        assert response(gateway, gateway.port, path, *headers)[0] == 404
    escaped = f"/%{ord(path[1]):x}{path[2:]}"
    for target in (f"http://127.0.0.1:{port}{path}", f"/{path}", f"{path}/", f"/v1/..{path}", escaped):
        assert response(gateway, gateway.port, target, f"Host: 127.0.0.1:{port}")[0] == 404


def is_answered(address):
    """Whether somebody listens there: the socket is there before."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(address)) == 0


def test_a_unix_socket_is_no_metrics_port(gateway, tmp_path):
    """gunicorn makes SERVER_PORT of a Unix socket from the client's Host."""
    address = tmp_path / "gateway"
    transport = httpx.HTTPTransport(uds=str(address))
    with (
        gunicorn(gateway, GUNICORN_CMD_ARGS=f"--bind unix:{address}"),
        httpx.Client(transport=transport, timeout=20) as client,
    ):
        uri = f"http://127.0.0.1:{gateway.metrics_port}"
        wait_for(lambda: is_answered(address), 20, "the socket")
        assert client.get(f"{uri}/healthz").status_code == 200
        assert [client.get(uri + path).status_code for path in PROBES] == [404] * len(PROBES)


def test_the_metrics_port_serves_nothing_else(gateway, http, probes):
    assert http.get("/v1/notes/n1").status_code == 200
    for path in ("/", "/v1/notes", "/v1/notes/n1", "/v1/count", "/v1/reference", "/docs", "/openapi.json", "/problems"):
        status, problem = response(gateway, gateway.metrics_port, path, f"Host: 127.0.0.1:{gateway.port}")
        assert (status, problem["code"]) == (404, "gateway.not_found")
    assert probes.get("/healthz").json() == {"state": "alive"}
    assert probes.post("/metrics").status_code == 405


def test_another_address_does_not_lead_to_the_metrics_port(run_gateway):
    """The whole network 127/8 is this machine's: 127.0.0.2 stands for an address that others reach."""
    wide = run_gateway(WSIS_GATEWAY_HOST="0.0.0.0")
    assert httpx.get(f"http://127.0.0.2:{wide.port}/healthz").status_code == 200
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", wide.metrics_port), timeout=5)


def test_one_port_serves_both_where_that_is_set(gateway, tmp_path):
    settings = {**gateway.environment, "WSIS_GATEWAY_METRICS_PORT": "0"}
    with running_gateway(settings, tmp_path / "log") as client:
        assert {client.get(path).status_code for path in ("/metrics", "/healthz", "/v1/notes/n1")} == {200}


def test_two_equal_ports_are_a_mistake_and_not_one_port_for_both(gateway):
    with gunicorn(gateway, WSIS_GATEWAY_METRICS_PORT=str(gateway.port)) as process:
        assert process.wait(20) != 0
        assert "WSIS_GATEWAY_METRICS_PORT must differ from WSIS_GATEWAY_PORT" in process.stderr.read()
