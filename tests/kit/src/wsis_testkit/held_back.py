"""A request whose end comes late, over a socket of its own: HTTP clients send a body as a whole."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlsplit

import httpx


class HeldBack:
    """A request of which the last `kept` bytes of the body have not been sent. `line` is method and path."""

    def __init__(self, address: str, line: str, token: str, body: bytes, *, kept: int = 1) -> None:
        sent, self._rest = body[:-kept], body[-kept:]
        place = urlsplit(address)
        self._socket = socket.create_connection((str(place.hostname), int(place.port or 80)), timeout=15)
        self._socket.sendall(
            f"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        )
        assert self._socket.recv(1000).startswith(b"HTTP/1.1 100 ")
        self._socket.sendall(sent)
        # The gateway's one thread has turned to the next request: this one waits for the rest.
        assert httpx.get(f"{address}/healthz").status_code == 200

    def send_rest(self) -> tuple[int, str]:
        """(status, code) of the answer."""
        with self._socket as connection:
            connection.sendall(self._rest)
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
        head, _, content = received.partition(b"\r\n\r\n")
        told = json.loads(content[content.index(b"{") : content.rindex(b"}") + 1])
        return int(head.split(b" ", 2)[1]), told.get("code", "")
