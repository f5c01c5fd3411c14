"""The socket of a client whose request is held: when it hangs up, and when it reads too slowly."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Self
from wsgiref.types import WSGIEnvironment

import gevent
from gevent import Timeout

SEND_SECONDS = 20.0  # that a client may take to receive a piece of a stream


class ClientSocket:
    """Calls `hang_up` when the client closes its side. A context manager: the watcher ends with it."""

    def __init__(self, env: WSGIEnvironment, hang_up: Callable[[], None]) -> None:
        self._socket, self._hang_up = env["gunicorn.socket"], hang_up
        self._watcher = gevent.get_hub().loop.io(self._socket.fileno(), 1)
        self._watcher.start(self._on_readable)

    def flush(self) -> bool:
        """Send what the worker has buffered; False if the client has left or does not receive it in time."""
        try:
            with Timeout(SEND_SECONDS, TimeoutError):
                self._socket.flush()
        except OSError:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # closed by the client
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._watcher.stop()
        self._watcher.close()

    def _on_readable(self) -> None:
        # A client sends nothing while it waits: it has closed the connection, or broken the protocol.
        self._watcher.stop()
        self._hang_up()
