"""Fonts of certificates: found on the machine, chosen by the characters that a text has.

Debian's fonts-noto-core and fonts-droid-fallback (both under free licences) cover the languages of the suite and most
others. Where they are missing, DejaVu has Latin, Cyrillic and Arabic; where nothing is there, the PDF's own Helvetica
shows names in Latin transliteration: a plain certificate is better than none.

The library reads each glyph of a font, of which a Chinese one has 28,000. It gets a font with those of the text alone,
which HarfBuzz makes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import uharfbuzz as harfbuzz  # type: ignore[import-untyped]  # publishes no types
from anyascii import anyascii
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
# In each font: what lines break at, what brackets become from right to left, what HarfBuzz puts in place of others.
ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0\u00ab\u00bb\u2010\u2039\u203a\u25cc"


def equip(pdf: FPDF, texts: Iterable[str], folders: Sequence[str], into: Path) -> str:
    """Add to `pdf` the fonts that `texts` need; returns the name of the main one. The folder `into` must be there until
    the PDF is written."""
    text = "".join(texts)
    main = next(((one, two) for one, two in MAIN if _find(one, folders) and _find(two, folders)), None)
    if main is None:
        return HELVETICA
    regular, bold = (str(_find(name, folders)) for name in main)
    pdf.add_font("main", "", _part(regular, text, into))
    pdf.add_font("main", "B", _part(bold, text, into))
    missing = {ord(char) for char in text if not char.isspace()} - _covered(regular)
    fallback = []
    for family in OTHERS:
        path = _find(f"{family}-Regular.ttf", folders) or _find(f"{family}.ttf", folders)
        if path is None or not missing & _covered(str(path)):
            continue
        pdf.add_font(family, "", _part(str(path), text, into))  # serves as bold, too, where there is none
        if strong := _find(f"{family}-Bold.ttf", folders):
            pdf.add_font(family, "B", _part(str(strong), text, into))
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
def _face(path: str) -> harfbuzz.Face:
    """Without characters where the file is no font."""
    try:
        return harfbuzz.Face(Path(path).read_bytes())
    except OSError:
        return harfbuzz.Face(b"")


def _covered(path: str) -> frozenset[int]:
    return frozenset(_face(path).unicodes)


def _part(path: str, text: str, into: Path) -> str:
    """A font with the characters of the text, composed and apart, in place of that at `path`."""
    wanted = harfbuzz.SubsetInput()
    wanted.flags |= harfbuzz.SubsetFlags.NOTDEF_OUTLINE  # what is missing shows
    forms = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    wanted.unicode_set.update(map(ord, "".join((text, *forms, ALWAYS))))
    part = into / Path(path).name
    part.write_bytes(harfbuzz.subset(_face(path), wanted).blob.data)
    return str(part)
