"""Spans for a collector that speaks OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/), where WSIS_OTLP_URI
names one: what a request did in each part of the suite, and how long each took.

Their ids are those of the `traceparent` that travels with each message: a span is recorded when its work has ended,
under the id that it gave to what it called. The gateway decides which requests are traced, and all others follow. A
span has names of routes, methods, handlers and collections, and outcomes; nothing that a person wrote, sent or is.
"""

from __future__ import annotations

import atexit
import os
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from wsis_shared import tracing

if TYPE_CHECKING:
    from opentelemetry.trace import SpanContext

Kind = Literal["SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
Attributes = Mapping[str, str | int]

# Where one names a file of authorities, it counts; the library alone would not read the last.
AUTHORITIES = ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE", "SSL_CERT_FILE")
EXPORT_SECONDS = 3.0  # a collector that does not answer holds up a stop for no longer

_export: Callable[..., None] | None = None
_share = 0.0


def start(part: str, uri: str, share: float = 0.0) -> None:
    """Record from now on, in this process, which must not fork later. Spans wait in memory, 2,048 at most, and are sent
    every 5 s; those that a collector does not take are dropped. `share`: of the requests that `decide` decides on."""
    global _export, _share
    if not uri:
        return
    # An extra: who does not trace needs none of it.
    from opentelemetry import trace  # noqa: PLC0415 -- see above
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 -- see above
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 -- see above
    from opentelemetry.sdk.trace import ReadableSpan  # noqa: PLC0415 -- see above
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 -- see above

    trusted = next(filter(None, map(os.environ.get, AUTHORITIES)), None)
    endpoint = f"{uri.rstrip('/')}/v1/traces"
    exporter = OTLPSpanExporter(endpoint=endpoint, certificate_file=trusted, timeout=EXPORT_SECONDS)
    processor = BatchSpanProcessor(exporter, export_timeout_millis=EXPORT_SECONDS * 1000)
    resource = Resource.create({"service.name": f"wsis-{part}", "service.version": version("wsis-shared")})

    def export(
        name: str,
        kind: Kind,
        own: str,
        parent: str,
        times: tuple[int, int],
        error: str,
        linked: Iterable[str],
        attributes: Attributes,
    ) -> None:
        span = ReadableSpan(
            name,
            _context_of(own),
            _context_of(parent) if tracing.trace_id(parent) == tracing.trace_id(own) else None,
            resource,
            {**attributes, "error.type": error} if error else attributes,
            links=list(map(trace.Link, map(_context_of, linked))),
            kind=trace.SpanKind[kind],
            status=trace.Status(trace.StatusCode.ERROR if error else trace.StatusCode.UNSET),
            start_time=times[0],
            end_time=times[1],
        )
        processor.on_end(span)

    _export, _share = export, share
    atexit.register(processor.shutdown)


def _context_of(traceparent: str) -> SpanContext:
    from opentelemetry.trace import SpanContext, TraceFlags  # noqa: PLC0415 -- an extra

    _, trace, span, flags = traceparent.split("-")
    return SpanContext(int(trace, 16), int(span, 16), is_remote=False, trace_flags=TraceFlags(int(flags, 16)))


def is_on() -> bool:
    """Whether this process records any."""
    return _export is not None


def is_recorded(traceparent: str) -> bool:
    """Whether what happens under this one is recorded here."""
    return _export is not None and tracing.is_sampled(traceparent)


def decide(traceparent: str | None) -> str:
    """The span of a request from outside. Whether it is traced is decided here, and not by who sent the request."""
    return tracing.child(traceparent, sampled=is_on() and random.random() < _share)  # noqa: S311 -- no secret


def record(
    name: str,
    kind: Kind,
    own: str,
    parent: str,
    seconds: float,
    error: str = "",
    linked: Iterable[str] = (),
    attributes: Attributes = MappingProxyType({}),
) -> None:
    """What has taken so many seconds until now, where it is recorded. `own`, `parent` and `linked` are traceparents;
    `error` is a code or the name of a type."""
    if is_recorded(own) and _export is not None:
        ended = time.time_ns()
        _export(name, kind, own, parent, (ended - int(seconds * 1e9), ended), error, linked, attributes)


@contextmanager
def span(name: str, kind: Kind, own: str, parent: str, linked: Iterable[str] = ()) -> Iterator[None]:
    """Record the block."""
    if not is_recorded(own):
        yield
        return
    began, error = time.monotonic(), ""
    try:
        yield
    except BaseException as raised:
        error = str(getattr(raised, "code", "") or type(raised).__name__)
        raise
    finally:
        record(name, kind, own, parent, time.monotonic() - began, error, linked)
