"""Servers that speak TLS, with certificates of which one alone is good: of a trusted CA, for their name, valid now."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey as Key
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)
# What is wrong with a certificate -> (is its CA trusted, its name, days until it ends)
CERTIFICATES = {
    "good": (True, "localhost", 1),
    "of nobody": (False, "localhost", 1),
    "of another name": (True, "other.example", 1),
    "over": (True, "localhost", -1),
}
BAD = sorted(set(CERTIFICATES) - {"good"})


def write_certificates(folder: Path) -> None:
    """`<certificate>.pem` with its key, and ca.pem."""
    authorities = {True: Key.generate(), False: Key.generate()}
    (folder / "ca.pem").write_bytes(_certificate("CA", authorities[True], "CA", authorities[True], 1, is_ca=True))
    for name, (is_trusted, host, days) in CERTIFICATES.items():
        key = Key.generate()
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        shown = _certificate(host, key, "CA", authorities[is_trusted], days, is_ca=False)
        (folder / f"{name}.pem").write_bytes(private + shown)


def _certificate(subject: str, key: Key, issuer: str, signed_by: Key, days: int, *, is_ca: bool) -> bytes:
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(_name(issuer), _name(subject), key.public_key(), x509.random_serial_number())
        .not_valid_before(now - 3 * DAY)
        .not_valid_after(now + days * DAY)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
        .sign(signed_by, None)
    )
    return made.public_bytes(serialization.Encoding.PEM)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


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
        """Listen no more."""
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
