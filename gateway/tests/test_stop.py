"""A stop answers what is in flight and waits for no idle connection."""

import json
import signal
import socket

import pytest

STOP_SECONDS = 3
HEAD = b"GET /v1/notes/n1 HTTP/1.1\r\nHost: gateway\r\n"


@pytest.fixture
def running(run_gateway, sample):
    """A gateway of this test's own, since each test stops it."""
    return run_gateway(real=True)


def connect(running):
    return socket.create_connection(("127.0.0.1", running.port), timeout=10)


def answer(connection):
    """The status line and the headers of the next answer."""
    with connection.makefile("rb") as stream:
        status, lines = stream.readline(), {}
        while line := stream.readline().strip():
            name, _, value = line.decode().partition(": ")
            lines[name.lower()] = value
        stream.read(int(lines["content-length"]))
    return int(status.split()[1]), lines


def test_idle_connections_do_not_delay_a_stop(running):
    with connect(running) as used, connect(running) as unused, connect(running) as half:
        used.sendall(HEAD + b"\r\n")
        assert answer(used)[0] == 200
        half.sendall(HEAD)
        assert running.http.get("/healthz").status_code == 200  # kept alive as well
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(STOP_SECONDS) == 0
        assert [connection.recv(1) for connection in (used, unused)] == [b"", b""]


def test_request_on_its_way_at_the_stop_is_answered(running):
    with connect(running) as used, connect(running) as half:
        used.sendall(HEAD + b"\r\n")
        assert "close" not in answer(used)[1].get("connection", "")
        half.sendall(HEAD)
        running.process.send_signal(signal.SIGTERM)
        half.sendall(b"\r\n")
        used.sendall(HEAD + b"\r\n")
        assert [answer(connection)[0] for connection in (half, used)] == [200, 200]
        assert running.process.wait(STOP_SECONDS) == 0


def test_request_in_flight_at_the_stop_is_answered(running, signed_in):
    """It takes longer than what the gateway waits on idle connections."""
    body = json.dumps({"choice": "p1", "seconds": 1.5}).encode()
    fields = {**signed_in(), "Host": "gateway", "Content-Type": "application/json", "Content-Length": len(body)}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    with connect(running) as connection, connect(running):
        connection.sendall(f"POST /v1/notes/n1/votes HTTP/1.1\r\n{head}\r\n".encode() + body)
        running.process.send_signal(signal.SIGTERM)
        assert answer(connection)[0] == 201
        assert running.process.wait(10) == 0
