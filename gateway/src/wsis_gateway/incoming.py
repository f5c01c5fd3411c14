"""Long bodies as they arrive: no slower than a pace, and part by part where they are the form of a browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from wsgiref.types import WSGIEnvironment

from falcon.media import MultipartFormHandler
from falcon.media.multipart import BodyPart, MultipartParseOptions
from gevent import Timeout
from gunicorn.http.errors import ParseException
from wsis_shared.errors import SuiteError

from wsis_gateway import request_parsing
from wsis_gateway.problems import HttpError

BYTES_PER_SECOND = 16 * 1024  # that a client must send
READ_BYTES = 64 * 1024


class PacedInput:
    """The body as it arrives. A client gets the seconds of any body, and one more for each BYTES_PER_SECOND that it has
    sent; what came fast gives no long rest, in which it would only hold its place."""

    def __init__(self, env: WSGIEnvironment, check: Callable[[], None]) -> None:
        chunked = "chunked" in env.get("HTTP_TRANSFER_ENCODING", "").lower()
        # Of a body with a length, what has not come yet.
        self._missing = 0 if chunked else int(env.get("CONTENT_LENGTH") or 0)
        self._input = env["wsgi.input"] if chunked or self._missing else None
        seconds = request_parsing.BODY_SECONDS
        self._deadline, self._check = time.monotonic() + seconds, check
        self._longest = seconds + READ_BYTES / BYTES_PER_SECOND
        self._left = 0
        self._refused: SuiteError | None = None

    def read_on(self, most: int, refused: SuiteError) -> None:
        """Take at most so many bytes more: what came is refused already, and `refused` is raised then."""
        self._left, self._refused = most, refused

    def read(self, size: int | None = READ_BYTES) -> bytes:
        """At most `size` bytes; none at the end. Raises HttpError (400, 408)."""
        if self._input is None:
            return b""
        late = HttpError(408, "gateway.body_too_slow")
        try:
            with Timeout(max(0.001, min(self._deadline - time.monotonic(), self._longest)), late):
                data: bytes = self._input.read(size)
        except (ParseException, OSError):
            raise HttpError(400, "gateway.request_malformed") from None
        self._missing -= len(data)
        self._left -= len(data)
        if self._refused is not None and self._left < 0:
            raise self._refused
        if not data and self._missing > 0:
            raise request_parsing.ended_early()
        self._deadline += len(data) / BYTES_PER_SECOND
        self._check()
        return data


def parts(stream: PacedInput, content_type: str, limit: int, most: int) -> Iterator[tuple[str, str | None, BodyPart]]:
    """(name, file name, part) of each of at most `most` parts of a multipart body of `limit` bytes. Raises HttpError
    (400, 408)."""
    options = MultipartParseOptions()
    options.max_body_part_count = most
    # Falcon takes the length for the most that it reads.
    for part in MultipartFormHandler(options).deserialize(stream, content_type, limit + 1):
        yield *_named(part), part


def _named(part: BodyPart) -> tuple[str, str | None]:
    """Name and file name of a part of a form."""
    try:
        return str(part.name), part.filename
    except UnicodeDecodeError:
        raise HttpError(400, "gateway.request_malformed", "The headers of a part are not UTF-8.") from None
