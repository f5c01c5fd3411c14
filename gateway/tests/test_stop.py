"""A stop answers what is in flight and waits for no idle connection."""

import json
import signal
import socket
from contextlib import ExitStack

import gevent
import gevent.socket
import psutil
import pytest
from wsis_local.patience import factor
from wsis_shared.stopping import CUT_SHORT
from wsis_testkit import wait_for
from wsis_testkit.proxy import behind, proxied

from wsis_gateway.worker import Wait

STOP_SECONDS = 15  # less than idle connections are kept
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


def vote(headers, seconds):
    """A request that takes so long."""
    body = json.dumps({"choice": "p1", "seconds": seconds}).encode()
    fields = {**headers, "Host": "gateway", "Content-Type": "application/json", "Content-Length": len(body)}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST /v1/notes/n1/votes HTTP/1.1\r\n{head}\r\n".encode() + body


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
    with connect(running) as connection, connect(running):
        connection.sendall(vote(signed_in(), seconds=1.5))
        running.process.send_signal(signal.SIGTERM)
        assert answer(connection)[0] == 201
        assert running.process.wait(10) == 0


def test_connections_that_wait_at_the_stop_are_answered(running):
    """More than the gateway accepts at a time, while it accepts none."""
    (worker,) = psutil.Process(running.process.pid).children()
    worker.suspend()
    with ExitStack() as stack:
        waiting = [stack.enter_context(connect(running)) for _ in range(150)]
        for connection in waiting:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: gateway\r\n\r\n")
        running.process.send_signal(signal.SIGTERM)
        worker.resume()
        assert {answer(connection)[0] for connection in waiting} == {200}
        assert running.process.wait(STOP_SECONDS) == 0


def test_request_that_has_come_is_read_though_its_wait_is_over():
    with ExitStack() as stack:
        server, client = map(stack.enter_context, gevent.socket.socketpair())
        waits, read = {}, []

        def serve():
            with Wait(60, waits, 1):
                read.append(server.recv(1))

        serving = gevent.spawn(serve)
        gevent.idle()
        client.sendall(b"G")
        timer = gevent.get_hub().loop.timer(0)
        timer.start(next(iter(waits)).end)  # the event loop calls timers before it reads
        serving.join()
        assert read == [b"G"]


def test_a_second_signal_ends_master_and_workers_at_once(run_gateway, sample, signed_in):
    running = run_gateway(real=True, WSIS_STOP_SECONDS="600")
    head, _, _ = vote({**signed_in(), "Expect": "100-continue"}, seconds=0).partition(b"\r\n\r\n")

    def ended():  # a signal that comes while the same one waits is none
        running.process.send_signal(signal.SIGTERM)
        return running.process.poll() is not None

    with connect(running) as connection:
        connection.sendall(head + b"\r\n\r\n")  # and no body: it is in flight
        assert b"100 Continue" in connection.recv(100)
        wait_for(ended)
        assert running.process.returncode == CUT_SHORT
        assert connection.recv(1) == b""


@pytest.mark.parametrize("state", ["stopped", "frozen"])
def test_a_stop_ends_while_the_broker_is_away(state, run_gateway, sample, environment, signed_in):
    with proxied(environment["WSIS_AMQP_URI"]) as broker:
        running = run_gateway(
            real=True, WSIS_STOP_SECONDS="10", WSIS_AMQP_URI=behind(environment["WSIS_AMQP_URI"], broker)
        )
        if state == "frozen":
            broker.freeze()
        else:
            broker.refuse = True
            broker.cut()
        with connect(running) as connection:
            connection.sendall(vote(signed_in(), seconds=0))
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(15 * factor()) in (0, CUT_SHORT)
