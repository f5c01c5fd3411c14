"""A request is received when the whole of it is there: what decides about a close is when the last byte came."""

import json
import shutil
import socket
import subprocess
from datetime import datetime

import pytest
from wsis_shared import clock
from wsis_testkit import wait_for

BODY = b'{"title": "Half now, half later"}'
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n" * 50
NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass {upstream}; proxy_http_version 1.1; proxy_request_buffering {buffering}; }}
    }}
}}
"""


@pytest.fixture(params=["bare", "nginx", "nginx without buffering"])
def address(request, gateway, tmp_path):
    """(host, port) of the gateway, or of a proxy in front of it."""
    if request.param == "bare":
        yield ("127.0.0.1", gateway.port)
        return
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("nginx is in Debian's package nginx-light")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = probe.getsockname()
    (tmp_path / "nginx.conf").write_text(
        NGINX.format(
            folder=tmp_path,
            port=place[1],
            upstream=gateway.uri,
            buffering="on" if request.param == "nginx" else "off",
        )
    )
    proxy = subprocess.Popen([nginx, "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")])
    try:
        wait_for(lambda: socket.socket().connect_ex(place) == 0, 10, "nginx to listen")
        yield place
    finally:
        proxy.terminate()
        proxy.wait(10)


def half_sent(gateway, address, method, path, body, content_type, token):
    """Send the head and half of the body; once the gateway waits for the rest, note the time and send it. Returns the
    time and the response."""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\nAuthorization: {token}\r\n\r\n"
    )
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body[: len(body) // 2])
        # One thread serves all requests in turn: an answer to a later one says that the earlier one waits.
        assert gateway.http.get("/healthz").status_code == 200
        moment = clock.now()
        connection.sendall(body[len(body) // 2 :])
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
    head, _, content = received.partition(b"\r\n\r\n")
    assert head.split(b" ", 2)[1] in (b"200", b"201"), received
    return moment, json.loads(content[content.index(b"{") : content.rindex(b"}") + 1])


@pytest.mark.parametrize(
    ("method", "path", "body", "content_type"),
    [
        ("POST", "/v1/notes", BODY, "application/json"),
        ("POST", "/v1/notes/n1/votes", b'{"choice": "yes", "seconds": 0}', "application/json"),
        ("PUT", "/v1/notes/n1/paper", PDF, "application/pdf"),
    ],
    ids=["a write", "a command", "a file"],
)
def test_the_moment_of_receipt_is_that_of_the_last_byte(gateway, address, signed_in, method, path, body, content_type):
    token = signed_in("officer")["Authorization"]
    moment, response = half_sent(gateway, address, method, path, body, content_type, token)
    assert datetime.fromisoformat(response["at"]) >= moment
