"""The child process: `python -m wsis_shared.images FOLDER MEGABYTES WIDTH...` reads `input`, writes 0.jpg, 1.jpg and so
on, and their sides to sizes.json: null for an image that cannot be read."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageOps
from wsis_shared.images import INPUT, MAX_PIXELS, SIZES

QUALITY = 82
TALLEST = 2  # times its width
_FORMATS = ("PNG", "JPEG")
_TRANSPARENT = ("LA", "La", "RGBA", "RGBa", "PA")


def main(folder: Path, megabytes: int, widths: Sequence[int]) -> None:
    """Draw the image in each width."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    try:
        upright = _upright(folder / INPUT, max(widths))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, MemoryError):
        sizes = None
    else:
        sizes = [_write(upright, width, folder / f"{place}.jpg") for place, width in enumerate(widths)]
    (folder / SIZES).write_text(json.dumps(sizes), "utf-8")


def _upright(path: Path, widest: int) -> Image.Image:
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with Image.open(path, formats=_FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        image.draft("RGB", (widest, widest))  # a JPEG is read no larger than it is needed
        turned = ImageOps.exif_transpose(image)
        if turned.mode in _TRANSPARENT or "transparency" in turned.info:
            turned = turned.convert("RGBA")
            return Image.alpha_composite(Image.new("RGBA", turned.size, "white"), turned).convert("RGB")
        return turned.convert("RGB")


def _write(image: Image.Image, width: int, path: Path) -> tuple[int, int]:
    image = image.copy()
    image.info = {}  # comments and profiles, which Pillow would write again
    image.thumbnail((width, TALLEST * width), Image.Resampling.LANCZOS)
    image.save(path, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return image.size


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), [int(each) for each in sys.argv[3:]])
