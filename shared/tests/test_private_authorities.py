"""Clients of S3 and of the collector of traces trust the authorities in SSL_CERT_FILE, as all other clients do. Their
libraries have variables of their own, which win."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from wsis_shared import spans, tracing
from wsis_shared.blobs import s3
from wsis_testkit.tls import BAD, Server, write_certificates


def ask_s3(port: int, _: pytest.MonkeyPatch) -> None:
    s3.problem(f"s3://key:secret@localhost:{port}/files")


def send_spans(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    at_exit: list[Callable[[], None]] = []
    monkeypatch.setattr(atexit, "register", at_exit.append)
    monkeypatch.setattr(spans, "_export", None)
    monkeypatch.setattr(spans, "_share", 0.0)
    spans.start("test", f"https://localhost:{port}", 1.0)
    parent = spans.decide(None)
    spans.record("read", "SERVER", tracing.child(parent), parent, 0.1)
    at_exit[-1]()


CLIENTS = {"AWS_CA_BUNDLE": (ask_s3, b"GET /files"), "OTEL_EXPORTER_OTLP_CERTIFICATE": (send_spans, b"POST /v1/traces")}


@pytest.fixture(params=CLIENTS)
def own(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The variable of a library."""
    for name in (*CLIENTS, *spans.AUTHORITIES, "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    return str(request.param)


@pytest.fixture
def is_told(own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], bool]]:
    """`is_told("good")`: does the client speak to a server with that certificate?"""
    servers = []

    def told(certificate: str) -> bool:
        servers.append(Server(tmp_path, certificate, is_relay=False))
        ask, wanted = CLIENTS[own]
        ask(servers[-1].port, monkeypatch)
        return wanted in servers[-1].received

    write_certificates(tmp_path)
    yield told
    for server in servers:
        server.close()


def test_a_private_authority_is_trusted(
    own: str, is_told: Callable[[str], bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_told("good")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert is_told("good")
    assert [name for name in BAD if is_told(name)] == []
    monkeypatch.setenv(own, str(tmp_path / "of nobody.pem"))
    assert not is_told("good")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "of nobody.pem"))
    monkeypatch.setenv(own, str(tmp_path / "ca.pem"))
    assert is_told("good")
