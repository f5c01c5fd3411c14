"""HTTP/1.1 as a load needs it: one connection, one request at a time, a few microseconds of our own.

A client library costs more than the gateway does, and would be what is measured.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Mapping
from typing import Any, NamedTuple


class Response(NamedTuple):
    """What came: status, headers with names in small letters, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The decoded body."""
        return json.loads(self.body)


class Connection:
    """To one server. After a failure (OSError, EOFError, TimeoutError) the next request connects anew."""

    def __init__(self, host: str, port: int, *, timeout: float = 20.0, tls: ssl.SSLContext | None = None) -> None:
        self._place, self._timeout, self._tls = (host, port), timeout, tls
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Send, and wait for the whole answer."""
        sent = {"Host": self._place[0], **(headers or {})}
        if body is not None:
            sent |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        if self._reader is not None and self._reader.at_eof():  # the server has closed it between two requests
            self.close()
        try:
            async with asyncio.timeout(self._timeout):
                if self._writer is None:
                    self._reader, self._writer = await asyncio.open_connection(*self._place, ssl=self._tls)
                self._writer.write(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + (body or b""))
                return await self._read()
        except BaseException:
            self.close()
            raise

    async def _read(self) -> Response:
        assert self._reader is not None
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        status = int(head[0].split(" ")[1])
        length = 0 if status in (204, 304) else int(headers.get("content-length", 0))  # 304 may tell that of the 200
        body = await self._reader.readexactly(length)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Response(status, headers, body)

    def close(self) -> None:
        """Leave, without a word."""
        writer, self._reader, self._writer = self._writer, None, None
        if writer is not None:
            writer.transport.abort()
