"""Logs: one JSON object a line on standard error, with request and trace id, without personal data.

Values of keys that may hold a secret or an address are masked. Never log a body, or the text of a driver's exception
(it may contain a URI): log the type and a code.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from wsis_shared import context, tracing

_HIDDEN = frozenset(
    {"password", "token", "code", "secret", "email", "mail", "authorization", "cookie", "body", "names"}
)
_PERSON = frozenset({"account", "session"})
_OF_LOGGING = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_OWN = frozenset({"event", "level", "timestamp", "service"})  # a line says these itself


def setup(service: str, level: str = "INFO") -> None:
    """Send all logging, that of libraries too, through one formatter."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # nameko logs arguments at DEBUG and whole exceptions of handlers: ours logs those, with less in them.
    for noisy in ("nameko", "amqp", "kombu", "pymongo"):
        logging.getLogger(noisy).setLevel("WARNING")
    logging.getLogger("nameko.containers").setLevel("CRITICAL")


class JsonLines(logging.Formatter):
    """`_log.info("served", extra={"seconds": 3})` -> {"event": "served", "seconds": 3, "level": "info", ...}.

    The standard library is enough for it: structlog takes a sixth of a service's start to import.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        extra = {name: value for name, value in vars(record).items() if name not in _OF_LOGGING | _OWN}
        line = {
            "event": _message(record),
            **extra,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
            "service": self._service,
        }
        ctx = context.current()
        if ctx.request_id and ctx.actor is not context.SYSTEM:
            # A client may have one trace for its sign-in and its vote: what names a person has none.
            trace_id = "" if _PERSON & extra.keys() else tracing.trace_id(ctx.traceparent)
            line |= {"request_id": ctx.request_id, "trace_id": trace_id}
        line |= dict.fromkeys(_HIDDEN & line.keys(), "***")
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = self.formatStack(record.stack_info)
        return _json(line)


# Whatever a line holds, it is written: where a formatter raises, logging prints message and arguments, and masks none.
def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 -- a wrong number of arguments, or one that cannot say what it is
        return str(record.msg)


def _json(line: Mapping[str, object]) -> str:
    try:
        return json.dumps(line, default=_described)
    except (TypeError, ValueError, RecursionError):  # a key that JSON does not have, or a value that holds itself
        return json.dumps({name: value if _is_json(value) else _described(value) for name, value in line.items()})


def _is_json(value: object) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _described(value: object) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 -- anything may fail to say what it is
        return f"<{type(value).__name__}>"
