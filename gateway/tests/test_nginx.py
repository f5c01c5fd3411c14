"""deploy/nginx/nginx.conf in nginx itself, in front of the gateway: what it answers without it, and what it logs."""

import re
import secrets
import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from wsis_testkit import publish, wait_for
from wsis_testkit.gateway import running_gateway
from wsis_testkit.process import free_port

from wsis_gateway.web import session

CONFIGURATION = Path(__file__).parents[2] / "deploy/nginx/nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is in Debian's package nginx-light")


class Proxy:
    """nginx with its clients."""

    def __init__(self, folder, upstream):
        self.folder, self.errors = folder, folder / "error.log"
        self.plain_port, self.port = free_port(), free_port()
        make_certificate(folder)
        (folder / "log").mkdir()
        (folder / "log/head.json").write_text("{}")
        temporary = "".join(
            f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        text = CONFIGURATION.read_text("utf-8")
        log = CONFIGURATION.with_name("public_log.conf").read_text("utf-8")
        text = text.replace("include /etc/nginx/public_log.conf;", log)
        for ours, theirs in (
            ("/dev/stderr", str(self.errors)),
            ("pid /run", f"user root root; daemon off; pid {folder}"),
            ("/etc/nginx/tls", str(folder)),
            ("/var/cache/nginx", str(folder)),
            ("/var/lib/wsis/public-log", str(folder / "log")),
            ("http {", f"http {{ {temporary}"),
            ("worker_processes auto", "worker_processes 1"),
            ("server gateway-0:8000", f"server {upstream}"),
            ("server gateway-1:8000 fail_timeout=2s;", ""),
            ("listen 8080", f"listen 127.0.0.1:{self.plain_port}"),
            ("listen 8443", f"listen 127.0.0.1:{self.port}"),
        ):
            assert ours in text
            text = text.replace(ours, theirs)
        (folder / "nginx.conf").write_text(text)
        self.process = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-e", str(folder / "start.log")])
        self.http = httpx.Client(base_url=f"https://127.0.0.1:{self.port}", verify=False, timeout=15)
        self.plain = httpx.Client(base_url=f"http://127.0.0.1:{self.plain_port}", timeout=15)
        wait_for(self.listens, 10, "nginx to listen")

    def listens(self):
        assert self.process.poll() is None, (self.folder / "start.log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def raw(self, head, status):
        """Send the head of a request as it is; the response, which has this status."""
        [response] = self.pipelined([head])
        assert response.status_code == status, head
        return response

    def pipelined(self, heads):
        """Send all requests at once on one connection (RFC 9112 9.3.2), as fast as nginx takes them; the responses."""
        with self.handshake() as connection, connection.makefile("rb") as received:
            connection.sendall("\r\n\r\n".join(heads).encode() + b"\r\nConnection: close\r\n\r\n")
            responses = []
            while status_line := received.readline():
                lines = iter(received.readline, b"\r\n")
                headers = httpx.Headers([tuple(line.strip().split(b": ", 1)) for line in lines])
                body = received.read(int(headers["content-length"]))
                responses.append(httpx.Response(int(status_line.split()[1]), headers=headers, content=body))
        return responses

    def handshake(self, version=None, ciphers=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if version is not None:
            context.minimum_version = context.maximum_version = version
        if ciphers is not None:
            context.set_ciphers(ciphers)
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=10))

    def stop(self):
        self.http.close()
        self.plain.close()
        self.process.terminate()
        self.process.wait(10)


def make_certificate(folder):
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=localhost",
        "-keyout",
        str(folder / "tls.key"),
        "-out",
        str(folder / "tls.crt"),
    ]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="module")
def proxy(gateway, tmp_path_factory):
    """nginx in front of the gateway."""
    proxy = Proxy(tmp_path_factory.mktemp("nginx"), f"127.0.0.1:{gateway.port}")
    yield proxy
    proxy.stop()


@pytest.fixture
def exposed(gateway, tmp_path):
    """nginx in front of a gateway that has no port for metrics and readiness alone."""
    with running_gateway(gateway.environment, tmp_path / "gateway.log") as client:
        wait_for(lambda: all(client.get(path).is_success for path in ("/metrics", "/readyz")), 30, "the gateway")
        proxy = Proxy(tmp_path, client.base_url.netloc.decode())
        yield proxy
        proxy.stop()


@pytest.fixture
def alone(tmp_path):
    """nginx whose gateway is away."""
    proxy = Proxy(tmp_path, f"127.0.0.1:{free_port()}")
    yield proxy
    proxy.stop()


@contextmanager
def in_front_of(answer, folder):
    """nginx in front of what answers in the gateway's place: `answer(paths asked for)` -> status and Cache-Control."""
    asked = []

    class Upstream(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, cache_control = answer(asked)
            self.send_response(status)
            self.send_header("Cache-Control", cache_control)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Upstream) as upstream:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        proxy = Proxy(folder, f"127.0.0.1:{upstream.server_port}")
        try:
            yield proxy, asked
        finally:
            proxy.stop()
            upstream.shutdown()


