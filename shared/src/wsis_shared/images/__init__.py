"""Images that strangers send, drawn anew: what else their files hold (places, comments, a second format) is gone.

It happens in a child process (`wsis_shared.rendering.process`), for which a bomb is a limit and not an outage.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from wsis_shared.rendering.process import RenderingFailed, run_child

MEDIA_TYPES = ("image/png", "image/jpeg")
DRAWN = "image/jpeg"
MAX_PIXELS = 40_000_000
SECONDS, MEGABYTES = 20.0, 1000  # of the child process
INPUT, SIZES = "input", "sizes.json"


class Unreadable(Exception):
    """It is damaged, no PNG or JPEG, or has more than MAX_PIXELS."""


class Drawn(NamedTuple):
    """A JPEG, its sides in pixels."""

    width: int
    height: int
    content: bytes


def draw(content: Iterable[bytes], widths: Sequence[int]) -> list[Drawn]:
    """The image in each of these widths, or in its own where that is less, and no taller than two widths; upright, and
    on white where it was transparent. Raises Unreadable, RenderingFailed."""
    with tempfile.TemporaryDirectory(prefix="wsis-image-") as name:
        folder = Path(name)
        with (folder / INPUT).open("wb") as file:
            file.writelines(content)
        command = [sys.executable, "-m", __name__, name, str(MEGABYTES), *map(str, widths)]
        run_child(command, folder, SECONDS)
        sizes: list[tuple[int, int]] | None = json.loads((folder / SIZES).read_text("utf-8"))
        if sizes is None:
            raise Unreadable
        return [Drawn(*size, (folder / f"{place}.jpg").read_bytes()) for place, size in enumerate(sizes)]


__all__ = ["DRAWN", "MEDIA_TYPES", "Drawn", "RenderingFailed", "Unreadable", "draw"]
