"""The relay must show a certificate of a trusted CA, for its name, that is valid now."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from wsis_testkit.tls import CERTIFICATES, Server, write_certificates

from wsis_notifications.mails.smtp import Connection, Relay, RelayAway


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made: Path = tmp_path_factory.mktemp("tls")
    write_certificates(made)
    return made


@pytest.mark.parametrize(("scheme", "port"), [("smtp", 25), ("smtp+starttls", 587), ("smtps", 465)])
def test_a_relay_has_the_port_of_its_scheme_unless_it_names_one(scheme: str, port: int) -> None:
    assert Relay.parse(f"{scheme}://mx.example.org").port == port
    assert Relay.parse(f"{scheme}://mx.example.org:2525").port == 2525


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_relay_is_used_with_a_valid_certificate_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
    for name in CERTIFICATES:
        with closing(Server(folder, name, is_relay=True, starttls=scheme != "smtps")) as server:
            connection = Connection(Relay.parse(f"{scheme}://user:word@localhost:{server.port}"), 20)
            if name == "good":
                with pytest.raises(RelayAway, match="SMTPNotSupportedError"):  # it offers no AUTH: TLS is up
                    connection.open()
                assert server.received.startswith(b"ehlo ")
            else:
                with pytest.raises(RelayAway, match="SSLCertVerificationError"):
                    connection.open()
                assert server.received == b""


def test_a_relay_that_cannot_be_told_the_password_is_away() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(object(), hostname="127.0.0.1", port=port, auth_require_tls=False)
    controller.start()
    try:
        with pytest.raises(RelayAway, match="UnicodeEncodeError"):
            Connection(Relay.parse(f"smtp://user:p%C3%A4ss@127.0.0.1:{port}"), 20).open()
    finally:
        controller.stop()
