"""Exports: a list as a file, all of it. The gateway reads the list page by page and sends each page before the next.

Memory is flat, and there is no limit of rows. An export that cannot go on ends without the last chunk of HTTP/1.1, so
that the client knows that the file is incomplete.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from errno import ECONNRESET
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl

import gevent
from falcon import Request, Response
from gevent import Timeout
from prometheus_client import Counter
from wsis_shared.errors import Invalid, Unavailable

from wsis_gateway.export_formats import FORMATS, Writer, columns
from wsis_gateway.routing import Operation

EXPORTS = Counter("wsis_exports_total", "Exports by route, format and outcome", ["route", "format", "outcome"])

PAGE_ROWS = 500
# Seconds for which an export waits for a slot among the reads in flight.
MAX_WAIT = 30.0
# A client that takes no chunk in this time has gone.
SECONDS_PER_CHUNK = 60.0
JSON = "application/json"
LIMIT_CLASS = "heavy"
NOT_FILTERS = {"limit", "after", "format"}

# One page of a list, as the response of its operation.
Fetch = Callable[[Mapping[str, Any]], Mapping[str, Any]]

_log = logging.getLogger(__name__)


def negotiate(operation: Operation, req: Request) -> str | None:
    """The format that the client asks for by `?format=`, else by Accept; None for the JSON of the list.

    A cached list has one representation for each URL: there, Accept does not count.
    """
    if not operation.route.export:
        return None
    wanted = dict(parse_qsl(req.query_string, errors="replace")).get("format")
    if wanted is not None:
        return wanted if wanted in FORMATS else None
    if operation.cached or "HTTP_ACCEPT" not in req.env:
        return None
    names = {writer.media_type: name for name, writer in FORMATS.items()}
    return names.get(req.client_prefers((JSON, *names)) or JSON)


def check(req: Request) -> None:
    """Raise Invalid for a page of an export: it has all rows."""
    names = dict(parse_qsl(req.query_string, keep_blank_values=True, errors="replace"))
    errors: dict[str, list[str]] = {name: ["An export has all rows."] for name in ("limit", "after") if name in names}
    if errors:
        raise Invalid("gateway.query_invalid", "Some parameters are not acceptable.", fields=errors)


def respond(operation: Operation, name: str, req: Request, resp: Response, query: Mapping[str, Any], fetch: Fetch,
            record: Callable[[], None]) -> None:  # fmt: skip
    """Send the list in the named format. The export is recorded, and its first bytes are made, before the response
    begins: what fails until then is a response of its own."""
    pages = _pages(query, fetch)
    first = next(pages)
    if req.method != "HEAD":
        record()
        chunks = _chunks(FORMATS[name](columns(item_schema(operation))), chain([first], pages))
        resp.stream = _stream(operation, name, chain([next(chunks)], chunks))
    resp.content_type = FORMATS[name].media_type + ("; charset=utf-8" if name == "csv" else "")
    filename = f"{operation.route.export}-{req.context.received_at:%Y-%m-%d}.{name}"
    resp.set_header("Content-Disposition", f'attachment; filename="{filename}"')
    resp.set_header("Vary", "Accept")


def _pages(query: Mapping[str, Any], fetch: Fetch) -> Iterator[list[dict[str, Any]]]:
    after = None
    while True:
        page = _patiently(fetch, {**query, "limit": PAGE_ROWS, "after": after})
        yield page["items"]
        after = page.get("next")
        if after is None:
            return


def _patiently(fetch: Fetch, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Wait while too many reads are in flight: an export can, and its first rows are sent already."""
    until = time.monotonic() + MAX_WAIT
    while True:
        try:
            return fetch(arguments)
        except Unavailable as error:
            if error.code != "gateway.busy" or time.monotonic() > until:
                raise
        time.sleep(random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret


def _chunks(writer: Writer, pages: Iterator[list[dict[str, Any]]]) -> Iterator[bytes]:
    # In a thread: the event loop serves other requests meanwhile.
    run = gevent.get_hub().threadpool.apply
    try:
        for items in pages:
            if chunk := run(writer.write, (items,)):
                yield chunk
        rest = writer.finish()
        while chunk := run(next, (rest, b"")):
            yield chunk
    finally:
        writer.close()


def _stream(operation: Operation, name: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    outcome = "incomplete"
    try:
        for chunk in chunks:
            with Timeout(SECONDS_PER_CHUNK, ConnectionResetError(ECONNRESET, "the client reads too slowly")):
                yield chunk
        outcome = "complete"
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 -- whatever it is, the client must not take the file for complete
        _log.error("export incomplete", extra={"route": operation.route.path, "error": type(error).__name__})
        raise ConnectionResetError(ECONNRESET, "the export is incomplete") from None
    finally:
        EXPORTS.labels(operation.route.path, name, outcome).inc()


# -- the operation ----------------------------------------------------------------------------------------------------


def item_schema(operation: Operation) -> Any:
    """The schema of one item of the list."""
    items: Any = operation.response.fields["items"] if operation.response is not None else None
    return items.inner.schema
