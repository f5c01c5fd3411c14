"""Downloads: a handler answers with the id of a blob, and the gateway sends its bytes from the store.

The same bytes have the same ETag, their SHA-256: a client that has them gets 304, and one that lost the connection
goes on where it was (RFC 9110, 13 and 14). Whoever may read is decided by the handler, at each request.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from errno import ECONNRESET
from itertools import chain
from urllib.parse import quote

from falcon import Request, Response
from gevent import Timeout
from wsis_shared.blobs import Blob
from wsis_shared.blobs.store import BlobStore, store_errors
from wsis_shared.errors import NotFound, SuiteError
from wsis_shared.plugin import PUBLIC, Route

from wsis_gateway.cache import matches
from wsis_gateway.problems import HttpError

# A client that takes no chunk of a quarter of a megabyte in this time has gone.
SECONDS_PER_CHUNK = 60.0
# Raises SuiteError for a client that may have no more.
Check = Callable[[], None]
_RANGE = re.compile(r"bytes\s?=\s?(?P<first>\d{0,18})\s?-\s?(?P<last>\d{0,18})", re.IGNORECASE)


def respond(route: Route, req: Request, resp: Response, result: object, store: BlobStore, check: Check) -> None:
    """Answer with the file that `result` ({"blob": id}) names, for as long as `check` finds nothing against it. Raises
    HttpError (416), NotFound, Unavailable."""
    if not isinstance(result, dict) or not isinstance(result.get("blob"), str):
        raise TypeError(f"{route.method} {route.path}: the handler must answer with {{'blob': id}}")
    with store_errors():
        blob = store.stat(result["blob"])
    etag = f'"{blob.sha256}"'
    resp.set_header("ETag", etag)
    resp.set_header("Accept-Ranges", "bytes")
    # What anybody may read is kept, and asked about at each use: who may read can change. A browser keeps nothing else.
    public = route.permission == PUBLIC and "HTTP_AUTHORIZATION" not in req.env
    resp.set_header("Cache-Control", "no-cache" if public else "no-store")
    if route.permission == PUBLIC:  # pictures in mails and in pages, which have an origin of their own
        resp.set_header("Cross-Origin-Resource-Policy", "cross-origin")
    if matches(req.env.get("HTTP_IF_NONE_MATCH"), etag):
        resp.status = 304
        return
    resp.set_header("Content-Disposition", attachment(blob.filename))
    is_text = blob.media_type.startswith("text/")  # in UTF-8: nothing else is found to be text
    resp.content_type = f"{blob.media_type}; charset=utf-8" if is_text else blob.media_type
    part = None
    if req.method == "GET" and req.env.get("HTTP_IF_RANGE", etag).strip() == etag:  # RFC 9110, 14.2: GET alone
        part = byte_range(req.env.get("HTTP_RANGE"), blob.size)
    start, end = part or (0, blob.size)
    if part is not None:
        resp.status = 206
        resp.set_header("Content-Range", f"bytes {start}-{end - 1}/{blob.size}")
    resp.content_length = end - start
    if req.method != "HEAD" and start < end:
        resp.stream = _stream(store, blob, start, end, check)


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """The part of a file of `size` bytes that a Range header asks for, as (start, end) without the end; None: all of
    it, as for several ranges and for what is not a range in bytes. Raises HttpError (416)."""
    found = _RANGE.fullmatch(header.strip()) if header is not None else None
    if found is None or not (found["first"] or found["last"]):
        return None
    if not found["first"]:
        start, end = max(0, size - int(found["last"])), size
    else:
        start, end = int(found["first"]), size
        if found["last"]:
            if int(found["last"]) < start:
                return None
            end = min(size, int(found["last"]) + 1)
    if start >= end:
        raise HttpError(
            416, "gateway.range_unsatisfiable", f"The file has {size} bytes.", {"Content-Range": f"bytes */{size}"}
        )
    return start, end


def attachment(filename: str) -> str:
    """Content-Disposition (RFC 6266) of a file for saving: a browser must never render it under our origin."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "_" for char in filename)[:100]
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename[:200], safe='')}"


def _stream(store: BlobStore, blob: Blob, start: int, end: int, check: Check) -> Iterator[bytes]:
    """Chunks for the client. The first is read here: a store that is away is still an answer of its own."""
    with store_errors():
        chunks = iter(store.open(blob.id, start, end))
        first = next(chunks, None)
    if first is None:
        raise NotFound("suite.blob_unknown")
    return paced(chain([first], chunks), check)


def paced(chunks: Iterable[bytes], check: Check) -> Iterator[bytes]:
    """The same chunks, as long as the client takes each in time and `check` raises nothing; then ConnectionResetError:
    a client can take an hour, and its token may be revoked meanwhile."""
    for chunk in chunks:
        try:
            check()
        except SuiteError as error:
            raise ConnectionResetError(ECONNRESET, error.code) from error
        with Timeout(SECONDS_PER_CHUNK, ConnectionResetError(ECONNRESET, "the client reads too slowly")):
            yield chunk
