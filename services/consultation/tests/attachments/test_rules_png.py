"""PNG files as attackers write them, each made here, and good ones beside them."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from wsis_consultation.attachments.inspection import PNG, Rejection, inspect

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def _saved(mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (60, 40)).save(out, "PNG", **options)
    return out.getvalue()


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _by_hand(width: int, height: int, *chunks: bytes, rows: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        SIGNATURE
        + _chunk(b"IHDR", header)
        + b"".join(chunks)
        + _chunk(b"IDAT", zlib.compress(rows, 9))
        + _chunk(b"IEND", b"")
    )


def _packed(kind: bytes) -> bytes:
    """Text that unpacks to 60 MB."""
    return _chunk(kind, b"Comment\0\0" + zlib.compress(b"a" * 60_000_000, 9))


SMALL = bytes(1 + 60) * 40


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "billions of pixels": ("expands", lambda: _by_hand(100_000, 100_000)),
    "millions of pixels that are there": ("expands", lambda: _by_hand(7000, 7000, rows=bytes(7001) * 7000)),
    "text that unpacks": ("expands", lambda: _by_hand(60, 40, _packed(b"zTXt"), rows=SMALL)),
    "profile that unpacks": (
        "expands",
        lambda: _by_hand(60, 40, _chunk(b"iCCP", b"a\0\0" + zlib.compress(b"a" * 60_000_000, 9)), rows=SMALL),
    ),
    "much text": ("expands", lambda: _by_hand(60, 40, *[_chunk(b"tEXt", b"a\0" + b"b" * 90_000)] * 12, rows=SMALL)),
    "archive behind the end": ("polyglot", lambda: _saved() + b"PK\x03\x04" + bytes(50)),
    "a byte behind the end": ("polyglot", lambda: _saved() + b"\0"),
    "a page of the web": ("polyglot", lambda: b"<html>" + _saved()),
    "another picture": ("polyglot", lambda: b"\xff\xd8\xff\xe0" + bytes(50)),
    "cut": ("damaged", lambda: _saved()[:-20]),
    "wrong checksum": ("damaged", lambda: _saved().replace(b"IHDR\0\0\0\x3c", b"IHDR\0\0\0\x3d")),
    "rows that are missing": ("damaged", lambda: _by_hand(60, 40, rows=SMALL[:100])),
    "rows that are no rows": ("damaged", lambda: _by_hand(60, 40).replace(b"x\xda", b"xx")),
    "chunk longer than the file": ("damaged", lambda: SIGNATURE + struct.pack(">I4s", 0x7FFFFFFF, b"IHDR") + bytes(20)),
    "nothing but a signature": ("damaged", lambda: SIGNATURE),
    "no size": ("damaged", lambda: _by_hand(0, 0)),
}


def _commented() -> bytes:
    texts = PngInfo()
    texts.add_text("Title", "Contribution")
    return _saved(pnginfo=texts)


GOOD: dict[str, Callable[[], bytes]] = {
    **{mode: lambda mode=mode: _saved(mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")},
    "with text": _commented,
    "of 36 million pixels": lambda: _by_hand(6000, 6000, rows=bytes(6001) * 6000),
    "with a profile of resolution": lambda: _saved(dpi=(300, 300)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    reason, make = HOSTILE[name]
    file = tmp_path / "input.png"
    file.write_bytes(make())
    with pytest.raises(Rejection) as refused:
        inspect(file, PNG)
    assert str(refused.value) == reason


@pytest.mark.parametrize("name", GOOD)
def test_good_file_is_accepted(name: str, tmp_path: Path) -> None:
    file = tmp_path / "input.png"
    file.write_bytes(GOOD[name]())
    inspect(file, PNG)
