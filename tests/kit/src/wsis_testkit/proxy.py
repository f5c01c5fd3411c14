"""A TCP proxy that misbehaves on command: the fault kit between any two parts."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self
from urllib.parse import urlsplit

from wsis_shared.mongo_connection import connect


def _everybody(_port: int) -> bool:
    return True


class Proxy:
    """Listens on a loopback port, a free one unless `listen` says which, and passes everything to `host:port`.

    `freeze()` holds all bytes back without closing, or those of some clients, `thaw()` lets them go, `cut()` resets
    every connection, and `refuse = True` closes new ones at once. `drop_replies()` lets requests through and swallows
    what comes back. `reply(data)` sends what the target has not sent. `lead_to(port)` is for connections that come.
    """

    def __init__(self, host: str, port: int, listen: int = 0) -> None:
        self._target = (host, port)
        self._flow = threading.Event()
        self._flow.set()
        self._whose: Callable[[int], bool] = _everybody
        self._replies = threading.Event()
        self._replies.set()
        self.refuse = False
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._server = socket.create_server(("127.0.0.1", listen))
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
            port = int(client.getpeername()[1])
            threading.Thread(target=self._pump, args=(client, upstream, port, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(upstream, client, port, True), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, port: int, replies: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if not self._flow.is_set() and self._whose(port):
                    self._flow.wait()
                if replies and not (self._replies.is_set() and (sink, source) in self._pairs):
                    continue
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def lead_to(self, port: int) -> None:
        """Connections from now on go to another port; those that are open stay where they are."""
        self._target = (self._target[0], port)

    def freeze(self, whose: Callable[[int], bool] = _everybody) -> None:
        """Hold everything back, or what goes between the target and clients whose ports `whose` picks: black-holed
        connections."""
        self._whose = whose
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

    def cut(self, whose: Callable[[int], bool] = _everybody) -> None:
        """Reset all connections, or those of clients whose ports `whose` picks; new ones work, and replies flow
        again."""
        cut = {pair for pair in self._pairs.copy() if whose(_port_of(pair[0]))}
        self._pairs -= cut  # what is on its way to them is lost
        self._replies.set()
        for pair in cut:
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


def _port_of(client: socket.socket) -> int:
    """The client's; 0 where it has left."""
    try:
        return int(client.getpeername()[1])
    except OSError:
        return 0


def proxied(uri: str) -> Proxy:
    """A proxy to the address; of several hosts, to the one that takes writes."""
    parts = urlsplit(uri)
    if "," in parts.netloc:
        with connect(uri) as client:
            client.admin.command("ping")
            assert client.primary is not None
            return Proxy(*client.primary)
    return Proxy(str(parts.hostname), int(parts.port or 0))


def behind(uri: str, proxy: Proxy) -> str:
    """The address with its login, through the proxy."""
    parts = urlsplit(uri)
    login, at, hosts = parts.netloc.rpartition("@")
    through = parts._replace(netloc=f"{login}{at}127.0.0.1:{proxy.port}")
    if "," in hosts:  # the set would tell the client where its members are, past the proxy
        others = [pair for pair in parts.query.split("&") if pair and not pair.startswith("replicaSet=")]
        through = through._replace(query="&".join(["directConnection=true", *others]))
    return through.geturl()
