"""HTTP to receivers, who may be anybody: no address but a public one, no redirects, and little of what they reply.

What a name resolves to is checked as a whole, and each address once more when its socket is made: literals skip the
resolver, and a second answer of the DNS may differ from the first. TLS verifies the name, not the address.
"""

from __future__ import annotations

import asyncio
import email.utils
import logging
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from wsis_shared import clock
from wsis_shared.destinations import DestinationRefused, may_connect, read_destination
from yarl import URL

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer
    from aiohappyeyeballs import AddrInfoType

_log = logging.getLogger(__name__)

MAX_BODY = 1_024  # bytes that are read of a reply
MAX_RECEIVED = 262_144  # bytes between two requests, interim responses and the framing of chunks included
RECEIVE_BUFFER = 32_768  # of the kernel
MAX_HEADER = 8_190  # bytes of a header or the status line
MAX_HEADERS = 64
CONNECTIONS = 512  # at a time; who waits for one has not failed: slow receivers must not make others look so
TARGETS = 1_024  # URLs that are kept, checked
NOT_PUBLIC = "not_public"
DEAD_CONNECTIONS = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)


@dataclass(frozen=True)
class Reply:
    """What came back. `status` is None where nothing did, and `error` says why; `headers` have lower-case names."""

    status: int | None
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    error: str | None = None

    @property
    def is_success(self) -> bool:
        """Is it a 2xx?"""
        return self.status is not None and 200 <= self.status < 300

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait, of either form (RFC 9110, 10.2.3); None where it does not say."""
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdecimal():
            return float(value[:9])
        try:
            moment = email.utils.parsedate_to_datetime(value)
            return max(0.0, (moment - clock.now()).total_seconds())
        except (ValueError, TypeError, OverflowError):
            return None


class PublicResolver(AbstractResolver):
    """Resolves by `inner`, and gives an answer only if each address of it may be connected to."""

    def __init__(self, inner: AbstractResolver, *, allow_loopback: bool) -> None:
        self._inner, self._allow_loopback = inner, allow_loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises OSError where one of them is not public, or there is none."""
        found = await self._inner.resolve(host, port, family)
        if not found or not all(may_connect(one["host"], self._allow_loopback) for one in found):
            raise OSError(NOT_PUBLIC)
        return found

    async def close(self) -> None:
        """Release what it holds."""
        await self._inner.close()


class LimitedSocket(socket.socket):
    """Fails when more than MAX_RECEIVED bytes come between two things that are sent."""

    _received = 0

    def send(self, data: ReadableBuffer, flags: int = 0) -> int:
        """As of a socket; what was received until now no longer counts."""
        self._received = 0
        return super().send(data, flags)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """As of a socket. Raises OSError beyond the limit."""
        data = super().recv(size, flags)
        self._count(len(data))
        return data

    def recv_into(self, buffer: WriteableBuffer, size: int = 0, flags: int = 0) -> int:
        """As of a socket. Raises OSError beyond the limit."""
        received = super().recv_into(buffer, size, flags)
        self._count(received)
        return received

    def _count(self, received: int) -> None:
        self._received += received
        if self._received > MAX_RECEIVED:
            raise OSError("too_much")


class WebhookClient:
    """Requests to receivers, within limits of time and size. Use it as a context manager."""

    def __init__(
        self,
        *,
        seconds: float,
        allow_loopback: bool = False,
        resolver: AbstractResolver | None = None,
        ssl: Any = True,
    ) -> None:
        self._seconds, self._allow_loopback = seconds, allow_loopback
        self._resolver, self._ssl = resolver, ssl
        self._session: aiohttp.ClientSession
        self._places: asyncio.Semaphore
        self._target = lru_cache(TARGETS)(self._read_target)

    async def __aenter__(self) -> Self:
        inner, self._places = self._resolver or aiohttp.ThreadedResolver(), asyncio.Semaphore(CONNECTIONS)
        connector = aiohttp.TCPConnector(
            resolver=PublicResolver(inner, allow_loopback=self._allow_loopback),
            socket_factory=self._make_socket,
            use_dns_cache=False,
            limit=0,
            limit_per_host=0,
            ssl=self._ssl,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None),  # `request` has one
            max_line_size=MAX_HEADER,
            max_field_size=MAX_HEADER,
            max_headers=MAX_HEADERS,
            read_bufsize=MAX_BODY,
            skip_auto_headers=("Accept-Encoding",),
            headers={"User-Agent": "WSIS-Webhooks/1"},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        """Send it. Never raises for what a receiver or the network does."""
        async with self._places:
            return await self._request(method, url, headers, body)

    async def _request(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        started = time.monotonic()
        try:
            # One total for both attempts: the second is for a connection that had been closed while it was idle.
            async with asyncio.timeout(self._seconds):
                target = self._target(url)
                try:
                    status, found, content = await self._send(method, target, headers, body)
                except DEAD_CONNECTIONS as error:
                    if time.monotonic() - started > 1.0 or isinstance(error, aiohttp.ClientConnectorError):
                        raise
                    status, found, content = await self._send(method, target, headers, body)
        except Exception as error:  # noqa: BLE001 -- whatever a receiver provokes is its failure
            reason = _reason(error)
            if reason == NOT_PUBLIC:
                _log.warning("receiver is not public")  # the attempt in the store names the subscription
            return Reply(None, {}, b"", time.monotonic() - started, reason)
        return Reply(status, found, content, time.monotonic() - started)

    def _read_target(self, url: str) -> URL:
        return URL(read_destination(url, allow_loopback=self._allow_loopback).url, encoded=True)

    async def _send(
        self, method: str, url: URL, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        async with self._session.request(method, url, headers=headers, data=body, allow_redirects=False) as response:
            content = await _first_bytes(response)
            found = {name.lower(): value for name, value in response.headers.items()}
            return response.status, found, content

    def _make_socket(self, info: AddrInfoType) -> socket.socket:
        """The last gate before a connection."""
        if not may_connect(str(info[4][0]), self._allow_loopback):
            raise OSError(NOT_PUBLIC)
        made = LimitedSocket(*info[:3])
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        return made


async def _first_bytes(response: aiohttp.ClientResponse) -> bytes:
    """The beginning of the body; the connection is closed where more of it may come."""
    content = b""
    while len(content) < MAX_BODY and (chunk := await response.content.read(MAX_BODY - len(content))):
        content += chunk
    if not response.content.at_eof():
        response.close()
    return content


def _reason(error: BaseException) -> str:
    """Why nothing came: a code, and no word of the receiver's."""
    if isinstance(error, DestinationRefused):
        return str(error)
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return "tls"
    if isinstance(error, aiohttp.ClientConnectorError) and NOT_PUBLIC in map(str, error.os_error.args):
        return NOT_PUBLIC
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "name_unknown"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "not_connected"
    if isinstance(error, aiohttp.ClientOSError | aiohttp.ServerDisconnectedError):
        return "disconnected"
    return "reply_malformed"
