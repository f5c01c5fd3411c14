"""Codes as people type them: digits of any script, with spaces where they read them in groups."""

from __future__ import annotations

import unicodedata


def plain(typed: str) -> str:
    """The code with digits 0 to 9 and no spaces; other signs stay as they are."""
    return "".join(str(unicodedata.digit(char, char)) for char in typed if not char.isspace())
