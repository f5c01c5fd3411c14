"""Logs: one JSON object a line on standard error, with request and trace id, without personal data.

Values of keys that may hold a secret or an address are masked. Never log a body, or the text of a driver's exception
(it may contain a URI): log the type and a code.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping

import structlog
from structlog.typing import Processor
from wsis_shared import context, tracing

_HIDDEN = frozenset(
    {"password", "token", "code", "secret", "email", "mail", "authorization", "cookie", "body", "names"}
)
_PERSON = frozenset({"account", "session"})


def setup(service: str, level: str = "INFO") -> None:
    """Send all logging, that of libraries too, through one formatter."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _where(service),
            _hide,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # nameko logs arguments at DEBUG and whole exceptions of handlers: ours logs those, with less in them.
    for noisy in ("nameko", "amqp", "kombu", "pymongo"):
        logging.getLogger(noisy).setLevel("WARNING")
    logging.getLogger("nameko.containers").setLevel("CRITICAL")


def _where(service: str) -> Processor:
    def add(_logger: object, _name: str, record: MutableMapping[str, object]) -> MutableMapping[str, object]:
        ctx = context.current()
        record["service"] = service
        if ctx.request_id and ctx.actor is not context.SYSTEM:
            # A client may have one trace for its sign-in and its vote: what names a person has none.
            trace_id = "" if _PERSON & record.keys() else tracing.trace_id(ctx.traceparent)
            record.update(request_id=ctx.request_id, trace_id=trace_id)
        return record

    return add


def _hide(_logger: object, _name: str, record: MutableMapping[str, object]) -> MutableMapping[str, object]:
    return {key: "***" if key in _HIDDEN else value for key, value in record.items()}
