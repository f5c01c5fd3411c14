"""Where a line may break in a text of a language, and where it may not."""

from __future__ import annotations

import re

_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_HAN_BREAK = re.compile(f"(?<=[{_HAN}])\n(?=[{_HAN}])")
# French sets a space inside quotation marks and before high punctuation; French and Russian group digits by spaces.
_FRENCH = re.compile(r"(?<=«) | (?=[;!?»])| (?=:(?:\s|$))", re.MULTILINE)
_DIGITS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_NO_BREAK = "\u00a0"
WITHOUT_ITALICS = frozenset({"ar", "zh"})  # languages whose letters have none: they emphasize by weight


def bound(text: str, language: str) -> str:
    """The text with no-break spaces where its language sets a space that no line may end with."""
    if language == "fr":
        text = _FRENCH.sub(_NO_BREAK, text)
    return _DIGITS.sub(_NO_BREAK, text) if language in ("fr", "ru") else text


def without_han_breaks(text: str) -> str:
    """Between two Chinese characters a line break is no space."""
    return _HAN_BREAK.sub("", text)
