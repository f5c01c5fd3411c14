"""Wrong fields of a request by their path, however many there are and whatever they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from wsis_gateway.problems import MAX_ERRORS

MAX_PATH = 200  # characters
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


def printable(name: str) -> str:
    """The name of a field as it can be shown."""
    return NOT_TEXT.sub("\ufffd", name[:MAX_PATH])


def flat(messages: object) -> dict[str, list[str]]:
    """marshmallow's nested messages, flat, by path: {"sdgs.0.target": [...]}. The first MAX_ERRORS of them."""
    found: dict[str, list[str]] = {}
    for field, text in islice(_each(messages, ""), MAX_ERRORS):
        found.setdefault(field, []).append(text)
    return found


def _each(messages: object, prefix: str) -> Iterator[tuple[str, str]]:
    if not isinstance(messages, dict):
        for message in messages if isinstance(messages, list) else [messages]:
            yield prefix, str(message)
        return
    for key, inner in messages.items():
        # `_schema` stands for the whole object; `key` and `value` for the parts of a dict (marshmallow).
        name = "" if key == "_schema" else printable(str(key))
        yield from _each(inner, ".".join(part for part in (prefix, name) if part)[:MAX_PATH])
