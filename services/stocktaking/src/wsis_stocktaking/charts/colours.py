"""Colours of charts and pages, without the library that draws."""

from __future__ import annotations

INK, PAPER = "#16202C", "#FFFFFF"


def ink_on(colour: str) -> str:
    """Black or white, whichever reads better on a colour (WCAG 2 contrast)."""
    light = luminance(colour)
    return PAPER if 1.05 / (light + 0.05) >= (light + 0.05) / (luminance(INK) + 0.05) else INK


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(colour: str, share: float) -> str:
    """A colour on white paper, of which `share` (0 to 1) is left."""
    parts = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
    return "#" + "".join(f"{round(255 + (part - 255) * share):02X}" for part in parts)
