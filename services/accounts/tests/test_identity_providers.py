"""HTTP to identity providers: to public addresses alone, by valid certificates, and little of what they say."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from wsis_shared.errors import Unavailable
from wsis_testkit.oidc import CLIENT, running_provider
from wsis_testkit.tls import BAD, Server, write_certificates

from wsis_accounts import identity_providers
from wsis_accounts.doctor import look
from wsis_accounts.identity_providers import MAX_BODY, NO_KEYS, OTHER_ISSUER, Deadline, ProviderClient
from wsis_accounts.settings import Provider, Settings

PUBLIC = "93.184.216.34"
Answer = tuple[int, dict[str, str], bytes]


def client(issuer: str, *, loopback: bool = True) -> ProviderClient:
    return ProviderClient(Provider("itu", {"en": "ITU"}, issuer, CLIENT), allow_loopback=loopback)


@contextmanager
def serving(answer: Callable[[str], Answer]) -> Iterator[tuple[str, list[str]]]:
    """The address of a server that answers so, and the paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, headers, content = answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def reason(caplog: pytest.LogCaptureFixture, ask: Callable[[], object]) -> str:
    """Why the provider counts as away."""
    with pytest.raises(Unavailable) as refused:
        ask()
    assert refused.value.code == "accounts.provider_away"
    said: Any = caplog.records[-1]
    return str(said.reason)


@pytest.mark.parametrize("addresses", [["10.0.0.7"], [PUBLIC, "169.254.169.254"], ["127.0.0.1"], ["::ffff:10.0.0.7"]])
def test_a_name_that_leads_inside_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, addresses: list[str]
) -> None:
    connected: list[object] = []
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "create_connection", lambda *of, **_: connected.append(of))
    assert reason(caplog, client("https://login.itu.example", loopback=False).metadata) == "not_public"
    assert connected == []


