"""The wrapper of every handler: the caller's context, retries while the store is unavailable, metrics, error logs."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import TypeVar

import eventlet
from prometheus_client import Counter, Histogram
from wsis_shared import context, spans, tracing
from wsis_shared.errors import SuiteError, Unavailable
from wsis_shared.metrics import HANDLED, SECONDS
from wsis_shared.mongo import retry_while_unavailable

T = TypeVar("T")
_log = logging.getLogger(__name__)


def instrumented(
    service: str,
    handler: str,
    ctx: context.Context,
    work: Callable[[], T],
    *,
    seconds: float,
    stopping: Callable[[], bool],
    linked: Iterable[str] = (),
) -> T:
    """Run `work` under `ctx`, in a span below that of its sender (`linked`: and of others), and retry it for `seconds`
    while the store is unavailable. Raises only Exceptions: an `eventlet.Timeout` is a BaseException, would skip the
    acknowledgement and block the message for ever."""
    started, outcome = time.monotonic(), "ok"
    sender = ctx.traceparent
    if spans.is_recorded(sender):
        ctx = replace(ctx, traceparent=tracing.child(sender))
    with spans.span(f"{service}.{handler}", "CONSUMER", ctx.traceparent, sender, linked), context.use(ctx):
        try:
            return retry_while_unavailable(work, seconds=seconds, stopping=stopping)
        except SuiteError as error:
            outcome = "unavailable" if isinstance(error, Unavailable) else "refused"
            raise
        except eventlet.Timeout as error:
            outcome = "timeout"
            raise Unavailable("suite.no_answer_in_time", retry_after=2) from error
        except Exception as error:
            outcome = "failed"
            log_failure(handler, error)
            raise
        finally:
            _counter(service, handler, outcome).inc()
            _histogram(service, handler).observe(time.monotonic() - started)


# A look-up by labels takes a lock, which costs more here than the count: eventlet's locks are written in Python.
@cache
def _counter(service: str, handler: str, outcome: str) -> Counter:
    return HANDLED.labels(service, handler, outcome)


@cache
def _histogram(service: str, handler: str) -> Histogram:
    return SECONDS.labels(service, handler)


def log_failure(handler: str, error: Exception) -> None:
    """Log an error without its text, which may contain an address or a URI: the type and the frames suffice."""
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    _log.error("handler failed", extra={"handler": handler, "error": type(error).__name__, "frames": frames[-8:]})
