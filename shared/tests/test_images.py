"""Images of strangers come out upright, in bounded sizes, and with nothing of their files but the picture."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from wsis_shared import images


def encoded(image: Image.Image, format: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def opened(drawn: images.Drawn) -> Image.Image:
    return Image.open(io.BytesIO(drawn.content))


def test_each_width_is_drawn_and_nothing_is_enlarged() -> None:
    small, large = images.draw([encoded(Image.new("RGB", (700, 350), "red"))], [480, 960])
    assert [(each.width, each.height) for each in (small, large)] == [(480, 240), (700, 350)]
    assert [opened(each).size for each in (small, large)] == [(480, 240), (700, 350)]
    assert opened(small).format == "JPEG"


def test_a_tower_is_no_taller_than_two_widths() -> None:
    [drawn] = images.draw([encoded(Image.new("RGB", (100, 8000), "red"), "PNG")], [480])
    assert (drawn.width, drawn.height) == (12, 960)


def test_it_is_upright_and_says_nothing_of_the_place() -> None:
    about = Image.Exif()
    about[0x0112], about[0x010E] = 6, "the garden of Ada"  # turn by a quarter; what it shows
    about.get_ifd(0x8825)[1] = "N"
    sent = encoded(Image.new("RGB", (400, 200), "red"), exif=about, comment=b"secret words")
    assert b"garden of Ada" in sent
    [drawn] = images.draw([sent], [960])
    assert (drawn.width, drawn.height) == (200, 400)
    shown = opened(drawn)
    assert (dict(shown.getexif()), shown.info.get("comment")) == ({}, None)
    assert b"garden of Ada" not in drawn.content
    assert b"secret words" not in drawn.content


def test_what_is_transparent_is_white() -> None:
    [drawn] = images.draw([encoded(Image.new("RGBA", (10, 10), (0, 0, 0, 0)), "PNG")], [10])
    assert opened(drawn).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16"])
def test_each_kind_of_pixel_is_read(mode: str) -> None:
    format = "JPEG" if mode == "CMYK" else "PNG"
    [drawn] = images.draw([encoded(Image.new(mode, (10, 10)), format)], [10])
    assert opened(drawn).mode == "RGB"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        encoded(Image.new("RGB", (10, 10)), "GIF"),
        encoded(Image.new("RGB", (10, 10)), "PNG")[:40],
        encoded(Image.new("RGB", (200, 200)), "JPEG")[:300],
        encoded(Image.new("1", (9000, 9000)), "PNG"),  # 81 million pixels in some kilobytes
    ],
    ids=["empty", "head of a GIF", "SVG", "GIF", "half a PNG", "half a JPEG", "bomb"],
)
def test_what_is_no_image_is_refused(content: bytes) -> None:
    with pytest.raises(images.Unreadable):
        images.draw([content], [480])
