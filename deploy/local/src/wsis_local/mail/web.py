"""The catcher's web side: the inbox page and the JSON interface that the package's docstring describes."""

from __future__ import annotations

import hmac
import json
import re
from base64 import b64encode
from collections.abc import Mapping
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
    """The web server of one mailbox, for who has its login: `user:password`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], mailbox: Mailbox, login: str) -> None:
        self.mailbox = mailbox
        self.authorization = b"Basic " + b64encode(login.encode())
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def parse_request(self) -> bool:
        """Answer here what comes without the password, whatever its method and address."""
        if not super().parse_request():
            return False
        given = self.headers.get("Authorization", "").encode()
        if hmac.compare_digest(given, self.server.authorization):
            return True
        refusal = {"WWW-Authenticate": 'Basic realm="Mails of the suite"', "Connection": "close"}
        said = {"error": "open the address that `wsis up` prints: it has the password"}
        self._json(HTTPStatus.UNAUTHORIZED, said, refusal)
        return False

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
            disposition = f'attachment; filename="{number}.eml"'
            self._answer(HTTPStatus.OK, found, "message/rfc822", {"Content-Disposition": disposition})
        else:
            self._json(HTTPStatus.OK, found)

    def _json(self, status: HTTPStatus, answer: object, headers: Mapping[str, str] = {}) -> None:
        body = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
        self._answer(status, body, "application/json", headers)

    def _answer(self, status: HTTPStatus, body: bytes, kind: str, headers: Mapping[str, str] = {}) -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the addresses asked for hold people's mail addresses."""
