"""A TCP proxy that misbehaves on command: the fault kit between any two parts."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self
from urllib.parse import urlsplit


class Proxy:
    """Listens on a free loopback port and passes everything to `host:port`.

    `freeze()` holds all bytes back without closing, `thaw()` lets them go, `cut()` resets every connection, and
    `refuse = True` closes new ones at once. `drop_replies()` lets requests through and swallows what comes back.
    `reply(data)` sends what the target has not sent.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._flow = threading.Event()
        self._flow.set()
        self._replies = threading.Event()
        self._replies.set()
        self.refuse = False
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._server.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            try:
                if self.refuse:
                    raise OSError
                upstream = socket.create_connection(self._target, timeout=5)
                upstream.settimeout(None)
            except OSError:
                client.close()
                continue
            self._pairs.add((client, upstream))
            threading.Thread(target=self._pump, args=(client, upstream, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(upstream, client, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, replies: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._flow.wait()
                if replies and not self._replies.is_set():
                    continue
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def freeze(self) -> None:
        """Hold everything back: a black-holed connection."""
        self._flow.clear()

    def thaw(self) -> None:
        """Let it flow again."""
        self._flow.set()

    def drop_replies(self) -> None:
        """Requests arrive, answers do not."""
        self._replies.clear()

    def reply(self, data: bytes) -> None:
        """Send this to every client, as if the target had. Wait until that is silent, to come between two messages."""
        for client, _ in self._pairs:
            client.sendall(data)

    def cut(self) -> None:
        """Reset all connections; new ones work, and replies flow again."""
        self._replies.set()
        pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop listening and cut."""
        self._server.close()
        self.thaw()
        self.cut()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def proxied(uri: str) -> Proxy:
    """A proxy to the address."""
    parts = urlsplit(uri)
    return Proxy(str(parts.hostname), int(parts.port or 0))


def behind(uri: str, proxy: Proxy) -> str:
    """The address with its login, through the proxy."""
    parts = urlsplit(uri)
    login, at, _ = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{login}{at}127.0.0.1:{proxy.port}").geturl()
