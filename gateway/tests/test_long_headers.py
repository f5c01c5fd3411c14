"""Headers are bounded together: what is sent slowly and not ended takes little memory, and no place from others."""

import socket
import subprocess
from contextlib import ExitStack
from importlib.resources import files
from runpy import run_path

import psutil
import pytest
from wsis_testkit import wait_for

from wsis_gateway.worker import HEADERS_BYTES, WAITING_PART

with pytest.MonkeyPatch.context() as patch:
    patch.setenv("WSIS_SECRET", "what the gateway does not start without")
    SETTINGS = run_path(str(files("wsis_gateway") / "gunicorn.conf.py"))
LINE = SETTINGS["limit_request_line"]
WAITING = int(SETTINGS["worker_connections"] * WAITING_PART)
READ = 8192  # bytes that gunicorn reads at once, and holds beyond the limit
# gunicorn's buffer, its copy for the search of the end, the parsed line, and the place of the connection itself.
COPIES = 4
MOST_MEMORY = WAITING * COPIES * (LINE + HEADERS_BYTES + READ)
PIECE = b"X-Long: " + b"a" * 3990 + b"\r\n"
PIECES = 64  # as many as gunicorn's own limits allow


def memory(gateway):
    """Bytes of the resident memory of its processes."""
    master = psutil.Process(gateway.process.pid)
    return sum(process.memory_info().rss for process in [master, *master.children(recursive=True)])


def has_read_all(gateway):
    connections = ["ss", "-tnH", "state", "established", f"sport = :{gateway.port}"]
    lines = subprocess.run(connections, capture_output=True, text=True, check=True).stdout.splitlines()
    return all(line.split()[0] == "0" for line in lines)


def flood(gateway):
    """More connections than may wait, whose heads grow while the gateway takes more; returns the peak of memory."""
    peak = 0
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", gateway.port), timeout=5))
            for _ in range(WAITING + WAITING // 5)
        ]
        for piece in [b"GET /%s HTTP/1.1\r\nHost: x\r\n" % (b"a" * (LINE - 20)), *[PIECE] * PIECES]:
            clients = [client for client in clients if is_taken(client, piece)]
            wait_for(lambda: has_read_all(gateway), 20, "the gateway to read what was sent")
            peak = max(peak, memory(gateway))
            assert gateway.http.get("/healthz").status_code == 200
            assert gateway.http.get("/v1/notes/n1").status_code == 200
    return peak


def is_taken(client, piece):
    try:
        client.sendall(piece)
    except OSError:
        return False
    return True


def test_headers_without_an_end_take_a_bounded_memory(run_gateway, sample):
    gateway = run_gateway(real=True)
    assert gateway.http.get("/v1/notes/n1").status_code == 200
    before = memory(gateway)
    first = flood(gateway)
    assert first - before < MOST_MEMORY
    assert flood(gateway) - before < (first - before) * 1.2


@pytest.mark.parametrize(("more", "status"), [(0, b"200"), (1, b"431")])
def test_headers_are_bounded_together(gateway, more, status):
    body = b'{"title": "a"}'.ljust(200)
    fields = b"Host: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(body)
    fields += b"X-Many: %s\r\n" % (b"a" * 88) * 50
    fields += b"X-Last: %s" % (b"a" * (HEADERS_BYTES + more - len(fields) - len("X-Last: ")))
    head = b"PUT /v1/notes/n1 HTTP/1.1\r\n" + fields + b"\r\n\r\n"
    for end in (len(head) + len(body), len(head) - 1, 100):  # in one piece; but for the last byte; nearly all later
        whole = head + body
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as client:
            client.sendall(whole[:end])
            wait_for(lambda: has_read_all(gateway), 5, "the gateway to read what was sent")
            client.sendall(whole[end:])
            assert client.recv(100).split()[1] == status
