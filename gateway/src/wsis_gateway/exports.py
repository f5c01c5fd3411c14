"""Exports: a list as a file, all of it. The gateway reads the list page by page and sends each page before the next.

Memory is flat, and there is no limit of rows. An export that cannot go on ends without the last chunk of HTTP/1.1, so
that the client knows that the file is incomplete.

A large export takes seconds of processor time, so few are made at a time, one for a network, and a single thread makes
them all: whatever is asked for, the event loop, which takes votes, shares the processor with one thread.
"""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from errno import ECONNRESET
from itertools import chain
from typing import Any, NotRequired, TypedDict
from urllib.parse import parse_qsl, quote, urlencode

from falcon import Request, Response
from gevent.threadpool import ThreadPool
from prometheus_client import Counter
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.amqp.serializer import TOO_LARGE
from wsis_shared.compiled import Dump
from wsis_shared.context import Context
from wsis_shared.errors import Invalid, Unavailable
from wsis_shared.exports import ExportSource
from wsis_shared.json_text import JsonText
from wsis_shared.paging import POSITION
from wsis_shared.places import Places
from wsis_shared.settings import Suite

from wsis_gateway import text_media
from wsis_gateway.downloads import Check, paced
from wsis_gateway.export_columns import LABELS, Column, columns, with_labels
from wsis_gateway.export_formats import ALWAYS, IF_NAMED, Table
from wsis_gateway.routing import Operation

EXPORTS = Counter("wsis_exports_total", "Exports by route, format and outcome", ["route", "format", "outcome"])

PLACES = 8  # exports of this process at a time: one for an account or a network, half for all networks
PAGE_ROWS = 500
# Seconds for which an export waits for a slot among the reads in flight.
MAX_WAIT = 30.0
JSON = "application/json"
LIMIT_CLASS = "heavy"
AUDIT_SECONDS = 10.0  # for an entry of the audit

# The result of the list's handler.
Fetch = Callable[[Mapping[str, object]], object]

_log = logging.getLogger(__name__)


def record_page(
    amqp_client: AmqpClient, operation: Operation, req: Request, query: Mapping[str, object], ctx: Context
) -> None:
    """Audit one page of a list that says how to reach people. Raises Unavailable: no page without its entry."""
    entry = {"path": req.path, "filters": _filters(query)}
    amqp_client.request(operation.plugin, "record_page", entry, ctx, timeout=AUDIT_SECONDS)


def negotiate(operation: Operation, req: Request) -> str | None:
    """The format that the client asks for by `?format=`, else by Accept; None for the JSON of the list.

    A cached list has one representation for each URL: there, Accept does not count.
    """
    if not operation.route.export:
        return None
    wanted = dict(parse_qsl(req.query_string, errors="replace")).get("format")
    if wanted is not None:
        return wanted if wanted in operation.export_formats else None
    if operation.cached or "HTTP_ACCEPT" not in req.env:
        return None
    names = {format.media_type: name for name, format in operation.export_formats.items() if format.negotiated}
    return names.get(req.client_prefers((JSON, *names)) or JSON)


class ListPage(TypedDict):
    """A page of a list, in JSON."""

    items: list[dict[str, object]]
    next: NotRequired[str | None]


class Exports:
    """What the exports of this process share: their places, and the thread that makes them."""

    def __init__(self) -> None:
        self.places = Places(PLACES, own=1, busy=_busy)
        self.thread = ThreadPool(1)


def _busy() -> Unavailable:
    detail = "Too many exports at the moment. The description of the list says whether it is there as a file already."
    return Unavailable("gateway.busy", detail, retry_after=5)


