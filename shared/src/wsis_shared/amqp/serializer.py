"""Strict JSON under a content type of its own.

kombu's JSON turns `{"__type__": "datetime", "__value__": ...}` into Python objects, even in user input, and cannot
decode a message with a malformed one. Here objects stay data, NaN and duplicate keys are errors, and consumers refuse
every other content type before they decode.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from kombu.serialization import register
from wsis_shared import clock
from wsis_shared.amqp import topology
from wsis_shared.errors import Invalid
from wsis_shared.json_text import JsonText
from wsis_shared.metrics import NOT_SENT

NAME = "wsisjson"
CONTENT_TYPE = "application/vnd.wsis+json"
RESULT = "application/vnd.wsis.result+json"  # of a reply whose body is the result itself, with nothing around it
TOO_LARGE = "suite.message_too_large"


def dumps(value: object) -> str:
    """JSON text; datetimes as RFC 3339. Raises ValueError for NaN, TypeError for objects that JSON cannot express."""
    return _encode(value)


def encode(exchange: str, value: object) -> bytes:
    """The body of a message to `exchange`: a JsonText as it is, else JSON in UTF-8. Raises what `dumps` raises,
    ValueError for a lone surrogate, and Invalid (`TOO_LARGE`), counted, above what the broker takes."""
    body = value if isinstance(value, JsonText) else _encode(value).encode()
    if len(body) > topology.MAX_MESSAGE_BYTES:
        NOT_SENT.labels(exchange, "too large").inc()
        raise Invalid(TOO_LARGE)
    return body


def loads(text: str | bytes) -> Any:
    """The value. Raises ValueError for NaN, a duplicate key, or bytes that are not UTF-8."""
    return _decode(text if isinstance(text, str) else str(text, "utf-8"))


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        return clock.iso(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


# json.dumps makes an encoder for each call with options, which costs as much as a short message.
_encode = json.JSONEncoder(allow_nan=False, ensure_ascii=False, default=_as_json, separators=(",", ":")).encode


def _refuse(constant: str) -> object:
    raise ValueError(f"{constant} is not JSON")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("duplicate key")
    return value


_decode = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_unique).decode  # made once, as the encoder is

register(NAME, dumps, loads, content_type=CONTENT_TYPE, content_encoding="utf-8")
