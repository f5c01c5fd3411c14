"""Fonts of certificates: found on the machine, chosen by the characters that a text has.

Debian's fonts-noto-core and fonts-droid-fallback (both under free licences) cover the languages of the suite and most
others. Where they are missing, DejaVu has Latin, Cyrillic and Arabic; where nothing is there, the PDF's own Helvetica
shows names in Latin transliteration: a plain certificate is better than none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from anyascii import anyascii
from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]  # publishes no types
from fpdf import FPDF

# File names without their folder: the first found of a row serves as regular and bold; rows in order of preference.
MAIN = (("NotoSerif-Regular.ttf", "NotoSerif-Bold.ttf"), ("DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf"))
OTHERS = (
    "NotoNaskhArabic",
    "NotoSansHebrew",
    "NotoSerifDevanagari",
    "NotoSerifBengali",
    "NotoSerifThai",
    "NotoSerifLao",
    "NotoSerifKhmer",
    "NotoSerifMyanmar",
    "NotoSerifSinhala",
    "NotoSerifTamil",
    "NotoSerifTelugu",
    "NotoSerifGeorgian",
    "NotoSerifArmenian",
    "NotoSerifEthiopic",
    "DroidSansFallbackFull",
    "DejaVuSans",
)
HELVETICA = "Helvetica"


def equip(pdf: FPDF, texts: Iterable[str], folders: Sequence[str]) -> str:
    """Add to `pdf` the fonts that `texts` need; returns the name of the main one."""
    main = next(((one, two) for one, two in MAIN if _find(one, folders) and _find(two, folders)), None)
    if main is None:
        return HELVETICA
    regular, bold = (str(_find(name, folders)) for name in main)
    pdf.add_font("main", "", regular)
    pdf.add_font("main", "B", bold)
    missing = {ord(char) for text in texts for char in text if not char.isspace()} - _covered(regular)
    fallback = []
    for family in OTHERS:
        path = _find(f"{family}-Regular.ttf", folders) or _find(f"{family}.ttf", folders)
        if path is None or not missing & _covered(str(path)):
            continue
        pdf.add_font(family, "", str(path))  # serves as bold, too, where there is none
        if strong := _find(f"{family}-Bold.ttf", folders):
            pdf.add_font(family, "B", str(strong))
        fallback.append(family)
        missing -= _covered(str(path))
    if fallback:
        pdf.set_fallback_fonts(fallback, exact_match=False)
    pdf.set_text_shaping(True)
    return "main"


def plain(text: str) -> str:
    """The text in characters that Helvetica has."""
    return anyascii(text).encode("latin-1", "replace").decode("latin-1")


@cache
def _files(folders: tuple[str, ...]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.ttf")) if Path(folder).is_dir() else ():
            found.setdefault(path.name, path)
    return found


def _find(name: str, folders: Sequence[str]) -> Path | None:
    return _files(tuple(folders)).get(name)


@cache
def _covered(path: str) -> frozenset[int]:
    try:
        with TTFont(path, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError):
        return frozenset()
