"""gunicorn's gevent worker. Requests that it cannot parse get problem documents, and the log contains no addresses."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from gunicorn.http import errors
from gunicorn.workers.ggevent import GeventWorker

_log = logging.getLogger(__name__)

# Errors of gunicorn's parser, raised before the application runs.
_STATUS: dict[type[Exception], HTTPStatus] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
}
_CODES = {
    HTTPStatus.REQUEST_URI_TOO_LONG: "gateway.address_too_long",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "gateway.headers_too_large",
    HTTPStatus.INTERNAL_SERVER_ERROR: "suite.internal_error",
}


class BufferedSocket:
    """A client's socket that sends headers and body in one write. gunicorn sends them separately, and system calls are
    most of the work of a small response. The bodies are in memory anyway."""

    def __init__(self, sock: Any) -> None:
        self._sock, self._parts = sock, list[bytes]()

    def sendall(self, data: bytes) -> None:
        """Buffer until `flush`."""
        self._parts.append(data)

    def flush(self) -> None:
        """Send the buffer."""
        data, self._parts = b"".join(self._parts), []
        while data:
            data = data[self._sock.send(data) :]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class Worker(GeventWorker):
    """Responds to requests that cannot be parsed, and sends each response in one write."""

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> Any:
        """Serve one request."""
        buffered = BufferedSocket(sock)
        try:
            return super().handle_request(listener_name, req, buffered, addr)
        finally:
            buffered.flush()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Send a problem and close. Log the type of the error alone: its text may contain an address or a token."""
        known = isinstance(exc, errors.ParseException)
        status = next((status for kind, status in _STATUS.items() if isinstance(exc, kind)), None) or (
            HTTPStatus.BAD_REQUEST if known else HTTPStatus.INTERNAL_SERVER_ERROR
        )
        _log.log(logging.INFO if known else logging.ERROR, "request rejected", extra={"error": type(exc).__name__})
        code = _CODES.get(status, "gateway.request_malformed")
        body = json.dumps(
            {"type": f"/problems/{code}", "title": status.phrase, "status": status.value, "code": code}
        ).encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nCache-Control: no-store\r\n"
            "Content-Type: application/problem+json\r\nX-Content-Type-Options: nosniff\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        try:
            client.sendall(head.encode() + body)
        except OSError:
            _log.debug("the client has disconnected")
