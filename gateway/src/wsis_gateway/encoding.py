"""Responses as JSON."""

from __future__ import annotations

import json

from wsis_shared import clock
from wsis_shared.json_text import JsonText

from wsis_gateway.routing import Operation

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=clock.iso).encode


def dump(operation: Operation, result: object) -> bytes:
    """The body of a response: what the schema of the route declares."""
    if isinstance(result, JsonText):
        return result
    return to_json(operation.dump(result))


def to_json(value: object) -> bytes:
    """Plain data as JSON in UTF-8."""
    return _encode(value).encode()
