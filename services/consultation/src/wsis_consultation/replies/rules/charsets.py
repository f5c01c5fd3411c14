"""Bytes as text: by the declared charset, else as UTF-8, else by a guess."""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

_GUESSED_BYTES = 32_768
# Charsets of mails. Python knows further codecs that take long or are none ("idna", "unicode_escape").
_KNOWN = re.compile(
    r"utf-?(?:7|8|16|32)(?:-?[lb]e)?|iso-?8859-?\d{1,2}(?:-[ie])?|windows-?\d{3,4}|cp-?\d{3,4}|koi8-?[rtu]|gb[k\d_-]{1,7}"
    r"|big5(?:-?hkscs)?|hz(?:-gb-2312)?|euc-?(?:jp|kr|cn|tw)|shift[_-]?jis|iso-2022-[a-z]{2}(?:-\d)?|mac-?[a-z]{1,12}|tis-?620"
)  # fmt: skip
# What senders declare, and what they use.
_MEANT = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "iso-8859-8-i": "iso-8859-8"}


def decoded(raw: bytes, declared: str) -> str:
    """The text. What no charset explains becomes U+FFFD."""
    declared = declared.lower()
    for charset in (_MEANT.get(declared, declared), declared, "utf-8"):
        if not _KNOWN.fullmatch(charset):
            continue
        try:
            return raw.decode(charset).removeprefix("\ufeff")
        except (UnicodeError, LookupError):
            continue
    guess = from_bytes(raw[:_GUESSED_BYTES]).best()
    return raw.decode(guess.encoding if guess is not None else "utf-8", "replace")