def cookie_header(cookies):
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}


def too_many(proxy, headers=dict):
    """Ask until a limit refuses; each request has headers of its own."""
    refused = []

    def head():
        return "\r\n".join(["GET /log/head.json HTTP/1.1", "Host: x", *map(": ".join, headers().items())])

    def ask():
        responses = proxy.pipelined([head() for _ in range(300)])
        refused.extend(response for response in responses if response.status_code == 429)
        return bool(refused)

    wait_for(ask, 30, "nginx to refuse")
    return refused[0]


def has_security_headers(headers, tls=True):
    """Each of them once: of two policies a browser applies both."""
    assert headers.get_list("x-content-type-options") == ["nosniff"]
    [policy] = headers.get_list("content-security-policy")
    for directive in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert directive in policy
    expected = ["max-age=31536000; includeSubDomains"] if tls else []
    assert headers.get_list("strict-transport-security") == expected
    return True


def test_what_nginx_answers_has_the_security_headers(alone):
    responses = {
        path: alone.http.get(path) for path in ("/v1/echo", "/metrics", "/log/head.json", "/log/none", "/log/")
    }
    assert [response.status_code for response in responses.values()] == [503, 404, 200, 404, 403]
    refused = too_many(alone)
    for response in (*responses.values(), refused):
        assert has_security_headers(response.headers)
    for status, head in (
        (400, "GET / HTTP/1.1\r\nHost: a b"),
        (413, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999"),
    ):
        assert has_security_headers(alone.raw(head, status).headers)
    for path in ("/", "/v1/echo"):
        assert has_security_headers(alone.plain.get(path).headers, tls=False)


def test_marks_of_a_restored_log_are_not_served(alone):
    for name in (".restored", ".2017.restored"):
        (alone.folder / "log" / name).touch()
        assert alone.http.get(f"/log/{name}").status_code == 404


def test_what_the_gateway_answers_keeps_its_own_headers(proxy):
    for path in ("/v1/echo", "/v1/count", "/v1/count", "/v1/unknown", "/v1/boom"):
        response = proxy.http.get(path)
        assert has_security_headers(response.headers)
        assert response.headers.get_list("x-request-id")
    page = proxy.http.get("/v1/notes/n1/page").headers
    [policy] = page.get_list("content-security-policy")
    assert "style-src 'unsafe-inline'" in policy
    assert "access-control-allow-origin" not in page


def test_errors_of_nginx_are_problems_that_say_when_to_come_back(alone):
    away, refused = alone.http.get("/v1/echo"), too_many(alone)
    assert (away.json()["code"], away.headers["retry-after"]) == ("suite.service_away", "5")
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "2"


def test_a_browser_that_asks_for_a_page_gets_one_in_each_language(alone):
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    away = alone.http.get("/ar/desk", headers=browser)
    assert (away.status_code, away.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert away.headers["retry-after"] == "5"
    assert has_security_headers(away.headers)
    assert set(re.findall(r' lang="(\w\w)"', away.text)) == {"en", "fr", "es", "pt", "ru", "ar", "zh"}
    assert alone.http.post("/en/sign-in", headers=browser).text == away.text
    assert alone.http.get("/v1/echo", headers=browser).json()["code"] == "suite.service_away"
    assert alone.http.get("/.nginx/away/person", headers=browser).status_code == 404
    import_ = "POST /v1/entry-imports HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999"
    assert alone.raw(import_, 503).json()["code"] == "suite.service_away", "a long body is not what is wrong"


@pytest.mark.parametrize(
    "signed_in",
    [lambda of: {"Authorization": f"Bearer {of}"}, lambda of: {"Cookie": f"a=b; {session.ACCESS}={of}; c=d"}],
    ids=["program", "browser"],
)
def test_a_country_behind_one_address_shares_no_limit_once_it_is_signed_in(alone, signed_in):
    too_many(alone)
    assert alone.http.get("/log/head.json", headers=signed_in("ada")).status_code == 200
    too_many(alone, lambda: signed_in("ada"))
    assert alone.http.get("/log/head.json", headers=signed_in("grace")).status_code == 200
    too_many(alone, lambda: {"Cookie": f"not{session.ACCESS}={secrets.token_hex()}"})


def test_however_a_token_is_spelt_it_counts_once(alone):
    signature = secrets.token_urlsafe(64)
    spelt = [{"Authorization": f"{'Bearer':{7 + number % 100}}head.claims.{signature}"} for number in range(1000)]
    responses = (alone.http.get("/log/head.json", headers=each) for each in spelt)
    assert any(each.status_code == 429 for each in responses), "ten of each spelling are far below the limit"


def test_nginx_keeps_a_public_response_for_a_second_although_it_hears_no_events(proxy, http, amqp_client):
    def calls(client):
        return client.get("/v1/count").json()["calls"]

    before = calls(proxy.http)
    publish(amqp_client, "sample", "note_changed", {"title": "x"})
    now = wait_for(lambda: (seen := calls(http)) > before and seen, 5)
    wait_for(lambda: calls(proxy.http) == now, 5, "nginx to ask again, long before the 60 seconds of a client's cache")


def test_what_one_gateway_refuses_the_other_answers_writes_too(gateway, signed_in, tmp_path):
    """As one does that starts and has no broker yet (test_start.py)."""
    proxy = Proxy(tmp_path, f"127.0.0.1:{free_port()} fail_timeout=0; server 127.0.0.1:{gateway.port}")
    try:
        body = {"choice": "p1", "seconds": 0}
        answers = [proxy.http.post("/v1/notes/n1/votes", json=body, headers=signed_in()) for _ in range(4)]
        assert all(answer.is_success for answer in answers), answers
    finally:
        proxy.stop()


def test_nginx_serves_the_last_public_response_while_the_gateway_is_away(gateway, tmp_path):
    with running_gateway(gateway.environment, tmp_path / "gateway.log") as client:
        proxy = Proxy(tmp_path, client.base_url.netloc.decode())
        wait_for(lambda: proxy.http.get("/v1/count").is_success, 30, "the gateway")
        last = proxy.http.get("/v1/count").json()
    try:
        assert proxy.http.get("/v1/echo").status_code == 503
        for _ in range(3):
            assert proxy.http.get("/v1/count").json() == last
    finally:
        proxy.stop()


def test_nginx_serves_the_last_public_response_while_the_gateway_refuses(tmp_path):
    """As under an alarm of the broker, which the shared broker of tests must not have."""

    def answer(asked):
        return (200, "public, max-age=60, s-maxage=1") if len(asked) == 1 else (503, "no-store")

    with in_front_of(answer, tmp_path) as (proxy, asked):
        seen = set()
        wait_for(lambda: seen.add(proxy.http.get("/v1/count").status_code) or len(asked) > 1)
        assert seen == {200}
        assert proxy.http.get("/v1/echo").status_code == 503


def test_pages_of_a_session_pass_nginx_by_its_cache_and_lock(tmp_path):
    with in_front_of(lambda _: (200, "public, max-age=60, s-maxage=60"), tmp_path) as (proxy, asked):
        for cookies in ({}, {"other": "x"}, {}):
            proxy.http.get("/en/me", headers=cookie_header(cookies))
        assert len(asked) == 1
        for name in (session.ACCESS, session.REFRESH, session.ADDRESS):
            proxy.http.get("/en/me", headers=cookie_header({"other": "x", name: "y"}))
        assert len(asked) == 4


def test_anybodys_page_may_read_the_public_log(proxy):
    response = proxy.http.get("/log/head.json")
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["content-type"] == "application/json"


def test_the_public_log_is_compressed(proxy):
    (proxy.folder / "log/entries.jsonl").write_text('{"entry":"vote"}\n' * 100)
    response = proxy.http.get("/log/entries.jsonl")
    assert (response.headers["content-encoding"], response.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert response.text == '{"entry":"vote"}\n' * 100


def test_no_folder_is_listed(proxy):
    for path in ("/log/", "/log/./", "//log/"):
        assert "head.json" not in proxy.raw(f"GET {path} HTTP/1.1\r\nHost: x", 403).text


def test_no_spelling_opens_what_is_internal(exposed):
    for path in (
        "/metrics",
        "/readyz",
        "//metrics",
        "/%6detrics",
        "/./readyz",
        "/readyz/broker",
        "/v1/../metrics",
        "/metrics/",
        "/Metrics",
    ):
        exposed.raw(f"GET {path} HTTP/1.1\r\nHost: x", 404)


def test_a_program_without_tls_is_refused_and_a_browser_redirected(proxy):
    page = proxy.plain.get("/?lang=fr")
    assert (page.status_code, page.headers["location"]) == (308, "https://127.0.0.1/?lang=fr")
    api = proxy.plain.get("/v1/echo", headers={"Authorization": "Bearer x"})
    assert (api.status_code, api.headers["content-type"]) == (403, "application/problem+json")
    assert "location" not in api.headers


def test_strong_tls_alone(proxy):
    assert re.findall(r"ssl_protocols (.*);", CONFIGURATION.read_text("utf-8")) == ["TLSv1.2 TLSv1.3"]
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with proxy.handshake(version) as connection:
            assert re.search("GCM|CHACHA20", connection.cipher()[0])
    for weak in ("ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-CCM"):
        with pytest.raises(ssl.SSLError):
            proxy.handshake(ssl.TLSVersion.TLSv1_2, weak)


def test_the_error_log_has_nothing_of_refused_and_failed_requests(alone):
    assert alone.http.get("/v1/newsletter/stop/the-key").status_code == 503
    assert alone.http.get("/log/the-key").status_code == 404
    too_many(alone)
    alone.raw("GET /the-key HTTP/1.1\r\nHost: a b", 400)
    alone.stop()
    assert alone.errors.read_text() == ""
