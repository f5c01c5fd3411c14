"""Lines of plain text by the columns that they take: a Chinese character takes two (Unicode UAX 11).

Chinese breaks between any two characters, but no line begins with a closing mark or ends with an opening one (UAX 14).
"""

from __future__ import annotations

import re
import unicodedata

from wsis_notifications.issues.rules.typography import without_han_breaks

WIDTH = 78  # columns: RFC 5322, 2.1.1

_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
_OPEN = "（《「『【〈“‘(["
_CLOSE = "，。、；：！？）》」』】〉”’…·,.;:!?)\\]"
# What stays together: a Chinese character or a word, with the marks around it. A no-break space is part of a word.
_UNIT = re.compile(f"[{re.escape(_OPEN)}]*(?:[{_WIDE}]|[^ \t\n{_WIDE}]+)[{_CLOSE}]*")


def columns(text: str) -> int:
    """The columns that a text takes."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def wrap(text: str, first: str = "", rest: str = "", width: int = WIDTH) -> str:
    """`text` in lines of at most `width` columns; `first` and `rest` begin the first line and the others. A word that
    is longer, such as an address, has a line of its own."""
    lines, line, used, end = [], first, columns(first), 0
    empty = True
    for unit in _UNIT.finditer(text):
        gap = " " if unit.start() > end and not empty else ""
        size = columns(unit[0])
        if not empty and used + len(gap) + size > width:
            lines.append(line)
            line, used, gap = rest, columns(rest), ""
        line, used, end, empty = f"{line}{gap}{unit[0]}", used + len(gap) + size, unit.end(), False
    return "\n".join([*lines, line])


def joined(text: str) -> str:
    """Lines of one paragraph as one: a line break is a space, and none between two Chinese characters."""
    return without_han_breaks(text).replace("\n", " ")


def _columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
