"""The relay and receivers of webhooks must show a certificate of a trusted CA, for their name, that is valid now."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey as Key
from cryptography.x509.oid import NameOID

from wsis_notifications.mails.smtp import Connection, Relay, RelayAway

DAY = timedelta(days=1)
# What is wrong with a certificate -> (is its CA trusted, its name, days until it ends)
CERTIFICATES = {
    "good": (True, "localhost", 1),
    "of nobody": (False, "localhost", 1),
    "of another name": (True, "other.example", 1),
    "over": (True, "localhost", -1),
}
BAD = sorted(set(CERTIFICATES) - {"good"})
# A process of its own reads SSL_CERT_FILE when it starts, as the webhooks process does.
POST = """
import asyncio, json, sys
from wsis_agencies.webhooks.client import WebhookClient

async def work():
    async with WebhookClient(seconds=20, allow_loopback=True) as client:
        replies = [await client.request("POST", url, {}, b"{}") for url in sys.argv[1:]]
    print(json.dumps([[reply.status, reply.error] for reply in replies]))

asyncio.run(work())
"""


def certificate(subject: str, key: Key, issuer: str, signed_by: Key, days: int, *, is_ca: bool) -> bytes:
    now = datetime.now(UTC)
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in (subject, issuer)]
    made = (
        x509.CertificateBuilder(*reversed(names), key.public_key(), x509.random_serial_number())
        .not_valid_before(now - 3 * DAY)
        .not_valid_after(now + days * DAY)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
        .sign(signed_by, None)
    )
    return made.public_bytes(serialization.Encoding.PEM)


class Server:
    """Speaks TLS on loopback, after STARTTLS where a client begins with plain SMTP, and says yes to everything."""

    def __init__(self, folder: Path, name: str, *, is_relay: bool, starttls: bool = False) -> None:
        self.received = b""  # inside TLS
        self._is_relay, self._starttls = is_relay, starttls
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(folder / f"{name}.pem")
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _listen(self) -> None:
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            with plain:
                try:
                    self._serve(plain)
                except OSError:  # the client left
                    continue

    def _serve(self, plain: socket.socket) -> None:
        if self._starttls:
            plain.sendall(b"220 relay\r\n")
            while not plain.recv(1000).upper().startswith(b"STARTTLS"):
                plain.sendall(b"250-relay\r\n250 STARTTLS\r\n")
            plain.sendall(b"220 go\r\n")
        with self._context.wrap_socket(plain, server_side=True) as peer:
            if self._is_relay and not self._starttls:
                peer.sendall(b"220 relay\r\n")
            while part := peer.recv(1000):
                self.received += part
                peer.sendall(b"250 ok\r\n" if self._is_relay else b"HTTP/1.1 204 OK\r\n\r\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`<certificate>.pem` with its key, and ca.pem."""
    made: Path = tmp_path_factory.mktemp("tls")
    authorities = {True: Key.generate(), False: Key.generate()}
    (made / "ca.pem").write_bytes(certificate("CA", authorities[True], "CA", authorities[True], 1, is_ca=True))
    for name, (is_trusted, host, days) in CERTIFICATES.items():
        key = Key.generate()
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        shown = certificate(host, key, "CA", authorities[is_trusted], days, is_ca=False)
        (made / f"{name}.pem").write_bytes(private + shown)
    return made


@pytest.fixture
def trusted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
    return dict(os.environ)


@pytest.mark.parametrize(("scheme", "port"), [("smtp", 25), ("smtp+starttls", 587), ("smtps", 465)])
def test_a_relay_has_the_port_of_its_scheme_unless_it_names_one(scheme: str, port: int) -> None:
    assert Relay.parse(f"{scheme}://mx.example.org").port == port
    assert Relay.parse(f"{scheme}://mx.example.org:2525").port == 2525


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_relay_is_used_with_a_valid_certificate_alone(folder: Path, trusted: object, scheme: str) -> None:
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


def test_webhook_goes_to_a_valid_certificate_alone(folder: Path, trusted: dict[str, str]) -> None:
    servers = {name: Server(folder, name, is_relay=False) for name in CERTIFICATES}
    urls = [f"https://localhost:{server.port}/hook" for server in servers.values()]
    done = subprocess.run([sys.executable, "-c", POST, *urls], env=trusted, capture_output=True, text=True, check=True)
    assert dict(zip(servers, json.loads(done.stdout), strict=True)) == {
        "good": [204, None],
        **{name: [None, "tls"] for name in BAD},
    }
    assert {name for name, server in servers.items() if server.received} == {"good"}
    for server in servers.values():
        server.close()
