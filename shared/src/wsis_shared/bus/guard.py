"""What every handler is wrapped in: the caller's context, a store that may be away, failures that do not escape."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from typing import TypeVar

import eventlet
from wsis_shared import context
from wsis_shared.errors import SuiteError, Unavailable
from wsis_shared.metrics import HANDLED, SECONDS
from wsis_shared.mongo import patiently

T = TypeVar("T")
_log = logging.getLogger(__name__)


def guarded(
    service: str,
    handler: str,
    ctx: context.Context,
    work: Callable[[], T],
    *,
    seconds: float,
    stopping: Callable[[], bool],
) -> T:
    """Run `work` under `ctx`, waiting out an absent store. Whatever is raised is an Exception: an `eventlet.Timeout`,
    which is not one, would skip the acknowledgement and hold the message for ever."""
    started, outcome = time.monotonic(), "ok"
    with context.use(ctx):
        try:
            return patiently(work, seconds=seconds, stopping=stopping)
        except SuiteError as error:
            outcome = "unavailable" if isinstance(error, Unavailable) else "refused"
            raise
        except eventlet.Timeout as error:
            outcome = "timeout"
            raise Unavailable("suite.no_answer_in_time", "A part did not answer in time.", retry_after=2) from error
        except Exception as error:
            outcome = "failed"
            # The text of an exception may hold an address or a URI: type and place are enough to find the fault.
            frames = [
                f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
            ]
            _log.error(
                "handler failed", extra={"handler": handler, "error": type(error).__name__, "frames": frames[-8:]}
            )
            raise
        finally:
            HANDLED.labels(service, handler, outcome).inc()
            SECONDS.labels(service, handler).observe(time.monotonic() - started)
