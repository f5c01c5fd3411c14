"""A receiver of webhooks as an agency would run one: verifies with the public packages, and has moods."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cloudevents.core.bindings.http import HTTPMessage, from_http_event  # type: ignore[import-untyped]
from standardwebhooks import Webhook

Reply = tuple[int, Mapping[str, str]]


@dataclass
class Taken:
    """One request that was verified and answered with 2xx."""

    headers: dict[str, str]
    event: dict[str, Any]


@dataclass
class Receiver:
    """`mood(event) -> (status, headers)` decides what it replies; `secrets` are those that it accepts."""

    secrets: list[str] = field(default_factory=list)
    mood: Callable[[dict[str, Any]], Reply] = lambda event: (204, {})
    options: Reply = (200, {"WebHook-Allowed-Origin": "*"})
    repeats: bool = True
    around: bytes = b"%s"  # what it replies to a challenge
    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # why it did not believe a request
    asked: list[dict[str, Any]] = field(default_factory=list)  # all events, also those that it did not take
    origins: list[str] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None
    _open: list[socket.socket] = field(default_factory=list)
    _reserved: socket.socket | None = None

    def start(self) -> Receiver:
        """Listen, on the port of the former time."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                receiver._open.append(self.connection)

            def do_OPTIONS(self) -> None:
                receiver.origins.append(self.headers.get("WebHook-Request-Origin", ""))
                self.reply(*receiver.options)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self.reply(*receiver._post({name.lower(): value for name, value in self.headers.items()}, body))

            def reply(self, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing is logged."""

        class Server(ThreadingHTTPServer):
            daemon_threads, request_queue_size = True, 64

        if self._reserved is not None:
            self._reserved.close()
        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def stop(self) -> None:
        """Nobody listens any more, and open connections end. The port stays its own: a connection of another program
        would take it otherwise, and `start` fail."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
            self._reserved = socket.socket()
            self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._reserved.bind(("127.0.0.1", self.port))
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/hook"

    def _post(self, headers: dict[str, str], body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        event = json.loads(body)
        challenged = event["type"] == "wsis.notifications.webhook_challenged.v1"
        if self.secrets and not any(self._believes(secret, headers, body) for secret in self.secrets):
            self.refused.append(event["type"])
            return 401, {}, b""
        if challenged:
            return 200, {}, self.around % event["data"]["challenge"].encode() if self.repeats else b""
        from_http_event(HTTPMessage(headers, body))  # raises where it is no CloudEvent
        self.asked.append(event)
        status, more = self.mood(event)
        if 200 <= status < 300:
            self.taken.append(Taken(headers, event))
        return status, more, b""

    @staticmethod
    def _believes(secret: str, headers: dict[str, str], body: bytes) -> bool:
        try:
            Webhook(secret).verify(body.decode(), headers)
        except Exception:  # noqa: BLE001 -- the package raises several kinds
            return False
        return True

    # -- what it got --------------------------------------------------------------------------------------------------

    @property
    def sequences(self) -> list[int]:
        """The numbers of the events, in the order of their first arrival."""
        return list(dict.fromkeys(int(one.event["sequence"]) for one in list(self.taken) if "sequence" in one.event))

    def of_subject(self, subject: str) -> list[int]:
        """Those of a subject."""
        return list(
            dict.fromkeys(int(one.event["sequence"]) for one in list(self.taken) if one.event["subject"] == subject)
        )
