"""W3C Trace Context (https://www.w3.org/TR/trace-context/): one `traceparent` from the client to the last hop."""

from __future__ import annotations

import re
import secrets

_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$")
_ZERO_TRACE, _ZERO_SPAN = "0" * 32, "0" * 16


def new_traceparent() -> str:
    """A fresh trace, sampled."""
    digits = secrets.token_hex(24)
    return f"00-{digits[:32]}-{digits[32:]}-01"


def child(traceparent: str | None) -> str:
    """The same trace with a span of our own; a fresh trace where the given header is missing or malformed."""
    match = _TRACEPARENT.match(traceparent or "")
    if match is None or match[1] == _ZERO_TRACE or match[2] == _ZERO_SPAN:
        return new_traceparent()
    return f"00-{match[1]}-{secrets.token_hex(8)}-{match[3]}"


def trace_id(traceparent: str) -> str:
    """The 32 hex digits that logs carry."""
    return traceparent.split("-")[1] if traceparent.count("-") == 3 else ""
