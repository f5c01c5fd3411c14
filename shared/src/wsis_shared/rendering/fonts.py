"""Fonts of the PDF: which are there, and which characters they lack.

Debian's fonts-noto-core and fonts-droid-fallback (both under free licences) cover the languages of the suite and most
others. Where they are missing, typst has Latin and Cyrillic letters itself. A character that no font has would be an
empty box, which PDF/UA forbids: it is replaced, and the caller is told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]  # publishes no types
from typst import FontInfo, Fonts

# In order of preference: the first that is there is taken, one for each group of scripts.
LATIN = ("Noto Sans", "DejaVu Sans", "Libertinus Serif")
SERIF = ("Noto Serif", "DejaVu Serif", "Libertinus Serif")
ARABIC = ("Noto Naskh Arabic", "Noto Sans Arabic", "DejaVu Sans")
SANS_ARABIC = ("Noto Sans Arabic", "Noto Naskh Arabic", "DejaVu Sans")
CHINESE = ("Noto Sans CJK SC", "Droid Sans Fallback")
SYMBOLS = ("Noto Sans Symbols2", "DejaVu Sans")
INSIDE = range(0x20, 0x530)  # Latin, Greek and Cyrillic: what typst's own fonts have for certain
REPLACEMENT = "\N{WHITE SQUARE}"


@cache
def installed() -> Fonts:
    """All fonts of the machine and of typst, looked for once."""
    return Fonts()


@cache
def families(latin: Sequence[str] = LATIN, arabic: Sequence[str] = ARABIC) -> tuple[str, ...]:
    """The families that the PDF is set in, as far as they are installed; typst takes others for what these lack."""
    there = set(installed().families())
    found = [next((name for name in group if name in there), None) for group in (latin, arabic, CHINESE, SYMBOLS)]
    return tuple(dict.fromkeys(name for name in found if name))


def missing(texts: Iterable[str]) -> list[str]:
    """The characters that no installed font has, in order."""
    wanted = {char for text in texts for char in text if not _is_invisible(char)}
    for font in _by_preference():
        if not wanted:
            break
        wanted -= _characters(font.path, font.index)
    return sorted(wanted)


def _is_invisible(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f"


def _by_preference() -> Iterator[FontInfo]:
    chosen = families()
    all_fonts = [font for font in installed().fonts() if font.weight == 400 and font.style == "normal"]
    yield from sorted(all_fonts, key=lambda font: (font.family not in chosen, font.family))


@cache
def _characters(path: str | None, index: int) -> frozenset[str]:
    if path is None:  # a font inside typst
        return frozenset(map(chr, INSIDE))
    try:
        with TTFont(path, fontNumber=index, lazy=True) as font:
            return frozenset(map(chr, font.getBestCmap() or ()))
    except (OSError, TTLibError):
        return frozenset()
