"""Names of one writing direction in a text of the other (Unicode UAX 9): isolated, so that they do not tear it."""

from __future__ import annotations

import re
import unicodedata

FSI, PDI = "\u2068", "\u2069"
LINE = "\u2028"  # stands for a line break inside a value until the text is laid out

# Embeddings, overrides and isolates that came with a value could leave ours open.
_CONTROLS = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF, 0x2028, 0x2029]
)

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # Unicode's Cc and Cs


class Native(str):
    """Text that is written in the reader's language: it runs with the text around it and needs no isolation."""

    __slots__ = ()


class Verbatim(str):
    """Text that readers copy for a program: a plain text adds nothing to it, not even an isolate."""

    __slots__ = ()


def clean(value: str) -> str:
    """A value as a template shows it: no direction controls, no control characters, line breaks marked."""
    text = value.translate(_CONTROLS).replace("\r\n", "\n").replace("\n", LINE)
    return _UNPRINTABLE.sub(" ", text)


def isolate(value: str, direction: str) -> str:
    """Wrapped in FIRST STRONG ISOLATE where a letter runs against the text's `direction` ("ltr", "rtl")."""
    if direction == "ltr" and value.isascii():
        return value
    against = ("L",) if direction == "rtl" else ("R", "AL")
    if any(unicodedata.bidirectional(char) in against for char in value):
        return f"{FSI}{value}{PDI}"
    return value
