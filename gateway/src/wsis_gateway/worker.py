"""gunicorn's gevent worker. Requests that it cannot parse get problem documents, and the log contains no addresses.

On a stop it closes idle connections: gunicorn alone waits for each until its keep-alive timeout.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from contextlib import suppress
from functools import cache, lru_cache, partial
from http import HTTPStatus
from socket import socket as Socket
from typing import Any, NamedTuple

import gevent
from gevent.event import Event
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn import util
from gunicorn.http import errors, wsgi
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.sock import BaseSocket
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
# After a stop has begun: a request that is on its way still arrives, and its answer says `Connection: close`.
IDLE_SECONDS = 0.5
# Part of the connections that may wait for a request. A client with more of them than it sends requests on, or that
# sends them by single bytes, takes no place from others: the longest wait ends for a further one.
WAITING_PART = 0.5
NOTIFY_SECONDS = 1.0  # between two signs of life to gunicorn's master
CONNECT_SECONDS = 60.0  # how long clients are refused, at a start, for want of a connection to the broker
# Of all header fields of a request: tokens take 1 or 2 kB. gunicorn bounds their number and the length of each, and a
# head that has not ended, by the product, half a megabyte.
HEADERS_BYTES = 8192


class BoundedRequest(Request):
    """A request with at most HEADERS_BYTES of header fields. More raise LimitRequestHeaders."""

    def parse(self, unreader: Any) -> Any:
        """Read the head. What is read at once may end with a part of the body."""
        self.max_buffer_headers = HEADERS_BYTES + unreader.mxchunk
        return super().parse(unreader)

    def parse_headers(self, data: bytes, from_trailer: bool = False) -> object:
        """Parse the whole of the header fields, or of the trailers."""
        if len(data) > HEADERS_BYTES:
            raise errors.LimitRequestHeaders("more bytes than HEADERS_BYTES")
        return super().parse_headers(data, from_trailer)

    def _peer_is_trusted_proxy(self) -> bool:
        """No: the gateway evaluates addresses itself. gunicorn would parse that of the peer for each request."""
        return False


RequestParser.mesg_class = BoundedRequest  # gunicorn has no setting for it
_first_environ = cache(wsgi.base_environ)  # gunicorn looks for the streams of its log again for each request
wsgi.base_environ = lambda cfg: dict(_first_environ(cfg))
_date_of = lru_cache(maxsize=1)(util.http_date)  # and writes the date of a second for each response of it
util.http_date = lambda timestamp=None: _date_of(int(time.time() if timestamp is None else timestamp))
BaseSocket._is_listening = staticmethod(lambda _sock: True)  # the master binds, and leaves it to workers to listen


class BufferedSocket:
    """A client's socket that sends headers and body in one write. gunicorn sends them separately, and system calls are
    most of the work of a small response. What is larger is sent as it comes."""

    MAX_BYTES = 64 * 1024

    def __init__(self, sock: Any, listener: object = ()) -> None:
        self.listener = listener  # the worker's own address, as its socket says
        self._sock, self._parts, self._size = sock, list[bytes](), 0

    def sendall(self, data: bytes) -> None:
        """Buffer until `flush`, at most MAX_BYTES."""
        self._parts.append(data)
        self._size += len(data)
        if self._size > self.MAX_BYTES:
            self.flush()

    def flush(self) -> None:
        """Send the buffer."""
        data, self._parts, self._size = b"".join(self._parts), [], 0
        while data:
            data = data[self._sock.send(data) :]

    def __getattr__(self, name: str) -> object:
        return getattr(self._sock, name)


class Wait(gevent.Timeout):
    """The wait of one connection for its next request: entered before the first byte, left with the whole head."""

    def __init__(self, seconds: float, waits: dict[Wait, None], most: int) -> None:
        super().__init__(seconds, False)
        self._waits, self._most = waits, most
        self._greenlet = gevent.getcurrent()
        self._since, self._left = time.monotonic(), False

    def __enter__(self) -> object:
        if len(self._waits) >= self._most:
            longest = next(iter(self._waits))
            del self._waits[longest]
            longest.end()
        self._waits[self] = None
        return super().__enter__()

    def __exit__(self, *raised: object) -> object:
        self._left = True
        self._waits.pop(self, None)
        return super().__exit__(*raised)

    def seconds_since(self, moment: float) -> float:
        """Seconds that it has lasted after `moment` (of time.monotonic)."""
        return time.monotonic() - max(self._since, moment)

    def end(self) -> None:
        """Let it run out, which closes the connection, once what has arrived is read: this process may have been late
        for it."""
        gevent.get_hub().loop.run_callback(self._run_out)

    def _run_out(self) -> None:
        if not self._left:
            self._greenlet.throw(self)


class Listener(NamedTuple):
    """What gunicorn asks of a listening socket for each connection: its address, also once it is closed."""

    address: object

    def getsockname(self) -> object:
        """As of a socket."""
        return self.address


class Worker(GeventWorker):
    """Responds to requests that cannot be parsed, sends each response in one write, closes idle connections on stop."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        self._waits: dict[Wait, None] = {}  # the longest first
        self._stopped_at: float | None = None
        self._stop = Event()

    def init_process(self) -> None:
        """Keep the settings as plain values: gunicorn asks for some thirty a request, each by four calls."""
        self.cfg.__dict__.update({name: setting.get() for name, setting in self.cfg.settings.items()})
        super().init_process()

    def run(self) -> None:
        """Serve until a stop, and then what is in flight.

        As in GeventWorker, but it waits for the stop and for the last connection, where gunicorn looks once a second.
        """
        pools, servers = [], []
        for sock in sorted(self.sockets, key=self._is_for_clients):
            if self._is_for_clients(sock):
                self._wait_for_broker()
            sock.setblocking(1)
            sock.listen(self.cfg.backlog)
            pools.append(Pool(self.worker_connections))
            handle = partial(self.handle, Listener(sock.getsockname()))
            servers.append(StreamServer(sock, handle=handle, spawn=pools[-1]))
            if self.cfg.workers > 1:
                servers[-1].max_accept = 1
            servers[-1].start()
        while self.alive:
            self.notify()
            self._stop.wait(NOTIFY_SECONDS)
        for server in servers:
            _accept_the_rest(server)
            server.close()
        until = time.monotonic() + self.cfg.graceful_timeout
        while any(pools) and time.monotonic() < until:
            self.notify()
            for pool in pools:
                pool.join(NOTIFY_SECONDS)
        for server in servers:
            server.stop(timeout=1)

    def _is_for_clients(self, sock: Socket) -> bool:
        return not self.wsgi.serves_probes(sock.getsockname())

    def _wait_for_broker(self) -> None:
        """Clients that come meanwhile are refused, and a balancer asks another gateway: also for writes, none of which
        was sent. Of a broker that stays away this one tells them itself. The probes say what is so."""
        until = time.monotonic() + CONNECT_SECONDS
        while self.alive and time.monotonic() < until and not self.wsgi.amqp_client.wait_connected(NOTIFY_SECONDS / 4):
            self.notify()

    def timeout_ctx(self) -> Wait:
        """The time that a client has to send a request."""
        return Wait(self.cfg.keepalive, self._waits, int(self.worker_connections * WAITING_PART))

    def handle_exit(self, sig: object, frame: object) -> None:
        """Stop. A further signal changes nothing."""
        super().handle_exit(sig, frame)
        if self._stopped_at is None:
            self._stopped_at = time.monotonic()
            gevent.spawn(self._end_waits)  # a signal handler must not touch the event loop itself

    def _end_waits(self) -> None:
        if self.wsgi is not None:
            self.wsgi.end_streams()
        self._close_idle_connections()

    def _close_idle_connections(self) -> None:
        """From now on, close each connection on which no request has come for IDLE_SECONDS."""
        self._stop.set()
        self._closing = gevent.get_hub().loop.timer(0, IDLE_SECONDS / 5)
        self._closing.start(self._end_long_waits)

    def _end_long_waits(self) -> None:
        for wait in self._waits:
            if wait.seconds_since(self._stopped_at or 0) >= IDLE_SECONDS:
                wait.end()

    def handle_request(self, listener_name: object, req: object, sock: object, addr: object) -> object:
        """Serve one request."""
        buffered = BufferedSocket(sock, listener_name)
        try:
            return super().handle_request(listener_name, req, buffered, addr)
        finally:
            buffered.flush()

    def handle_error(self, req: object, client: Any, addr: object, exc: BaseException) -> None:
        """Send a problem and close. Log the type of the error alone: its text may contain an address or a token."""
        known = isinstance(exc, errors.ParseException)
        status = next((status for kind, status in _STATUS.items() if isinstance(exc, kind)), None) or (
            HTTPStatus.BAD_REQUEST if known else HTTPStatus.INTERNAL_SERVER_ERROR
        )
        request_id = secrets.token_hex(16)  # that of the client is in headers that were not parsed
        _log.log(
            logging.INFO if known else logging.ERROR,
            "request rejected",
            extra={"error": type(exc).__name__, "request_id": request_id},
        )
        code = _CODES.get(status, "gateway.request_malformed")
        body = json.dumps(
            {
                "type": f"/problems/{code}",
                "title": status.phrase,
                "status": status.value,
                "code": code,
                "request_id": request_id,
            }
        ).encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nCache-Control: no-store\r\n"
            "Content-Type: application/problem+json\r\nX-Content-Type-Options: nosniff\r\n"
            f"X-Request-ID: {request_id}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            client.sendall(head.encode() + body)
        except OSError:
            _log.debug("the client has disconnected")


def _accept_the_rest(server: StreamServer) -> None:
    """Accept the connections that wait: closing would reset them, with the requests that they have sent."""
    with suppress(OSError):  # of a connection that has ended meanwhile
        while not server.full() and (accepted := server.do_read()):
            server.do_handle(*accepted)
