"""A child process that speaks in messages through a socket: its memory ends with it, its limits protect the host, and
eventlet, which must not wait for the CPU, waits for the socket. It has no secret of the service in its environment.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

MAX_BYTES = 32_000_000  # of one message
_LENGTH = struct.Struct("!I")
_POLL_SECONDS = 0.5
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
# Each thread and each arena of the allocator reserves address space: on a host with many cores more than the limit.
_ENVIRONMENT = {"RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"}


class ChildProcess:
    """`python -m module DESCRIPTOR`, which speaks to this process by `parent()`. A context manager: it ends the child.

    A message takes `seconds` at most. After an error, end the child: the next message could be the rest of this one.
    """

    def __init__(self, module: str, *, seconds: float) -> None:
        self._seconds = seconds
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-m", module, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=child_environment(),
            )
        self._socket.settimeout(seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    @property
    def pid(self) -> int | None:
        """The child's, while it lives."""
        return self._child.pid if self._child.poll() is None else None

    def send(self, message: bytes) -> None:
        """Send one message. Raises OSError where the child is gone, or reads too slowly."""
        send(self._socket, message)

    def receive(self, on_wait: Callable[[], object] = lambda: None) -> bytes:
        """Receive one message; `on_wait` is called meanwhile, and what it raises ends the wait. Raises OSError where
        the child is gone, or says nothing in time, ValueError for a message that is too long."""
        until = time.monotonic() + self._seconds
        while not select.select([self._socket], [], [], min(self._seconds, _POLL_SECONDS))[0]:
            on_wait()
            if time.monotonic() > until:
                raise TimeoutError("timed out")
        return receive(self._socket)

    def end(self) -> None:
        """End the child. It may have ended before."""
        self._socket.close()
        self._child.kill()
        self._child.wait()


def child_environment() -> dict[str, str]:
    """What a child needs, and no secret of the service: it reads what people wrote."""
    return {**{name: os.environ[name] for name in _INHERITED if name in os.environ}, **_ENVIRONMENT}


def send(connection: socket.socket, message: bytes) -> None:
    """Send one message."""
    connection.sendall(_LENGTH.pack(len(message)) + message)


def receive(connection: socket.socket) -> bytes:
    """Receive one message. Raises ConnectionResetError when the other end is gone, ValueError for one that is too
    long."""
    size = _LENGTH.unpack(_exactly(connection, _LENGTH.size))[0]
    if size > MAX_BYTES:
        raise ValueError(f"a message of {size} bytes")
    return _exactly(connection, size)


def _exactly(connection: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = connection.recv(min(size - len(parts), 1 << 16))
        if not part:
            raise ConnectionResetError("the other end is gone")
        parts += part
    return bytes(parts)


# -- in the child ------------------------------------------------------------------------------------------------------


def parent(descriptor: int, megabytes: int) -> socket.socket:
    """The socket to the parent, once the limits of a child hold: `megabytes` of address space, a lower priority than
    requests, and the first to end where the host has no memory left."""
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("500", "ascii")
    connection = socket.socket(fileno=descriptor)
    connection.setblocking(True)  # the parent's eventlet made both ends non-blocking
    return connection
