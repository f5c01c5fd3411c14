"""Paragraphs of a mail whose client breaks its lines: format=flowed (RFC 3676)."""

from __future__ import annotations

import re

_SIGNATURE = "-- "


def joined(text: str, *, delsp: bool) -> str:
    """The text with its soft line breaks removed. `delsp`: the space before a soft break is not part of the text."""
    lines: list[str] = []
    soft, depth = False, 0
    for line in text.replace("\r\n", "\n").split("\n"):
        marks = re.match(">*", line)
        quotes = len(marks[0]) if marks else 0
        content = line[quotes:]
        stuffed = content.removeprefix(" ")
        if soft and quotes == depth and stuffed != _SIGNATURE:
            lines[-1] += stuffed
        else:
            lines.append(">" * quotes + (" " if quotes else "") + stuffed)
        soft, depth = stuffed.endswith(" ") and stuffed != _SIGNATURE, quotes
        if soft and delsp:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
