"""Sends the frames of many threads in one write: a system call costs more than a small frame, here and at the broker.

Measured with 32 callers on two cores: 29 % less CPU time per request over gateway, broker and service together.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from amqp.transport import SSLTransport, TCPTransport
from wsis_shared.amqp.tls_socket import TlsSocket

if TYPE_CHECKING:
    from amqp.transport import _AbstractTransport

# Under flow control the broker stops reading for a while: that is no failure yet.
WRITE_SECONDS = 30.0
# What waits for a broker that does not read is held in memory: with more than this, publishers wait too.
HIGH_WATER_BYTES = 8 * 1024 * 1024


class WriteBuffer:
    """Replaces the write of a transport. A write returns at once; a thread sends what has accumulated, in order.
    When a send fails it calls `on_failure` once: publishers learn of it by their missing confirms. Who writes much asks
    `full` before, and waits for `wait_for_room`."""

    def __init__(self, transport: _AbstractTransport, on_failure: Callable[[], None], name: str) -> None:
        self._on_failure = on_failure
        self._socket: socket.socket | None = None
        self._write: Callable[[bytes], object]
        self._shutdown: Callable[[int], object]
        if isinstance(transport, TCPTransport):
            # A second handle of the same connection: the reader's short timeouts must not apply to writes.
            self._socket = transport.sock.dup()
            self._socket.settimeout(WRITE_SECONDS)
            self._write = self._socket.sendall
            self._shutdown = self._socket.shutdown
        elif isinstance(transport, SSLTransport):
            shared = transport.sock = TlsSocket(transport.sock)
            transport._quick_recv = shared.read
            self._write = partial(shared.write_all, seconds=WRITE_SECONDS)
            self._shutdown = shared.shutdown
        else:
            self._write, self._shutdown = transport._write, lambda _: None
        self._parts: deque[bytes] = deque()  # never replaced: no frame may go to a list that is already sent
        self._written = self._sent = 0  # bytes: one is counted by those who write, one by the thread
        self._not_empty, self._open = threading.Event(), True
        self._room = threading.Event()
        transport._write = self.write
        threading.Thread(target=self._run, name=f"write-{name}", daemon=True).start()

    @property
    def full(self) -> bool:
        """Whether as much waits to be sent as may."""
        return self._written - self._sent > HIGH_WATER_BYTES

    def wait_for_room(self, seconds: float) -> bool:
        """Wait while it is full; False when it still is after `seconds`. A failure and `close` end the wait."""
        self._room.clear()
        return not (self.full and self._open) or self._room.wait(max(seconds, 0.0))

    def write(self, data: bytes | memoryview) -> None:
        """Add a copy to the buffer: the caller reuses its own. Call it under one lock, for the count."""
        self._written += len(data)
        self._parts.append(bytes(data))
        self._not_empty.set()

    def close(self) -> None:
        """Send the rest, then end the thread."""
        self._open = False
        self._not_empty.set()
        self._room.set()

    def _run(self) -> None:
        try:
            self._send_all()
        finally:
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.close()

    def _send_all(self) -> None:
        while self._open or self._parts:
            self._not_empty.wait()
            self._not_empty.clear()
            parts = [self._parts.popleft() for _ in range(len(self._parts))]
            if not parts:
                continue
            data = b"".join(parts)
            try:
                self._write(data)
            except Exception:  # noqa: BLE001 -- after any error the connection is unusable
                self._on_failure()
                with contextlib.suppress(OSError):
                    self._shutdown(socket.SHUT_RDWR)  # whoever reads learns of it
                return self._room.set()
            self._sent += len(data)
            if not self.full:
                self._room.set()
