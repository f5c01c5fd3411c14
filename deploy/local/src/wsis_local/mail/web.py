"""The catcher's web side: the inbox page and the JSON interface that the package's docstring describes."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlsplit

from wsis_local.mail.mailbox import Mailbox, Query

LARGEST_PAGE = 500
NUMBERS = ("after", "before", "limit")
MESSAGE = re.compile(r"/api/messages/(\d{1,18})(/raw)?")
# The page runs its own script and nothing else; the mail's HTML sits in a frame where no script runs.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src data:"
ASSETS = {
    "/": ("inbox.html", "text/html"),
    "/inbox.js": ("inbox.js", "text/javascript"),
    "/inbox.css": ("inbox.css", "text/css"),
}


class Server(ThreadingHTTPServer):
    """The web server of one mailbox."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path in ASSETS:
            name, kind = ASSETS[address.path]
            body = files("wsis_local.mail").joinpath("data", name).read_bytes()
            self._answer(HTTPStatus.OK, body, f"{kind}; charset=utf-8")
        elif address.path == "/api/messages":
            self._list(address.query)
        elif found := MESSAGE.fullmatch(address.path):
            self._read(int(found[1]), raw=bool(found[2]))
        else:
            self._json(HTTPStatus.NOT_FOUND, {"error": "no such address"})

    def do_DELETE(self) -> None:
        if urlsplit(self.path).path != "/api/messages":
            self._json(HTTPStatus.NOT_FOUND, {"error": "no such address"})
            return
        self.server.mailbox.clear()
        self._answer(HTTPStatus.NO_CONTENT, b"", "")

    def _list(self, text: str) -> None:
        given = {name: values[-1] for name, values in parse_qs(text).items()}
        try:
            fields: dict[str, Any] = {name: int(value) if name in NUMBERS else value for name, value in given.items()}
            query = Query(**fields)
        except (TypeError, ValueError):
            self._json(HTTPStatus.BAD_REQUEST, {"error": "to, subject, message_id; numbers: after, before, limit"})
            return
        if not 1 <= query.limit <= LARGEST_PAGE:
            self._json(HTTPStatus.BAD_REQUEST, {"error": f"limit is 1 to {LARGEST_PAGE}"})
            return
        self._json(HTTPStatus.OK, self.server.mailbox.search(query))

    def _read(self, number: int, *, raw: bool) -> None:
        found = self.server.mailbox.raw(number) if raw else self.server.mailbox.read(number)
        if found is None:
            self._json(HTTPStatus.NOT_FOUND, {"error": "no such message"})
        elif isinstance(found, bytes):
            # As a download: a browser that renders message/rfc822 would run it with our rights.
            self._answer(HTTPStatus.OK, found, "message/rfc822", f'attachment; filename="{number}.eml"')
        else:
            self._json(HTTPStatus.OK, found)

    def _json(self, status: HTTPStatus, answer: Any) -> None:
        self._answer(status, json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"), "application/json")

    def _answer(self, status: HTTPStatus, body: bytes, kind: str, disposition: str = "") -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        if disposition:
            self.send_header("Content-Disposition", disposition)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing: the addresses asked for hold people's mail addresses."""