def test_what_was_checked_is_what_is_connected_to(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A name that says another address the second time leads nowhere else."""
    asked: list[object] = []
    connected: list[object] = []

    def resolve(*of: object, **_: object) -> list[object]:
        asked.append(of)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC if len(asked) == 1 else "10.0.0.7", 443))]

    def connect(address: object, **_: object) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    client_of = client("https://login.itu.example", loopback=False)
    assert reason(caplog, client_of.metadata) == "ConnectionRefusedError"
    assert (len(asked), connected) == (1, [(PUBLIC, 443)])


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    ("url", "said"),
    [("https://10.0.0.7/x", "not_public"), ("http://login.itu.example/x", "port"), ("javascript:x", "not_https")],
)
def test_an_endpoint_that_leads_inside_is_refused(
    caplog: pytest.LogCaptureFixture, name: str, url: str, said: str
) -> None:
    def answer(_path: str) -> Answer:
        endpoints = dict.fromkeys(identity_providers.ENDPOINTS, "https://login.itu.example/x")
        return 200, {}, json.dumps({"issuer": issuer, **endpoints, name: url}).encode()

    with serving(answer) as (issuer, _):
        assert reason(caplog, client(issuer).metadata) == said


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        ((302, {"Location": "/elsewhere"}, b""), "status 302"),
        ((500, {}, b"{}"), "status 500"),
        ((200, {}, b"no JSON"), "metadata of another issuer"),
        ((200, {}, b"[" * 100_000), "metadata of another issuer"),
        ((200, {}, b'{"issuer": "https://evil.example"}'), "metadata of another issuer"),
        ((200, {}, b" " * (MAX_BODY + 1)), "too_much"),
        ((200, {"X": "y" * 70_000}, b""), "LineTooLong"),
    ],
)
def test_what_a_provider_must_not_say_counts_as_no_answer(
    caplog: pytest.LogCaptureFixture, answered: Answer, said: str
) -> None:
    with serving(lambda _path: answered) as (issuer, asked):
        assert reason(caplog, client(issuer).metadata) == said
    assert asked == [identity_providers.METADATA], "no redirect is followed"


@pytest.mark.parametrize("certificate", ["good", *BAD])
def test_a_provider_is_asked_by_a_valid_certificate_alone(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, certificate: str
) -> None:
    write_certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    server = Server(tmp_path, certificate, is_relay=False)
    try:
        said = reason(caplog, client(f"https://localhost:{server.port}").metadata)
    finally:
        server.close()
    asked = b"GET /.well-known/openid-configuration" in server.received
    assert (said, asked) == (("status 204", True) if certificate == "good" else ("SSLCertVerificationError", False))


def test_the_next_address_is_tried_where_one_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_provider() as provider:
        port = int(provider.issuer.rpartition(":")[2])
        provider.issuer = f"http://localhost:{port}"
        resolve = socket.getaddrinfo

        def both(host: str, *more: Any, **options: Any) -> Any:
            found = [(socket.AF_INET, 1, 6, "", (each, port)) for each in ("::1", "127.0.0.1")]
            return found if host == "localhost" else resolve(host, *more, **options)

        monkeypatch.setattr(socket, "getaddrinfo", both)
        assert client(provider.issuer).metadata()["issuer"] == provider.issuer


def test_a_sign_in_has_one_deadline(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_provider() as provider:
        monkeypatch.setattr(identity_providers, "Deadline", lambda: Deadline(0.0))
        assert reason(caplog, client(provider.issuer).metadata) == "timeout"
        assert provider.calls == []


def test_metadata_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    with running_provider() as provider:
        asks = client(provider.issuer)
        assert asks.metadata() is asks.metadata()
        assert provider.calls == [identity_providers.METADATA]
    assert caplog.records == []


# -- wsis doctor -------------------------------------------------------------------------------------------------------


def found(*issuers: str) -> dict[str, str]:
    """Problem -> fix, of providers p0, p1 and so on."""
    rows = {f"p{at}": {"name": "X", "issuer": issuer, "client_id": CLIENT} for at, issuer in enumerate(issuers)}
    settings = Settings.load({"WSIS_SIGN_IN_PROVIDERS": json.dumps(rows), "WSIS_SIGN_IN_LOOPBACK": "yes"})
    return {finding.problem: finding.fix for finding in look(settings)}


def test_the_doctor_finds_nothing_wrong_with_a_provider_that_answers() -> None:
    with running_provider() as provider:
        assert found(provider.issuer) == {}
        assert provider.calls == [identity_providers.METADATA, "/keys"]


def test_the_doctor_names_each_provider_that_cannot_be_used() -> None:
    with running_provider() as away, running_provider() as good:
        away.away = True
        [(problem, fix)] = found(away.issuer, good.issuer).items()
    assert problem == "the identity provider p0 cannot be used: status 503"
    assert away.issuer + identity_providers.METADATA in fix


@pytest.mark.parametrize(
    ("said", "keys", "reason", "fix"),
    [
        ({"issuer": "https://login.itu.example"}, 200, OTHER_ISSUER, "set the issuer of p0 in WSIS_SIGN_IN_PROVIDERS"),
        ({"token_endpoint": "https://10.0.0.7/token"}, 200, "not_public", "let the issuer of p0"),
        ({}, 200, NO_KEYS, "let the provider publish the keys"),
        ({}, 404, "status 404", "see whether"),
    ],
)
def test_the_doctor_says_what_to_do(said: dict[str, str], keys: int, reason: str, fix: str) -> None:
    def answer(path: str) -> Answer:
        endpoints = dict.fromkeys(identity_providers.ENDPOINTS, f"{issuer}/keys")
        metadata = {"issuer": issuer, **endpoints, **said}
        at_keys = path == "/keys"
        return keys if at_keys else 200, {}, json.dumps({"keys": []} if at_keys else metadata).encode()

    with serving(answer) as (issuer, _):
        [(problem, advice)] = found(issuer).items()
    assert problem == f"the identity provider p0 cannot be used: {reason}"
    assert advice.startswith(fix)
