"""Plain, strict JSON under a content type of our own.

kombu's own JSON turns `{"__type__": "datetime", "__value__": ...}` into Python objects, also where a user wrote it,
and makes a message undecodable with a bad one. Here objects are data, NaN and duplicate keys are errors, and a message
of any other content type is refused before it is read.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from kombu.serialization import register
from wsis_shared import clock

NAME = "wsisjson"
CONTENT_TYPE = "application/vnd.wsis+json"


def dumps(value: Any) -> str:
    """JSON text; datetimes as RFC 3339. Raises ValueError for NaN, TypeError for what is not data."""
    return json.dumps(value, allow_nan=False, default=_encode, separators=(",", ":"))


def loads(text: str | bytes) -> Any:
    """The value. Raises ValueError for NaN, a duplicate key, or bytes that are not UTF-8."""
    return json.loads(text, parse_constant=_refuse, object_pairs_hook=_unique)


def _encode(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.iso(value)
    raise TypeError(f"{type(value).__name__} is not data")


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value


register(NAME, dumps, loads, content_type=CONTENT_TYPE, content_encoding="utf-8")
