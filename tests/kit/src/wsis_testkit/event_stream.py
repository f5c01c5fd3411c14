"""A client of server-sent events for tests."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlsplit

from wsis_testkit import wait_for


class EventClient:
    """Follows `url` in a thread of its own. `events` is what came so far: {"event", "id", "data"}; `ended` is set at
    the end of the stream, `clean` tells whether the server ended it as HTTP has it."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(str(parts.hostname), parts.port or 80, timeout=60)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        self._connection.request("GET", path, headers={"Accept": "text/event-stream", **(headers or {})})
        self._socket: socket.socket = self._connection.sock
        self.response = self._connection.getresponse()
        self.status, self.headers = self.response.status, self.response.headers
        self.events: list[dict[str, Any]] = []
        self.comments = 0
        self.ended, self.clean, self.ended_at = threading.Event(), False, 0.0
        self._thread: threading.Thread | None = None
        if self.status == 200:
            self._thread = threading.Thread(target=self._read, daemon=True)
            self._thread.start()

    def _read(self) -> None:
        fields: dict[str, str] = {}
        try:
            while line := self.response.readline():
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name.startswith(":"):
                    self.comments += 1
                elif name:
                    fields[name] = value
                elif "data" in fields:
                    data = json.loads(fields.pop("data"))
                    self.events.append(
                        {"event": fields.pop("event", "message"), "id": fields.pop("id", ""), "data": data}
                    )
            self.clean = True
        except (OSError, http.client.HTTPException, ValueError):
            self.clean = False
        self.ended_at = time.monotonic()
        self.ended.set()

    @property
    def data(self) -> list[Any]:
        """The data of all events so far."""
        return [event["data"] for event in self.events]

    def wait(self, count: int, seconds: float = 15.0) -> list[dict[str, Any]]:
        """Wait until so many events have come."""
        return wait_for(lambda: self.events if len(self.events) >= count else [], seconds, f"{count} events")

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):  # closed by the server
            self._socket.shutdown(socket.SHUT_RDWR)
        if self._thread is not None:
            self._thread.join(5)
        self.response.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
