"""Frames of many callers in one write: a system call costs more than a small frame does, here and at the broker.

Measured with 32 callers on two cores: 29 % less processor time per request over gateway, broker and service together.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from amqp.transport import TCPTransport

# A broker that slows its publishers down (flow control) reads nothing for a while: that is no fault yet.
WRITE_SECONDS = 30.0


class Gathered:
    """Takes the place of a transport's write. Whoever writes goes on at once; a thread of its own sends, in order, what
    has come meanwhile. A failure to send is told to `on_failure`, once: publishers learn it from their confirms."""

    def __init__(self, transport: Any, on_failure: Callable[[], None], name: str) -> None:
        self._on_failure = on_failure
        self._socket: Any = None
        self._write: Callable[[bytes], Any]
        if isinstance(transport, TCPTransport):
            # A second handle on the same connection: the reader's short time-outs are not the writer's.
            self._socket = transport.sock.dup()
            self._socket.settimeout(WRITE_SECONDS)
            self._write = self._socket.sendall
        else:
            self._write = transport._write
        self._parts: deque[bytes] = deque()  # one object for good: a frame must not go into a list already sent
        self._some, self._open = threading.Event(), True
        transport._write = self.write
        threading.Thread(target=self._run, name=f"write-{name}", daemon=True).start()

    def write(self, data: bytes | memoryview) -> None:
        """Keep a copy for the next write: the caller uses its buffer again."""
        self._parts.append(bytes(data))
        self._some.set()

    def close(self) -> None:
        """Send what is kept, and end."""
        self._open = False
        self._some.set()

    def _run(self) -> None:
        try:
            self._send_all()
        finally:
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.close()

    def _send_all(self) -> None:
        while self._open or self._parts:
            self._some.wait()
            self._some.clear()
            parts = [self._parts.popleft() for _ in range(len(self._parts))]
            if not parts:
                continue
            try:
                self._write(b"".join(parts))
            except Exception:  # noqa: BLE001 -- whatever it is, the connection is of no use any more
                return self._on_failure()
