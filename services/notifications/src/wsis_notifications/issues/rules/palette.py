"""Colours of an issue and their contrast (WCAG 2.1, 1.4.3: at least 4.5:1). Officers choose none."""

from __future__ import annotations

from collections.abc import Mapping

LEAST_CONTRAST = 4.5
LIGHT: Mapping[str, str] = {
    "page": "#eef3f7",
    "card": "#ffffff",
    "text": "#1c2833",
    "muted": "#46586a",
    "link": "#00558c",
    "brand": "#00558c",
    "on_brand": "#ffffff",
    "rule": "#d3dfe8",
}
DARK: Mapping[str, str] = {
    "page": "#10171e",
    "card": "#1b2530",
    "text": "#e8eef3",
    "muted": "#a9b8c6",
    "link": "#7cc4f5",
    "brand": "#00436e",
    "on_brand": "#ffffff",
    "rule": "#3a4957",
}
# Which colour of text stands on which.
PAIRS = (
    ("text", "card"),
    ("muted", "card"),
    ("link", "card"),
    ("on_brand", "brand"),
    ("muted", "page"),
    ("link", "page"),
)


def contrast(one: str, other: str) -> float:
    """The ratio of two colours "#rrggbb", 1 to 21 (WCAG 2.1, contrast ratio)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def least_contrast() -> float:
    """The lowest ratio of a text to its background, in the light and the dark palette."""
    return min(contrast(palette[text], palette[behind]) for palette in (LIGHT, DARK) for text, behind in PAIRS)


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
