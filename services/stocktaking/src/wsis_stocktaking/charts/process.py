"""The child process that draws: it loads typst and looks for the fonts once, and stays.

Its memory is not this process's, its limits protect the host, and eventlet, which must not wait for the CPU, waits for
a socket. It has no secret of the service in its environment.
"""

from __future__ import annotations

import json
import resource
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable

from wsis_shared.json_types import Input
from wsis_shared.rendering import RenderingFailed, child_environment

Chart = Input

MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}
SECONDS = 60.0  # for one chart on a busy host; the first one also loads typst
MEGABYTES = 1000  # of address space
MAX_WAITING = 8  # charts that may wait for the child
MAX_DRAWN = 500  # charts, after which another child takes over: what it may have leaked goes with it
MAX_BYTES = 32_000_000  # of one message
_LENGTH = struct.Struct("!I")


class ChartFailed(RenderingFailed):
    """No chart: the child ended, took too long, or too many charts wait. The text is for the log."""


class ChartProcess:
    """Draws one chart at a time in a child process. Threads and greenlets may share it."""

    def __init__(self, *, seconds: float = SECONDS, max_waiting: int = MAX_WAITING) -> None:
        self._seconds, self._max_waiting = seconds, max_waiting
        self._lock = threading.Lock()
        self._waiting = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._drawn = 0

    def draw(self, chart: Chart, formats: Iterable[str] = ("svg", "png")) -> dict[str, bytes]:
        """The chart in these formats. Raises ChartFailed, ValueError for a chart that is none."""
        if self._waiting >= self._max_waiting:
            raise ChartFailed(f"{self._waiting} charts wait already")
        request = json.dumps({"chart": chart, "formats": list(formats)}, ensure_ascii=False).encode()
        self._waiting += 1
        try:
            with self._lock:
                return self._ask(request)
        finally:
            self._waiting -= 1

    @property
    def pid(self) -> int | None:
        """The child's, while it lives."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _ask(self, request: bytes) -> dict[str, bytes]:
        connection = self._connected()
        try:
            send(connection, request)
            header = json.loads(receive(connection))
            files = {name: receive(connection) for name in header["formats"]}
        except (OSError, ValueError) as error:
            self._end()
            raise ChartFailed(f"{type(error).__name__}: {error}") from error
        except BaseException:  # the caller's time is over: the answer would be taken for that of the next chart
            self._end()
            raise
        self._drawn += 1
        if self._drawn >= MAX_DRAWN:
            self._end()
        if "error" in header:
            raise ValueError(header["error"])
        return files

    def _connected(self) -> socket.socket:
        if self._socket is not None and self._child is not None and self._child.poll() is None:
            return self._socket
        self._end()
        ours, theirs = socket.socketpair()
        with theirs:
            self._child = subprocess.Popen(
                [sys.executable, "-m", __package__ or "", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=child_environment(),
            )
        ours.settimeout(self._seconds)
        self._socket, self._drawn = ours, 0
        return ours

    def _end(self) -> None:
        connection, child = self._socket, self._child
        self._socket = self._child = None
        if connection is not None:
            connection.close()
        if child is not None:
            child.kill()
            child.wait()


def limit_memory() -> None:
    """Limit the address space of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))


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


_shared = ChartProcess()


def draw(chart: Chart, formats: Iterable[str] = ("svg", "png")) -> dict[str, bytes]:
    """The chart in these formats, drawn by the child of this process. Raises ChartFailed, ValueError for a chart that
    is none."""
    return _shared.draw(chart, formats)
