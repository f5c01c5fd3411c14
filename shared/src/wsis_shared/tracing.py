"""W3C Trace Context (https://www.w3.org/TR/trace-context/): one `traceparent` from the client to the last hop."""

from __future__ import annotations

import re
import secrets

_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$")
SAMPLED, NOT_SAMPLED = "01", "00"
_ZERO_TRACE, _ZERO_SPAN = "0" * 32, "0" * 16


def new_traceparent() -> str:
    """A fresh trace, which nobody has decided to sample."""
    return child(None)


def child(traceparent: str | None, *, sampled: bool | None = None) -> str:
    """The same trace with a span of our own; a fresh trace where the given header is missing or malformed. `sampled`:
    whether it is from here on; None: as it was."""
    match = _TRACEPARENT.match(traceparent or "")
    if match is None or match[1] == _ZERO_TRACE or match[2] == _ZERO_SPAN:
        trace, flags = secrets.token_hex(16), NOT_SAMPLED
    else:
        trace, flags = match[1], match[3]
    if sampled is not None:
        flags = SAMPLED if sampled else NOT_SAMPLED
    return f"00-{trace}-{secrets.token_hex(8)}-{flags}"


def is_sampled(traceparent: str) -> bool:
    """Whether its spans are recorded. Nobody has decided that of what is malformed."""
    match = _TRACEPARENT.match(traceparent)
    return match is not None and match[3] == SAMPLED


def trace_id(traceparent: str) -> str:
    """The 32 hex digits that logs carry."""
    return traceparent.split("-")[1] if traceparent.count("-") == 3 else ""
