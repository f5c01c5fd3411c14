"""Mails from outside, for the parser of the standard library: what was made to keep it busy is not parsed.

The parser tests each line against each boundary that is open, and makes an object of each part: 25 kB can take it half
a second, and a megabyte half a minute. So everything is counted before.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import Message
from email.policy import Policy, compat32
from typing import Any

MAX_HEADER = 65_536  # bytes; 20,000 recipients take the parser three seconds
MAX_DELIMITERS = 200  # lines that may begin a part
MAX_WORK = 2_000_000  # tests of a line, 0.1 us each; a megabyte with a hundred attachments has 1,500,000
MAX_FIELD = 2_000  # bytes: the time of its parameters grows with the square
MAX_FIELDS = 65_536  # of all parts together
_LINE = 10  # tests that take as long as reading a line
_EMPTY_LINE = 50  # and as an empty one, where it begins a part of a delivery status
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")
# A lone carriage return ends a line too, and a boundary may begin with anything.
_DELIMITERS = re.compile(rb"(?:\A|[\r\n])--")
_EMPTY_LINES = re.compile(rb"(?:\r\n|\r(?!\n)|\n)(?=[\r\n])")
_FIELDS = re.compile(rb"(?i)(?:\A|[\r\n])content-[a-z-]+:[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*")


class Unreadable(ValueError):
    """A mail that would keep the parser busy."""


def parse(raw: bytes, policy: Policy = compat32) -> Message[Any, Any]:
    """The mail, within a second for a megabyte. Raises Unreadable, and whatever the parser raises: RecursionError
    for mails in mails, nearly anything for hostile headers."""
    require_readable(raw)
    return message_from_bytes(raw, policy=policy)


def require_readable(raw: bytes) -> None:
    """Raises Unreadable."""
    head = _END_OF_HEADER.search(raw)
    if (head.start() if head else len(raw)) > MAX_HEADER:
        raise Unreadable("header")
    lines = 1 + raw.count(b"\r") + raw.count(b"\n") - raw.count(b"\r\n")
    if lines * _LINE > MAX_WORK:
        raise Unreadable("lines")
    delimiters = len(_DELIMITERS.findall(raw))
    if delimiters > MAX_DELIMITERS:
        raise Unreadable("parts")
    if lines * (_LINE + delimiters) + len(_EMPTY_LINES.findall(raw)) * _EMPTY_LINE > MAX_WORK:
        raise Unreadable("work")
    fields = [len(field) for field in _FIELDS.findall(raw)]
    if max(fields, default=0) > MAX_FIELD or sum(fields) > MAX_FIELDS:
        raise Unreadable("fields")
