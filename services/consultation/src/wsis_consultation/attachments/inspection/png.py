"""PNG: whole, of a bounded size when it is unpacked, and nothing behind its end."""

from __future__ import annotations

import struct
from pathlib import Path

from PIL import Image

from wsis_consultation.attachments.inspection import Rejection

MAX_PIXELS = 40_000_000
MAX_TEXT = 1_000_000  # bytes of comments, unpacked too
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")


def check(path: Path) -> None:
    """Raises Rejection."""
    content = path.read_bytes()
    _check_chunks(content)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(path, formats=["PNG"]) as image:
            image.verify()  # checksums of all chunks
        with Image.open(path, formats=["PNG"]) as image:
            image.load()
    except Image.DecompressionBombError:
        raise Rejection("expands") from None
    except (OSError, SyntaxError, ValueError, struct.error, IndexError) as error:
        # Pillow bounds what text unpacks to by an error without a class of its own.
        raise Rejection("expands" if "too large" in str(error) else "damaged") from None


def _check_chunks(content: bytes) -> None:
    if not content.startswith(_SIGNATURE):
        raise Rejection("polyglot")
    place, texts = len(_SIGNATURE), 0
    while place + 12 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        if kind == b"IHDR":
            width, height = struct.unpack(">II", content[place + 8 : place + 16])
            if width * height > MAX_PIXELS:
                raise Rejection("expands")
        if kind in _TEXTS:
            texts += length
        if texts > MAX_TEXT:
            raise Rejection("expands")
        place += 12 + length
        if kind == b"IEND":
            if place != len(content):
                raise Rejection("polyglot")
            return
    raise Rejection("damaged")
