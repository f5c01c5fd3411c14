"""A TLS connection that one thread reads and another writes.

OpenSSL lets one of them in at a time: a read beside a write may end the process (openssl-threads(7)).
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from typing import Any

WRITE_PAUSE = 0.005  # seconds between two tries while the other end takes nothing


class TlsSocket:
    """Offers what py-amqp uses of a socket over TLS. No call of OpenSSL waits, so none holds the other thread up."""

    def __init__(self, sock: ssl.SSLSocket) -> None:
        self._tls, self._lock = sock, threading.Lock()
        self._timeout: float | None = sock.gettimeout()
        sock.setblocking(False)
        # A further handle of the connection, to wait without TLS until something comes.
        self._plain = socket.fromfd(sock.fileno(), sock.family, sock.type)

    def gettimeout(self) -> float | None:
        """Seconds that a read waits; None: for ever."""
        return self._timeout

    def settimeout(self, seconds: float | None) -> None:
        """The same."""
        self._timeout = seconds

    def read(self, size: int) -> bytes:
        """What has come, up to `size` bytes; nothing at the end. Raises TimeoutError."""
        while True:
            try:
                with self._lock:
                    return bytes(self._tls.read(size))
            except ssl.SSLWantReadError:
                self._plain.settimeout(self._timeout)
                try:
                    self._plain.recv(1, socket.MSG_PEEK)
                except BlockingIOError:
                    raise TimeoutError("timed out") from None
            except ssl.SSLWantWriteError:
                time.sleep(WRITE_PAUSE)

    def write_all(self, data: bytes, seconds: float) -> None:
        """Write everything. Raises TimeoutError when that takes longer than `seconds`."""
        left, until = memoryview(data), time.monotonic() + seconds
        while left:
            try:
                with self._lock:
                    left = left[self._tls.write(left) :]
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):  # the same bytes again
                if time.monotonic() > until:
                    raise TimeoutError("timed out") from None
                time.sleep(WRITE_PAUSE)

    def shutdown(self, how: int) -> None:
        """End the connection, whatever reads or writes."""
        self._plain.shutdown(how)

    def unwrap(self) -> socket.socket:
        """Tell the other end that it is over."""
        with self._lock:
            return self._tls.unwrap()

    def close(self) -> None:
        """Close both handles."""
        self._plain.close()
        with self._lock:
            self._tls.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tls, name)
