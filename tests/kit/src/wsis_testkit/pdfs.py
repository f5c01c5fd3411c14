"""What a PDF says, as a reader of its text sees it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf


def words_of(pdf: bytes) -> Iterator[str]:
    """What each text operator of a PDF shows, letters from right to left put in the order of reading."""
    fonts: dict[tuple[int, int], dict[int, str]] = {}
    with pikepdf.open(io.BytesIO(pdf)) as file:
        for page in file.pages:
            shown = {}
            for name, font in page.Resources.Font.items():
                shown[name] = fonts.get(font.objgen) or fonts.setdefault(font.objgen, _characters(font))
            current: dict[int, str] = {}
            instructions: Iterator[Any] = iter(pikepdf.parse_content_stream(page, "Tf Tj TJ"))
            for operands, operator in instructions:
                if str(operator) == "Tf":
                    current = shown[str(operands[0])]
                elif str(operator) in ("Tj", "TJ"):
                    parts = operands[0] if str(operator) == "TJ" else operands
                    codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
                    glyphs = [
                        current.get(int.from_bytes(codes[at : at + 2], "big"), "?") for at in range(0, len(codes), 2)
                    ]
                    yield "".join(reversed(glyphs) if re.search("[\u0600-\u06ff]", "".join(glyphs)) else glyphs)


def _characters(font: Any) -> dict[int, str]:
    cmap, found = font.ToUnicode.read_bytes().decode("latin-1"), {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.DOTALL):
        for code, text in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    return found
