"""The size of a picture from its first bytes; nothing is decoded."""

from __future__ import annotations

from wsis_shared.errors import Invalid

MAX_SIDE = 4000  # pixels
MAX_IMAGES = 20  # of an issue
_PNG = b"\x89PNG\r\n\x1a\n"
_NO_FRAME = {0xC4, 0xC8, 0xCC}  # tables and extensions between the markers of frames (ITU-T T.81, table B.1)


def measured(content: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises Invalid where it is no PNG or JPEG, or has a side of 0 or above MAX_SIDE."""
    sides = _png(content) if content.startswith(_PNG) else _jpeg(content)
    if sides is None or not all(1 <= side <= MAX_SIDE for side in sides):
        raise Invalid("notifications.image_too_large", side=MAX_SIDE)
    return sides


def _png(content: bytes) -> tuple[int, int] | None:
    if len(content) < 24:
        return None
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _jpeg(content: bytes) -> tuple[int, int] | None:
    """Segments are a marker and a length, up to the header of the frame (ITU-T T.81, B.2.2)."""
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:
        marker, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            height, width = content[place + 5 : place + 7], content[place + 7 : place + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        place += 2 + length
    return None