class Export:
    """One export: a list and its filters, a format, how to read a page, and what ends it. Raises Invalid for what the
    query of the list does not take, and for `limit` and `after`: an export has all rows."""

    def __init__(
        self,
        shared: Exports,
        operation: Operation,
        name: str,
        req: Request,
        variables: Mapping[str, str],
        fetch: Fetch,
        check: Check,
    ) -> None:
        names = dict(parse_qsl(req.query_string, keep_blank_values=True, errors="replace"))
        errors: dict[str, list[str]] = {field: ["An export has all rows."] for field in POSITION if field in names}
        if errors:
            raise Invalid("gateway.query_invalid", fields=errors)
        self._query = text_media.query(operation.route, operation.query, req)
        self._places, self._thread = shared.places, shared.thread
        self._operation, self._name, self._req = operation, name, req
        self._format = operation.export_formats[name]
        self._variables, self._fetch, self._check = variables, fetch, check
        named = self._format.labels == IF_NAMED and "lang" in names
        self._labels = operation.export_labels if named or self._format.labels == ALWAYS else None
        source, terms = self._source(), operation.export_terms
        self._table = Table(self._columns(), source, terms(source) if terms else None)

    def respond(self, resp: Response, amqp_client: AmqpClient, ctx: Context) -> None:
        """Send the list. The export is recorded, and its first bytes are made, before the response begins: what fails
        until then is a response of its own."""
        chunks = self._chunks(amqp_client, ctx)
        first = next(chunks, b"")
        if self._req.method != "HEAD":
            resp.stream = self._stream(chain([first], chunks))
        resp.content_type = self._format.media_type + ("; charset=utf-8" if self._name == "csv" else "")
        filename = f"{self._operation.route.export}-{self._req.context.received_at:%Y-%m-%d}.{self._format.ending}"
        resp.set_header("Content-Disposition", f'attachment; filename="{filename}"')
        resp.set_header("Vary", "Accept")
        if terms := self._table.terms:
            resp.append_link(terms.described_by, "describedby")
            if terms.licence:
                resp.append_link(terms.licence, "license")

    def _labelled(self, items: list[dict[str, object]]) -> list[dict[str, object]]:
        """The items with the titles of their codes, where the file has them."""
        labels, locale = self._labels, self._table.source.locale
        return [{**item, LABELS: labels.titles(item, locale)} for item in items] if labels else items

    def _columns(self) -> tuple[Column, ...]:
        items: Any = self._operation.response
        found = columns(items.fields["items"].inner.schema)
        return with_labels(found, self._labels.columns) if self._labels else found

    def _entry(self) -> dict[str, object]:
        return {"path": self._req.path, "format": self._name, "filters": _filters(self._query)}

    def _source(self) -> ExportSource:
        base, state = Suite.current().public_url.rstrip("/"), self._req.context
        query = [pair for pair in parse_qsl(self._req.query_string, keep_blank_values=True) if pair[0] != "format"]
        url = base + quote(self._req.path) + (f"?{urlencode(query)}" if query else "")
        return ExportSource(base, url, state.received_at, state.locale)

    def _pages(self) -> Iterator[list[dict[str, object]]]:
        after, limit = None, PAGE_ROWS
        while True:
            try:
                page = self._page({**self._variables, **self._query, "limit": limit, "after": after})
            except Invalid as error:
                if error.code != TOO_LARGE or limit == 1:
                    raise
                limit //= 2
                continue
            yield page["items"]
            after = page.get("next")
            if after is None:
                return

    def _page(self, arguments: Mapping[str, object]) -> ListPage:
        """Wait while too many reads are in flight: an export can, and its first rows are sent already."""
        until = time.monotonic() + MAX_WAIT
        while True:
            try:
                page: object = self._fetch(arguments)
            except Unavailable as error:
                if error.code != "gateway.busy" or time.monotonic() > until:
                    raise
            else:
                read: Dump = json.loads if isinstance(page, JsonText) else self._operation.dump
                made: ListPage = self._thread.apply(read, (page,))
                return made
            time.sleep(random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret

    def _chunks(self, amqp_client: AmqpClient, ctx: Context) -> Iterator[bytes]:
        """The file. It has its place from the first page until the client has taken the last byte, or has gone."""
        with self._places.take(ctx.actor, self._req.context.network):
            pages = self._pages()
            first = next(pages)
            if self._req.method == "HEAD":
                return
            if self._operation.audits_exports:
                amqp_client.request(self._operation.plugin, "record_export", self._entry(), ctx, timeout=AUDIT_SECONDS)
            yield from self._written(chain([first], pages))

    def _written(self, pages: Iterator[list[dict[str, object]]]) -> Iterator[bytes]:
        writer = self._format.writer(self._table)

        def write(items: list[dict[str, object]]) -> bytes:
            return writer.write(self._labelled(items))

        # In the thread: the event loop serves other requests meanwhile, and the next page is read.
        written = self._thread.spawn(bytes)
        try:
            if chunk := self._thread.apply(write, (next(pages),)):
                yield chunk
            for rows in pages:
                if chunk := written.get():
                    yield chunk
                written = self._thread.spawn(write, rows)
            if chunk := written.get():
                yield chunk
            rest = writer.finish()
            while chunk := self._thread.apply(next, (rest, b"")):
                yield chunk
        finally:
            written.wait()
            writer.close()

    def _stream(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        path, outcome = self._operation.route.path, "incomplete"
        try:
            yield from paced(chunks, self._check)
            outcome = "complete"
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is, the client must not take the file for complete
            _log.error("export incomplete", extra={"route": path, "error": type(error).__name__})
            raise ConnectionResetError(ECONNRESET, "the export is incomplete") from None
        finally:
            EXPORTS.labels(path, self._name, outcome).inc()


def _filters(query: Mapping[str, object]) -> list[str]:
    """The names of the filters in use, without their values, which may be personal."""
    return sorted({name for name, value in query.items() if value is not None} - {*POSITION, "format"})
