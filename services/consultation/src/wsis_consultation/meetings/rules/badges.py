"""Badges: a name, a number and a QR code with a token that officers scan at the entrance."""

from __future__ import annotations

from unicodedata import east_asian_width
from xml.sax.saxutils import escape

import segno

from wsis_consultation.meetings.rules import registration

_WIDTH, _HEIGHT, _MARGIN, _QR = 340, 215, 12, 105  # of the drawing; it prints at any size
_GLYPH, _WIDE = 0.6, 1.0  # mean width of a character, and of a Chinese one, in font sizes
_SMALL, _LEADING, _DROP = 0.7, 1.1, 0.3  # two lines in the place of one: their size and distances, in its size
_SIGNATURE = 32  # hex digits: 128 bits
_DIGITS = 9  # of a number, at most


def token(participant: str, signature: str) -> str:
    """What the QR code says. `signature` is a keyed hash of the participant's id."""
    return f"{participant}.{signature[:_SIGNATURE]}"


def participant_of(text: str) -> str:
    """The participant that a token names, whether or not it is genuine."""
    return text.rpartition(".")[0]


def number_of(text: str) -> int | None:
    """The number of a badge, as people type it; None for the token of a QR code."""
    typed = text.strip()
    return int(typed) if typed.isdecimal() and len(typed) <= _DIGITS else None


def svg(participant: registration.Participant, meeting: str, day: str, code: str) -> str:
    """The badge as SVG. `meeting` is its title and `day` its date, in the participant's language; `code` the token."""
    qr = segno.make(code, error="m", micro=False)
    drawn = qr.svg_inline(scale=_QR / qr.symbol_size(border=0)[0], border=0)
    name, number = participant["contact"]["full_name"], registration.badge_number(participant)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" font-family="Noto Sans,DejaVu Sans,Arial,sans-serif" text-anchor="middle">'
        f'<title>{escape(name)}</title><rect width="100%" height="100%" fill="#fff"/>'
        f"{_lines(name, 32, 22)}{_lines(participant['organization'] or '', 54, 13)}"
        f'<text x="75" y="125" font-size="32">{number}</text>'
        f'<g transform="translate({_WIDTH - _QR - _MARGIN} 66)">{drawn}</g>'
        f"{_line(meeting, _HEIGHT - 26, 12)}{_line(day, _HEIGHT - 10, 12)}</svg>"
    )


def _lines(text: str, y: int, size: int) -> str:
    """A line, or two where it would be too small to read."""
    words, small = text.split(), _SMALL * size
    if _fitting(text) >= small or len(words) < 2:
        return _line(text, y, size)
    halves = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    first, second = min(halves, key=lambda pair: max(map(_width, pair)))
    last = y + _DROP * small
    return _line(first, last - _LEADING * small, small) + _line(second, last, small)


def _line(text: str, y: float, size: float) -> str:
    """A centred line, in a smaller font where it would not fit."""
    return f'<text x="{_WIDTH / 2:g}" y="{y:.4g}" font-size="{min(size, _fitting(text)):.3g}">{escape(text)}</text>'


def _fitting(text: str) -> float:
    return (_WIDTH - 2 * _MARGIN) / max(_width(text), _GLYPH)


def _width(text: str) -> float:
    return sum(_WIDE if east_asian_width(char) in "WF" else _GLYPH for char in text)
